import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { countAhead } from '../../../src/actions/replace/budget.ts'
import { candidatesOf, describeCandidate, runRequest } from '../../../src/actions/replace/candidate.ts'
import { inheritedTags } from '../../../src/actions/replace/inherited-tags.ts'
import { newEntries } from '../../../src/actions/replace/new-entries.ts'
import { MAX_MEMBERSHIPS, type Plan, withMemberships } from '../../../src/actions/replace/plan.ts'
import { purchaseSteps, recall } from '../../../src/actions/replace/recall.ts'
import { weightBefore } from '../../../src/actions/replace/remember.ts'
import { FIRST_PURCHASE } from '../../../src/actions/replace/replace-state.ts'
import { readRun, type SavedRun, saveRun } from '../../../src/actions/replace/saved-run.ts'
import type { Backend, GroupRef, Membership } from '../../../src/cloud/balancing.ts'
import { actionsSchema } from '../../../src/config/actions-schema.ts'
import { backend } from '../drain/memory-balancing.ts'
import { machine } from './memory-cloud.ts'

const config = (replace: Readonly<Record<string, unknown>>) => actionsSchema.parse({ replace }).replace
const group = (groupId: string, kind: GroupRef['kind'] = 'clb'): GroupRef => ({ kind, role: 'group', groupId })
const member = (groupId: string, given: Partial<Backend> = {}): Membership => {
  return { group: group(groupId), backend: backend('i-old1', given) }
}

describe('candidates', () => {
  test('are walked as spot, then pay-as-you-go where that is allowed', () => {
    const candidates = [{ zone: 'h' }, { zone: 'i', vSwitch: 'vsw-i', type: 'ecs.c6.large' }]
    expect(candidatesOf(config({ candidates, onDemand: true })).map(describeCandidate)).toEqual([
      'h, SpotAsPriceGo',
      'i vsw-i ecs.c6.large, SpotAsPriceGo',
      'h, NoSpot',
      'i vsw-i ecs.c6.large, NoSpot'
    ])
    expect(candidatesOf(config({ candidates }))).toHaveLength(2)
    expect(candidatesOf(config({ candidates, onDemand: true, spotStrategy: 'NoSpot' }))).toHaveLength(2)
  })

  test('without any, the launch template decides', () => {
    expect(candidatesOf(config({})).map(describeCandidate)).toEqual(['as the launch template says, SpotAsPriceGo'])
  })
})

describe('a purchase', () => {
  const settings = config({ launchTemplate: 'lt-1', spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.25 })
  const [candidate] = candidatesOf(settings)
  const request = (purchase: { generation?: number; index?: number; salted?: boolean }, causedBy = 'notice-1') => {
    if (candidate === undefined) throw new Error('no candidate')
    return runRequest(
      { generation: 0, index: 0, salted: false, ...purchase },
      { config: settings, candidate, causedBy, instanceId: 'i-old1', inherited: { team: 'web' } }
    )
  }

  test('asks for the very same thing whenever and by whomever it is made', () => {
    expect(request({})).toEqual(request({}))
    expect(request({})).toMatchObject({
      launchTemplateId: 'lt-1',
      spotStrategy: 'SpotWithPriceLimit',
      spotPriceLimit: 0.25,
      tags: { team: 'web', 'ecs-audit:replaces': 'i-old1', 'ecs-audit:candidate': '0.0' }
    })
  })

  test('has a token of its own for each notice, generation and candidate, of 64 ASCII characters', () => {
    const tokens = [
      request({}),
      request({ index: 1 }),
      request({ generation: 1 }),
      request({ salted: true }),
      request({}, 'notice-2')
    ].map(({ clientToken }) => clientToken)
    expect(new Set(tokens).size).toBe(5)
    for (const token of tokens) expect(token).toMatch(/^[\x20-\x7e]{1,64}$/)
  })
})

describe('inherited tags', () => {
  test('are those that the rules ask for, never the service’s own', () => {
    const actions = actionsSchema.parse({
      restart: { match: { tag: { 'ecs-audit': '*' } } },
      replace: { match: { tag: { spot: 'yes', 'acs:x': 'y' } } }
    })
    const tags = { 'ecs-audit': 'restart', spot: 'yes', 'acs:x': 'y', cost: '7', 'ecs-audit:server-groups': 'rsp-1' }
    expect(inheritedTags(actions, tags)).toEqual({
      'ecs-audit': 'restart',
      'ecs-audit:server-groups': 'rsp-1',
      spot: 'yes'
    })
  })
})

