import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { REPLACE_REASONS } from '../../../src/actions/replace/replace-reasons.ts'
import { CLAIM_TAG, REPLACED_BY_TAG } from '../../../src/actions/replace/tags.ts'
import type { Instance } from '../../../src/cloud/compute.ts'
import { backend } from '../drain/memory-balancing.ts'
import { machine } from './memory-cloud.ts'
import { OLD, World } from './world.ts'

const CANDIDATES = ['h', 'i', 'j'].map((zone) => ({ zone: `cn-hangzhou-${zone}`, type: 'ecs.g6.large' }))
const MINUTE = 60_000

type Settings = Readonly<Record<string, unknown>>

function instanceOf(world: World, instanceId: string): Instance {
  const answer = world.cloud.describe(instanceId)
  if (answer.kind !== 'done' || answer.value === undefined) throw new Error(`there is no ${instanceId}`)
  return answer.value
}

/** What a drain writes down before it takes the old instance out of rsp-1. */
function drainIntent(weight: number): Partial<JournalEntry> {
  const content = { kind: 'clb', role: 'group', backends: [backend(OLD, { weight })] }
  return { step: 'intent/rsp-1', decision: 'intent', target: 'rsp-1', content }
}

describe('a notice', () => {
  test('buys a replacement, which is started, added to the very groups, healthy and recorded', async () => {
    const world = new World()
    world.notice()
    await world.play()
    expect(world.told()).toEqual(['done bought i-new1', 'done attached rsp-1', 'done replaced i-new1'])
    expect(world.groups.entries('rsp-1')).toEqual([`${OLD}:80@30`, 'i-other:80@100', 'i-new1:80@30'])
    expect(world.record('replaced')).toMatchObject({
      content: { oldInstanceId: OLD, newInstanceId: 'i-new1', groups: ['rsp-1'], minutesLost: 0 },
      deadlineMarginMs: 876_000
    })
    expect(instanceOf(world, 'i-new1').tags).toMatchObject({ 'ecs-audit:replaces': OLD })
    expect(instanceOf(world, OLD).tags[REPLACED_BY_TAG]).toBe('i-new1')
    expect(world.ends).toEqual(Array(world.ends.length).fill('settled'))
  })

  test('for an instance of no group: the replacement is in service when it runs', async () => {
    const world = new World()
    world.groups.groups.clear()
    world.notice()
    await world.play()
    expect(world.told()).toEqual(['done bought i-new1', 'done replaced i-new1'])
  })

  test('that comes twice, later, or by another way buys nothing more', async () => {
    const world = new World()
    world.notice()
    world.notice({ inMs: 2_000 })
    world.notice({ inMs: 10_000, eventKey: 'notice-other' })
    await world.play()
    world.notice({ agoMs: 5 * MINUTE })
    world.notice({ agoMs: 5 * MINUTE, eventKey: 'notice-third' })
    await world.play()
    expect(world.cloud.made).toHaveLength(1)
    expect(world.told()).toContain('skipped already-replaced')
    expect(world.told().join()).not.toContain('surplus')
  })

  test('records only reasons of the table', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.cloud.stock = ({ zoneId }) => zoneId === 'cn-hangzhou-j'
    world.notice()
    await world.play()
    for (const { reason } of world.records) expect(Object.keys(REPLACE_REASONS)).toContain(reason)
  })
})