describe('entries of the new instance', () => {
  const fresh = machine('i-new1', { networkInterfaceIds: ['eni-n'], privateIps: ['10.0.0.2', '10.0.0.3'] })
  const place = (given: Partial<Backend>): Partial<Backend> | undefined => {
    const entries = newEntries([member('g', { description: 'web', ...given })], fresh, () => 100)
    return entries?.[0]?.backend
  }

  test.each<{ was: string; given: Partial<Backend>; is: Partial<Backend> }>([
    { was: 'instance', given: { port: 8080, weight: 7 }, is: { serverId: 'i-new1', port: 8080, weight: 7 } },
    { was: 'instance of a default group', given: { port: undefined }, is: { serverId: 'i-new1', port: undefined } },
    {
      was: 'instance with an address told',
      given: { serverType: 'Ecs', serverIp: '10.0.0.9' },
      is: { serverId: 'i-new1', serverIp: '' }
    },
    { was: 'interface', given: { serverId: 'eni-o', serverType: 'eni' }, is: { serverId: 'eni-n', serverIp: '' } },
    {
      was: 'interface with its address',
      given: { serverId: 'eni-o', serverType: 'Eni', serverIp: '10.0.0.9' },
      is: { serverId: 'eni-n', serverType: 'Eni', serverIp: '10.0.0.2' }
    },
    {
      was: 'address',
      given: { serverId: '10.0.0.9', serverType: 'Ip', serverIp: '10.0.0.9' },
      is: { serverId: '10.0.0.2', serverType: 'Ip', serverIp: '10.0.0.2' }
    }
  ])('$was: the same of the new one', ({ given, is }) => {
    expect(place(given)).toMatchObject({ description: 'web', ...is })
  })

  test('have the weight from before the drain', () => {
    expect(place({ weight: 0 })).toMatchObject({ weight: 100 })
  })

  test('of several interfaces on one port are one, of the larger weight', () => {
    const both = [
      member('g', { serverId: 'eni-a', serverType: 'eni', weight: 10 }),
      member('g', { serverId: 'eni-b', serverType: 'eni', weight: 40 })
    ]
    expect(newEntries(both, fresh, () => 0)?.map(({ backend: { weight } }) => weight)).toEqual([40])
  })

  test('wait until ECS tells the interface or the address', () => {
    const bare = machine('i-new1', { networkInterfaceIds: [], privateIps: [] })
    expect(newEntries([member('g', { serverType: 'eni' })], bare, () => 0)).toBeUndefined()
    expect(newEntries([member('g', { serverType: 'Ip' })], bare, () => 0)).toBeUndefined()
    expect(newEntries([member('g')], bare, () => 0)).toHaveLength(1)
  })
})

const entry = (given: Partial<JournalEntry>): JournalEntry => ({
  ...{ atMs: 1, action: 'replace', step: 's', decision: 'done', reason: 'bought', attempt: 1 },
  ...{ instanceId: 'i-old1', causedBy: 'notice-1', target: '', content: {} },
  ...given
})

describe('the weight before a drain', () => {
  const drained = [
    entry({
      ...{ action: 'drain', decision: 'intent', target: 'g' },
      content: { kind: 'clb', role: 'group', backends: [backend('i-old1', { weight: 30 })] }
    })
  ]

  test('is what the drain wrote down', () => {
    expect(weightBefore(drained, true)(member('g'))).toBe(30)
  })

  test('is not told by a drain that found 0 itself: another one was there before it', () => {
    const content = { kind: 'clb', role: 'group', backends: [backend('i-old1', { weight: 0 })] }
    const again = entry({ action: 'drain', step: 'intent-again/g', decision: 'intent', target: 'g', content })
    expect(weightBefore([again], true)(member('g'))).toBe(100)
    expect(weightBefore([...drained, again], true)(member('g'))).toBe(30)
  })

  test('is 100 where a drain must have been quicker, and 0 where there is none', () => {
    expect(weightBefore([], true)(member('g'))).toBe(100)
    expect(weightBefore([], false)(member('g'))).toBe(0)
  })
})