describe('candidates', () => {
  test('are walked while there is no stock, each with its own token and its intent before it', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.cloud.stock = ({ zoneId }) => zoneId === 'cn-hangzhou-j'
    world.notice()
    await world.play()
    expect(world.cloud.asked.map(({ zoneId }) => zoneId)).toEqual(CANDIDATES.map(({ zone }) => zone))
    expect(new Set(world.cloud.asked.map(({ clientToken }) => clientToken)).size).toBe(3)
    const steps = world.records.map(({ step }) => step).filter((step) => /^(intent|buy)-[1-9]/.test(step))
    expect(steps).toEqual(['intent-1-0.0', 'buy-1-0.0', 'intent-2-0.1', 'buy-2-0.1', 'intent-3-0.2', 'buy-3-0.2'])
  })

  test('are bought pay-as-you-go in the end, where that is allowed', async () => {
    const world = new World({ candidates: CANDIDATES, onDemand: true })
    world.cloud.stock = ({ spotStrategy }) => spotStrategy === 'NoSpot'
    world.notice()
    await world.play()
    expect(world.cloud.made).toMatchObject([{ spotStrategy: 'NoSpot', zoneId: 'cn-hangzhou-h' }])
    expect(world.told()).toContain('done replaced i-new1')
  })

  test('are asked again in a minute or more when none has stock', async () => {
    const world = new World({ candidates: CANDIDATES })
    const fromMs = world.clock.now() + 3 * MINUTE
    world.cloud.stock = (_, nowMs) => nowMs >= fromMs
    world.notice()
    await world.play()
    expect(world.followUps.slice(0, 2).map(({ delayMs }) => delayMs)).toEqual([60_000, 90_000])
    expect(world.told()).toContain('done replaced i-new1')
  })

  test('without stock until the deadline: given up, once', async () => {
    const world = new World({ candidates: CANDIDATES, deadline: '10m' })
    world.cloud.stock = () => false
    world.notice()
    await world.play()
    expect(world.told()).toEqual(['failed no-stock', 'gave_up no-stock'])
    expect(world.clock.elapsed()).toBeLessThan(11 * MINUTE)
    expect(world.cloud.made).toEqual([])
  })

  test('that ECS refuses are passed over; when it refuses all, a person is needed', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.cloud.refusal = ({ zoneId }) => (zoneId === 'cn-hangzhou-h' ? 'InvalidInstanceType.NotSupported' : undefined)
    world.notice()
    await world.play()
    expect(world.cloud.made).toMatchObject([{ zoneId: 'cn-hangzhou-i' }])
    const other = new World({ candidates: CANDIDATES })
    other.cloud.refusal = () => 'InvalidInstanceType.NotSupported'
    other.notice()
    await other.play()
    expect(other.told()).toEqual(['failed candidate-refused', 'gave_up candidate-refused'])
    expect(other.cloud.asked).toHaveLength(3)
  })

  test.each(['InsufficientBalance', 'Account.Arrearage', 'InvalidLaunchTemplate.NotFound', 'Forbidden.RAM'])(
    'are not walked when %s holds for all',
    async (code) => {
      const world = new World({ candidates: CANDIDATES })
      world.cloud.refusal = () => code
      world.notice()
      await world.play()
      expect(world.cloud.asked).toHaveLength(1)
      expect(world.told()).toEqual(['failed refused', 'gave_up refused'])
    }
  )

  test('a token that ECS knows with other settings: looked for, then asked with another token', async () => {
    const world = new World()
    world.cloud.refusal = () => (world.cloud.asked.length === 1 ? 'IdempotentParameterMismatch' : undefined)
    world.notice()
    await world.play()
    const [first, second] = world.cloud.asked
    expect(world.cloud.asked).toHaveLength(2)
    expect(second?.clientToken).not.toBe(first?.clientToken)
    expect(world.followUps[0]?.delayMs).toBe(30_000)
    expect(world.told()).toContain('failed settings-changed')
    expect(world.told()).toContain('done replaced i-new1')
  })

  test('that are busy are passed over, and asked again when all are', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.trouble = (call) => (call === 'run' && world.clock.elapsed() < 2 * MINUTE ? 'busy' : undefined)
    world.notice()
    await world.play()
    expect(world.told()).toEqual(expect.arrayContaining(['failed api-busy', 'done replaced i-new1']))
    expect(world.record('buy-3-0.2')).toMatchObject({ reason: 'api-busy' })
  })

  test('many and slow: the walk goes on in a follow-up where it stopped', async () => {
    const zones = Array.from({ length: 30 }, (_, at) => ({ zone: `z-${at}` }))
    const world = new World({ candidates: zones })
    world.latency = (call, half) => (call === 'run' && half === 'after' ? 1_500 : 0)
    world.cloud.stock = ({ zoneId }) => zoneId === 'z-29'
    world.notice()
    await world.play()
    expect(world.cloud.asked.map(({ zoneId }) => zoneId)).toEqual(zones.map(({ zone }) => zone))
    expect(world.told()).toContain('done replaced i-new1')
  })
})