describe('what the journal recalls of a notice', () => {
  const purchase = (index: number, generation = 0) => ({ generation, index, salted: false })
  const intent = (attempt: number, of: ReturnType<typeof purchase>) =>
    entry({ step: purchaseSteps(attempt, of).intent, decision: 'intent', reason: 'buy', attempt, content: of })
  const outcome = (attempt: number, of: ReturnType<typeof purchase>, reason: string, target = '') =>
    entry({ step: purchaseSteps(attempt, of).outcome, reason, attempt, target, content: of })

  test('nothing at first', () => {
    expect(recall([])).toEqual({ tries: 0, generation: 0, replacement: undefined, open: undefined })
  })

  test('an intent without an outcome is open; one of unknown outcome is too', () => {
    expect(recall([intent(1, purchase(0)), outcome(1, purchase(0), 'no-stock'), intent(2, purchase(1))])).toMatchObject(
      {
        tries: 2,
        open: purchase(1)
      }
    )
    expect(recall([intent(1, purchase(0)), outcome(1, purchase(0), 'api-unknown')])).toMatchObject({
      open: purchase(0)
    })
    expect(recall([intent(1, purchase(0)), outcome(1, purchase(0), 'no-stock')]).open).toBeUndefined()
  })

  test('the last replacement, unless it was lost', () => {
    const bought = [intent(1, purchase(2)), outcome(1, purchase(2), 'bought', 'i-1')]
    expect(recall(bought)).toMatchObject({ replacement: { instanceId: 'i-1', index: 2 }, open: undefined })
    const lost = entry({ step: 'lost/i-1', decision: 'failed', reason: 'lost', target: 'i-1', content: purchase(2) })
    expect(recall([...bought, lost])).toMatchObject({ generation: 1, replacement: undefined })
  })

  test('nothing of what it does not understand, or what others did', () => {
    const odd = [
      entry({ action: 'drain', target: 'rsp-1', content: { generation: 0, index: 0 } }),
      entry({ target: 'i-1', content: { generation: -1, index: 'x' } })
    ]
    expect(recall(odd)).toMatchObject({ tries: 0, replacement: undefined })
  })
})

describe('the budget', () => {
  const intents = [
    entry({ causedBy: 'a', atMs: 10, decision: 'intent' }),
    entry({ causedBy: 'a', atMs: 40, decision: 'intent' }),
    entry({ causedBy: 'b', atMs: 20, decision: 'intent' })
  ]

  test('counts events, not tries, and only those before its own intent', () => {
    expect(countAhead(intents, 'c')).toBe(2)
    expect(countAhead(intents, 'b')).toBe(1)
    expect(countAhead(intents, 'a')).toBe(0)
  })

  test('of two intents of one moment, one is first for everybody', () => {
    const same = [entry({ causedBy: 'a', atMs: 5 }), entry({ causedBy: 'b', atMs: 5 })]
    expect([countAhead(same, 'a'), countAhead(same, 'b')]).toEqual([0, 1])
  })
})

describe('a follow-up', () => {
  const plan: Plan = { noticeMs: 1, deadlineMs: 2, inherited: { a: 'b' }, memberships: [], missed: false }
  const replacement = { instanceId: 'i-1', generation: 0, index: 3 }
  const states: SavedRun['state'][] = [
    { phase: 'deciding', waits: 2 },
    { ...FIRST_PURCHASE, why: 'no-stock' },
    { phase: 'starting', replacement, sinceMs: 5, waits: 0 },
    { phase: 'attaching', replacement, sinceMs: 5, waits: 1 },
    { phase: 'warming', replacement, sinceMs: 5, refused: ['sgp-1'], waits: 0 }
  ]

  test.each(states)('carries a run in phase $phase from process to process', (state) => {
    const run = { plan: withMemberships(plan, [member('g'), member('h', { port: undefined })]), state }
    expect(readRun(JSON.parse(JSON.stringify(saveRun(run))))).toEqual(run)
  })

  test('fits into a queue message, however many groups there are', () => {
    const long = { description: 'd'.repeat(500), serverIp: '10.111.222.133' }
    const many = Array.from({ length: 400 }, (_, at) => member(`sgp-${'x'.repeat(18)}${at}`, { ...long, port: 60_000 }))
    const full = withMemberships(plan, many)
    expect(full.memberships).toHaveLength(MAX_MEMBERSHIPS)
    const body = JSON.stringify(saveRun({ plan: full, state: { phase: 'deciding', waits: 0 } }))
    expect(Buffer.from(body).toString('base64').length).toBeLessThan(60_000)
  })

  test.each([
    {},
    { plan },
    { plan, state: { phase: 'flying' } },
    { plan: { ...plan, noticeMs: 'now' }, state: { phase: 'deciding', waits: 0 } },
    { plan, state: { phase: 'starting', replacement: { instanceId: '' }, sinceMs: 1, waits: 0 } }
  ])('that is none is not understood: %j', (state) => {
    expect(readRun(state)).toBeUndefined()
  })

  test('keeps the larger weight of an entry that was seen twice', () => {
    const twice = withMemberships(withMemberships(plan, [member('g', { weight: 40 })]), [member('g', { weight: 0 })])
    expect(twice.memberships.map(({ backend: { weight } }) => weight)).toEqual([40])
  })
})