describe('a purchase of unknown outcome', () => {
  test('that was carried out is found, and nothing more is bought', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.trouble = (call) => (call === 'run' && world.cloud.asked.length === 0 ? 'unknown' : undefined)
    world.cloud.indexLagMs = 20_000
    world.notice()
    await world.play()
    expect(world.cloud.made).toHaveLength(1)
    expect(world.told()).toContain('done replaced i-new1')
  })

  test('is made again with its own token, before any other, though stock changed', async () => {
    const world = new World({ candidates: CANDIDATES })
    // The first candidate has no stock; the second is bought, its answer lost, and no search ever finds it.
    world.cloud.stock = ({ zoneId }) => world.cloud.asked.length > 2 || zoneId !== 'cn-hangzhou-h'
    world.trouble = (call) => (call === 'run' && world.cloud.asked.length === 1 ? 'unknown' : undefined)
    world.cloud.indexLagMs = 10 * MINUTE
    world.notice()
    await world.play()
    expect(world.cloud.made).toMatchObject([{ zoneId: 'cn-hangzhou-i' }])
    expect(world.told()).toContain('done replaced i-new1')
  })
})

describe('a replacement that is gone before it is in service', () => {
  test('is followed by the next candidate, with a token of its own', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.notice()
    world.clock.after(15_000, () => world.cloud.release('i-new1'))
    await world.play()
    expect(world.cloud.made.map(({ zoneId }) => zoneId)).toEqual(['cn-hangzhou-h', 'cn-hangzhou-i'])
    expect(world.told()).toContain('failed lost i-new1')
    expect(world.told()).toContain('done replaced i-new2')
  })

  test('with one candidate only: it is bought again, and ECS does not answer with the old one', async () => {
    const world = new World()
    world.notice()
    world.clock.after(15_000, () => world.cloud.release('i-new1'))
    await world.play()
    expect(world.cloud.made).toHaveLength(2)
    expect(world.told()).toContain('done replaced i-new2')
  })

  test('because it is reclaimed itself: its own notice leaves it to the run that bought it', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.notice()
    world.clock.after(15_000, () => {
      world.cloud.change('i-new1', { locks: ['recycling'] })
      world.notice({ instanceId: 'i-new1', eventKey: 'notice-of-new' })
    })
    await world.play()
    expect(world.told()).toContain('skipped not-in-service')
    expect(world.cloud.made).toHaveLength(2)
    expect(world.told()).toContain('done replaced i-new2')
  })

  test('one that was in service is replaced like any other', async () => {
    const world = new World()
    world.notice()
    await world.play()
    world.notice({ instanceId: 'i-new1', eventKey: 'notice-of-new' })
    await world.play()
    expect(world.cloud.made).toHaveLength(2)
    expect(world.told()).toContain('done replaced i-new2')
    expect(world.groups.entries('rsp-1')).toContain('i-new2:80@30')
  })
})

test('two that exist all the same: the same one is kept by all, and an operator is told', async () => {
  const world = new World({ candidates: CANDIDATES })
  world.notice()
  world.clock.after(12_000, () => {
    const tags = { 'ecs-audit:replaces': OLD, 'ecs-audit:candidate': '0.1' }
    world.cloud.put(machine('i-second', { tags, createdMs: world.clock.now() }))
  })
  await world.play()
  expect(world.told()).toContain('failed surplus i-second')
  expect(world.told()).toContain('done replaced i-new1')
  expect(world.lines.filter(({ level }) => level === 50)).toMatchObject([{ surplus: 'i-second', kept: 'i-new1' }])
  expect(world.groups.entries('rsp-1')?.join()).not.toContain('i-second')
})

describe('the drain beside it', () => {
  const intent = drainIntent(30)

  test('was quicker with the weight: its records tell what it was', async () => {
    const world = new World()
    world.groups.addGroup('rsp-1', [backend(OLD, { weight: 0 })])
    world.tell('drain', [intent])
    world.notice()
    await world.play()
    expect(world.groups.entries('rsp-1')).toContain('i-new1:80@30')
  })

  test('removed everything before: its records tell the groups and ports, and the time that was lost', async () => {
    const world = new World()
    world.groups.addGroup('rsp-1', [])
    world.tell('drain', [intent, { step: 'remove/rsp-1', reason: 'removed', target: 'rsp-1' }])
    world.notice()
    await world.play()
    expect(world.groups.entries('rsp-1')).toEqual(['i-new1:80@30'])
    expect(world.record('replaced')).toMatchObject({ lostMs: 24_000, content: { minutesLost: 0.4 } })
  })

  test('is not told of yet: 100; where there is no drain, 0 was a person’s choice', async () => {
    for (const { enabled, entry } of [
      { enabled: true, entry: 'i-new1:80@100' },
      { enabled: false, entry: 'i-new1:80@0' }
    ]) {
      const world = new World({}, { actions: { drain: { enabled } } })
      world.groups.addGroup('rsp-1', [backend(OLD, { weight: 0 })])
      world.notice()
      await world.play()
      expect(world.groups.entries('rsp-1')).toContain(entry)
    }
  })

  test('came to another end than the groups could be asked: they are asked again', async () => {
    const world = new World()
    let asked = 0
    world.groups.missing = () => (asked++ === 0 ? [{ kind: 'clb', groupId: '', reason: 'down' }] : [])
    world.notice()
    await world.play()
    expect(world.groups.entries('rsp-1')).toContain('i-new1:80@30')
    expect(world.told()).toContain('done replaced i-new1')
  })

  describe('could not ask the groups either, until the old instance was gone', () => {
    /** CLB gives no answer for six minutes; the instance is released after five. */
    function silent(world: World): void {
      const down = [{ kind: 'clb', groupId: '', reason: 'down' } as const]
      world.groups.missing = () => (world.clock.elapsed() < 6 * MINUTE ? down : [])
      world.clock.after(5 * MINUTE, () => world.cloud.release(OLD))
      world.notice()
    }

    test('what its id is still found in is served, and it is given up: there may have been more', async () => {
      const world = new World()
      silent(world)
      await world.play()
      expect(world.groups.entries('rsp-1')).toContain('i-new1:80@30')
      expect(world.told()).toContain('gave_up not-attached i-new1')
      expect(world.told().join()).not.toContain('done replaced')
    })

    test('and nothing of it is left: given up', async () => {
      const world = new World()
      silent(world)
      world.clock.after(5 * MINUTE, () => world.groups.addGroup('rsp-1', []))
      await world.play()
      expect(world.groups.entries('rsp-1')).toEqual([])
      expect(world.told()).toContain('gave_up not-attached i-new1')
    })

    test('the tag that named its groups still tells where to look', async () => {
      const world = new World()
      world.cloud.change(OLD, { tags: { 'ecs-audit:server-groups': 'rsp-1' } })
      silent(world)
      await world.play()
      expect(world.groups.searches.at(-1)).toMatchObject({ instance: { instanceId: OLD }, groups: ['rsp-1'] })
    })

    test.each([
      { found: 'everything', summary: { decision: 'done', reason: 'drained' }, told: 'done replaced i-new1' },
      {
        found: 'a part',
        summary: { decision: 'gave_up', reason: 'search-incomplete' },
        told: 'gave_up not-attached i-new1'
      }
    ] as const)('but the drain found $found before: $told', async ({ summary, told }) => {
      const world = new World()
      const missed = summary.decision === 'done' ? 0 : 1
      silent(world)
      world.clock.after(4.9 * MINUTE, () => {
        world.groups.addGroup('rsp-1', [])
        world.tell('drain', [intent, { step: 'drained', ...summary, content: { instance: 'described', missed } }])
      })
      await world.play()
      expect(world.groups.entries('rsp-1')).toEqual(['i-new1:80@30'])
      expect(world.told()).toContain(told)
    })
  })

  describe('was quicker on another replica, while ECS gave no answer and the logstore none either', () => {
    /** ECS answers after 80 s, the logstore from `logstoreMs` on; the drain has removed the entries in `emptied` before. */
    function late(world: World, logstoreMs: number, emptied: readonly string[]): void {
      world.trouble = () => (world.clock.elapsed() < 80_000 ? 'unavailable' : undefined)
      world.logstoreUp = false
      world.clock.after(70_000, () => {
        for (const groupId of emptied) world.groups.addGroup(groupId, [])
        world.tell('drain', [intent, { step: 'remove/rsp-1', reason: 'removed', target: 'rsp-1' }])
      })
      world.clock.after(logstoreMs, () => {
        world.logstoreUp = true
      })
      world.notice()
    }

    test.each([
      { back: 'while it starts', logstoreMs: 110_000 },
      { back: 'when it would be attached', logstoreMs: 4 * MINUTE }
    ])('its records are read $back', async ({ logstoreMs }) => {
      const world = new World()
      late(world, logstoreMs, ['rsp-1'])
      await world.play()
      expect(world.groups.entries('rsp-1')).toEqual(['i-new1:80@30'])
      expect(world.told()).toContain('done replaced i-new1')
    })

    test('its records of a part are read though other groups are known', async () => {
      const world = new World()
      world.groups.addGroup('rsp-2', [backend(OLD)])
      late(world, 110_000, ['rsp-1'])
      await world.play()
      expect(world.groups.entries('rsp-1')).toEqual(['i-new1:80@30'])
      expect(world.record('replaced')).toMatchObject({ content: { groups: ['rsp-2', 'rsp-1'] } })
    })

    test('a primary/secondary group is none that it would have emptied', async () => {
      const world = new World()
      world.groups.addGroup('rsp-fixed', [backend(OLD)], 'clb', 'primary-secondary')
      late(world, 4 * MINUTE, ['rsp-1'])
      await world.play()
      expect(world.groups.entries('rsp-1')).toEqual(['i-new1:80@30'])
    })

    test('its records can never be read: given up, for nobody knows the groups', async () => {
      const world = new World()
      late(world, 60 * MINUTE, ['rsp-1'])
      await world.play(50 * MINUTE)
      expect(world.told()).toContain('gave_up not-attached i-new1')
    })

    test('but an instance that was in no group before a drain could end needs no records', async () => {
      const world = new World()
      world.groups.groups.clear()
      world.logstoreUp = false
      world.notice()
      await world.play()
      expect(world.told()).toEqual(['done bought i-new1', 'done replaced i-new1'])
    })
  })

  test('the groups that the instance’s tag names win over all others', async () => {
    const world = new World()
    world.cloud.change(OLD, { tags: { 'ecs-audit:server-groups': 'rsp-1 sgp-1' } })
    world.notice()
    await world.play()
    expect(world.groups.searches[0]?.groups).toEqual(['rsp-1', 'sgp-1'])
    expect(instanceOf(world, 'i-new1').tags['ecs-audit:server-groups']).toBe('rsp-1 sgp-1')
  })
})

describe('server groups', () => {
  test('of all kinds, several ports, interfaces and addresses', async () => {
    const world = new World()
    const eni = { serverId: `eni-of-${OLD}`, serverType: 'Eni' }
    world.groups.addGroup('lb-1', [backend(OLD, { port: undefined, weight: 50 })], 'clb', 'default')
    world.groups.addGroup('sgp-a', [backend(OLD, { port: 443, serverType: 'Ecs' }), backend(OLD, { port: 444 })], 'alb')
    world.groups.addGroup('sgp-n', [backend(eni.serverId, { ...eni, port: 9_000, weight: 5 })], 'nlb')
    world.notice()
    await world.play()
    expect(world.groups.entries('lb-1')).toContain('i-new1:@50')
    expect(world.groups.entries('sgp-a')).toEqual(expect.arrayContaining(['i-new1:443@100', 'i-new1:444@100']))
    expect(world.groups.entries('sgp-n')).toContain('eni-of-i-new1:9000@5')
    expect(world.record('replaced')).toMatchObject({ content: { groups: ['rsp-1', 'lb-1', 'sgp-a', 'sgp-n'] } })
  })

  test('that are gone or fixed hold nothing up', async () => {
    const world = new World()
    world.groups.addGroup('rsp-gone', [backend(OLD)])
    world.groups.addGroup('rsp-fixed', [backend(OLD)], 'clb', 'primary-secondary')
    world.clock.after(5_000, () => world.groups.groups.delete('rsp-gone'))
    world.notice()
    await world.play()
    expect(world.told()).toEqual(expect.arrayContaining(['skipped group-gone rsp-gone', 'done replaced i-new1']))
    expect(world.told()).toContain('skipped primary-secondary rsp-fixed')
    expect(world.groups.entries('rsp-fixed')).toEqual([`${OLD}:80@100`])
  })

  test('that are busy are tried again', async () => {
    const world = new World()
    world.groups.addTrouble = () => (world.clock.elapsed() < 2 * MINUTE ? 'busy' : undefined)
    world.notice()
    await world.play()
    expect(world.told()).toContain('done replaced i-new1')
    expect(world.record('replaced')?.durationMs).toBeGreaterThan(2 * MINUTE)
  })

  test('that refuse are told; when all refuse, it is given up', async () => {
    const world = new World()
    world.groups.addGroup('rsp-2', [backend(OLD)])
    world.groups.addTrouble = (groupId) => (groupId === 'rsp-2' ? 'refused' : undefined)
    world.notice()
    await world.play()
    expect(world.told()).toContain('failed refused rsp-2')
    expect(world.record('replaced')).toMatchObject({ content: { refused: ['rsp-2'] } })
    const other = new World()
    other.groups.addTrouble = () => 'refused'
    other.notice()
    await other.play()
    expect(other.told()).toContain('gave_up not-attached i-new1')
  })
})

describe('a replacement that takes its time', () => {
  test('is waited for until it is healthy', async () => {
    const world = new World()
    world.groups.unhealthy.add('i-new1')
    world.clock.after(5 * MINUTE, () => world.groups.unhealthy.clear())
    world.notice()
    await world.play()
    expect(world.told()).toContain('done replaced i-new1')
    expect(world.record('replaced')?.durationMs).toBeGreaterThanOrEqual(5 * MINUTE)
  })

  test('is not left alone when it was bought just before the deadline', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.cloud.startMs = 3 * MINUTE
    world.cloud.stock = () => world.clock.elapsed() > 11 * MINUTE
    world.notice()
    await world.play()
    expect(world.told()).toContain('done replaced i-new1')
    expect(world.record('replaced')?.deadlineMarginMs).toBeLessThan(0)
  })

  test('and is never healthy, or never runs, is given up at the deadline', async () => {
    const world = new World({ deadline: '5m' })
    world.groups.unhealthy.add('i-new1')
    world.notice()
    await world.play()
    expect(world.told()).toContain('gave_up not-healthy i-new1')
    const other = new World({ deadline: '5m' })
    other.cloud.startMs = 30 * MINUTE
    other.notice()
    await other.play()
    expect(other.told()).toContain('gave_up not-running i-new1')
    expect(other.clock.elapsed()).toBeLessThan(6 * MINUTE)
  })
})

describe('what is left alone', () => {
  test.each<{ reason: string; arrange: (world: World) => void; replace?: Settings; actions?: Settings }>([
    { reason: 'no-match', arrange: () => undefined, replace: { match: { tag: { spot: 'yes' } } } },
    { reason: 'budget', arrange: () => undefined, replace: { maxPerHour: 0 } },
    { reason: 'paused', arrange: () => undefined, actions: { paused: true } },
    { reason: 'released', arrange: ({ cloud }) => cloud.release(OLD) },
    {
      reason: 'owned-by-auto-scaling',
      arrange: ({ cloud }) => cloud.change(OLD, { tags: { 'acs:autoscaling:scalingGroupId': 'asg-1' } })
    },
    {
      reason: 'owned-by-kubernetes',
      arrange: ({ cloud }) => cloud.change(OLD, { tags: { 'ack.aliyun.com': 'c1' } })
    }
  ])('$reason', async ({ reason, arrange, replace = {}, actions = {} }) => {
    const world = new World(replace, { actions })
    arrange(world)
    world.notice()
    await world.play()
    expect(world.told()).toEqual([`skipped ${reason}`])
    expect(world.cloud.asked).toEqual([])
    expect(world.followUps).toEqual([])
  })

  test.each([
    { reason: 'test-event', event: { test: true } },
    { reason: 'event-too-old', event: { agoMs: 20 * MINUTE } },
    { reason: 'no-time', event: { timeMs: undefined } }
  ])('$reason', async ({ reason, event }) => {
    const world = new World()
    world.notice(event)
    await world.play()
    expect(world.told()).toEqual([`skipped ${reason}`])
    expect(world.cloud.asked).toEqual([])
  })
})

describe('a pause', () => {
  test.each([
    { until: 'its end: then the replacement is bought', endMs: 5 * MINUTE, told: 'done replaced i-new1', made: 1 },
    { until: 'the deadline: given up', endMs: Number.POSITIVE_INFINITY, told: 'gave_up paused', made: 0 }
  ])('set while ECS gives no answer: nothing is bought until $until', async ({ endMs, told, made }) => {
    const world = new World()
    const pausedFromMs = 20_000
    world.trouble = () => (world.clock.elapsed() < pausedFromMs ? 'unavailable' : undefined)
    Object.defineProperty(world.config, 'paused', {
      get: () => world.clock.elapsed() >= pausedFromMs && world.clock.elapsed() < endMs
    })
    world.notice()
    await world.clock.advance(5 * MINUTE - 1_000)
    expect(world.cloud.asked).toEqual([])
    expect(world.record('intent-0')).toBeUndefined()
    await world.play()
    expect(world.told()).toContain(told)
    expect(world.cloud.made).toHaveLength(made)
  })
})

describe('the budget', () => {
  const olds = ['i-a', 'i-b', 'i-c', 'i-d']

  async function storm(world: World, atOnce: boolean): Promise<World> {
    for (const [index, instanceId] of olds.entries()) {
      world.cloud.put(machine(instanceId))
      world.notice({ instanceId, eventKey: `notice-${instanceId}`, inMs: atOnce ? 0 : index * MINUTE })
    }
    await world.play()
    return world
  }

  test.each([true, false])(
    'holds over all instances and replicas, also when the notices come at once: %s',
    async (atOnce) => {
      const world = await storm(new World({ maxPerHour: 2 }, { replicas: 2 }), atOnce)
      expect(world.cloud.made).toHaveLength(2)
      expect(world.told()).toContain('skipped budget')
    }
  )

  test('holds without the logstore: the replacements themselves are counted', async () => {
    const world = new World({ maxPerHour: 2 }, { replicas: 4 })
    world.logstoreUp = false
    await storm(world, false)
    expect(world.cloud.made).toHaveLength(2)
  })

  /** Every replacement is gone soon after it was bought, for the next twenty minutes. */
  function loseAll(world: World): void {
    for (let ms = 15_000; ms < 20 * MINUTE; ms += 15_000) {
      world.clock.after(ms, () => {
        for (const index of world.cloud.made.keys()) world.cloud.release(`i-new${index + 1}`)
      })
    }
  }

  test.each([true, false])('bounds what one notice buys when all is lost; logstore up: %s', async (logstoreUp) => {
    const world = new World({ maxPerHour: 3 }, { replicas: 2 })
    world.logstoreUp = logstoreUp
    loseAll(world)
    world.notice()
    await world.play()
    expect(world.cloud.made).toHaveLength(3)
    expect(world.told()).toContain('gave_up budget')
  })

  test.each([true, false])('counts losses of all notices, which are at once: %s', async (atOnce) => {
    const world = new World({ maxPerHour: 6 }, { replicas: 2 })
    loseAll(world)
    await storm(world, atOnce)
    expect(world.cloud.made).toHaveLength(6)
  })

  test('counts what was bought and lost for an earlier notice', async () => {
    const world = new World({ maxPerHour: 3 })
    world.clock.after(15_000, () => world.cloud.release('i-new1'))
    world.notice()
    await world.play()
    await storm(world, false)
    expect(world.cloud.made).toHaveLength(3)
  })

  test('is for an hour', async () => {
    const world = await storm(new World({ maxPerHour: 2 }), false)
    await world.clock.advance(61 * MINUTE)
    world.cloud.put(machine('i-e'))
    world.notice({ instanceId: 'i-e', eventKey: 'notice-e' })
    await world.play()
    expect(world.cloud.made).toHaveLength(3)
  })
})

describe('ECS that gives no answer', () => {
  test('at first: the notice waits in follow-ups, no message is held, and the replacement comes later', async () => {
    const world = new World()
    world.trouble = () => (world.clock.elapsed() < 4 * MINUTE ? 'unavailable' : undefined)
    world.notice()
    await world.play()
    expect(world.told()).toEqual(expect.arrayContaining(['failed api-unavailable', 'done replaced i-new1']))
    expect(world.cloud.made).toHaveLength(1)
  })

  test('until the deadline: recorded as given up', async () => {
    const world = new World()
    world.trouble = () => 'unavailable'
    world.notice()
    await world.play()
    expect(world.told()).toEqual(['failed api-unavailable', 'gave_up api-unavailable'])
    expect(world.clock.elapsed()).toBeLessThan(16 * MINUTE)
  })

  test('but a refusal: given up at once', async () => {
    const world = new World()
    world.trouble = () => 'refused'
    world.notice()
    await world.play()
    expect(world.told()).toEqual(['gave_up refused'])
  })
})

describe('a dry run', () => {
  test('reads, changes nothing, and records what would be done', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.dryRun = true
    world.notice()
    await world.play()
    expect(world.told()).toEqual(['would_do replaced'])
    expect(world.record('replaced')?.content).toMatchObject({
      groups: ['rsp-1'],
      candidate: 'cn-hangzhou-h ecs.g6.large, SpotAsPriceGo'
    })
    expect(world.cloud.asked).toEqual([])
    expect(instanceOf(world, OLD).tags[CLAIM_TAG]).toBeUndefined()
    expect(world.followUps).toEqual([])
  })

  test('that is switched on while a replacement is under way ends it', async () => {
    const world = new World()
    world.notice()
    world.clock.after(8_000, () => {
      world.dryRun = true
    })
    await world.play()
    expect(world.told()).toEqual(['done bought i-new1', 'skipped dry-run i-new1'])
    expect(world.groups.entries('rsp-1')?.join()).not.toContain('i-new1')
  })
})

describe('a message', () => {
  test('goes back when the process stops, and another replica goes on', async () => {
    const world = new World({}, { replicas: 2 })
    world.notice()
    await world.clock.advance(2_000)
    const [first] = world.replicas
    first?.stop.abort()
    await world.clock.advance(500)
    expect(world.ends).toEqual(['again'])
    await world.play()
    expect(world.cloud.made).toHaveLength(1)
    expect(world.told()).toContain('done replaced i-new1')
  })

  test('goes back when no follow-up can be left', async () => {
    const world = new World()
    world.queueUp = false
    world.notice()
    await world.clock.advance(5_000)
    expect(new Set(world.ends)).toEqual(new Set(['again']))
    world.queueUp = true
    await world.play()
    expect(world.cloud.made).toHaveLength(1)
    expect(world.told()).toContain('done replaced i-new1')
  })

  test('that is no follow-up of ours is recorded', async () => {
    const world = new World()
    world.followUp('notice-1', OLD, { phase: 'what' }, 0)
    await world.play()
    expect(world.told()).toEqual(['gave_up bad-follow-up'])
  })

  test('of a day ago changes nothing any more', async () => {
    const world = new World()
    const plan = { noticeMs: 0, deadlineMs: 900_000, inherited: {}, memberships: [], missed: false }
    const replacement = { instanceId: 'i-late', generation: 0, index: 0 }
    world.followUp('notice-1', OLD, { plan, state: { phase: 'attaching', replacement, sinceMs: 0, waits: 0 } }, 0)
    await world.play()
    expect(world.told()).toEqual(['gave_up deadline i-late'])
  })

  test('that comes again when the old instance is gone already goes on by its own record', async () => {
    const world = new World({ candidates: CANDIDATES })
    world.cloud.change(OLD, { tags: { 'ecs-audit:server-groups': 'rsp-1' } })
    world.clock.after(2_000, () => world.replicas[0]?.die())
    world.tell('drain', [drainIntent(30)])
    world.clock.after(30_000, () => world.cloud.release(OLD))
    world.notice()
    await world.play()
    expect(world.replicas).toHaveLength(2)
    expect(world.cloud.made).toMatchObject([{ tags: { 'ecs-audit:server-groups': 'rsp-1' } }])
    expect(world.groups.entries('rsp-1')).toContain('i-new1:80@30')
  })

  test('that comes again when the old instance is gone gives nothing up that another run brought into service', async () => {
    const world = new World({}, { replicas: 2 })
    world.notice()
    world.groups.unhealthy.add('i-new1')
    world.clock.after(5 * MINUTE, () => world.cloud.release(OLD))
    world.notice({ inMs: 6 * MINUTE, timeMs: world.clock.now() })
    world.clock.after(8 * MINUTE, () => world.groups.unhealthy.clear())
    await world.play()
    expect(world.told()).toContain('done replaced i-new1')
    expect(world.told()).toContain('skipped already-replaced i-new1')
    expect(world.told().join()).not.toContain('gave_up')
  })
})
