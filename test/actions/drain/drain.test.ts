import { describe, expect, test } from 'vitest'
import { membershipsOf } from '../../../src/actions/drain/memberships-of.ts'
import { backend, faultOf } from './memory-balancing.ts'
import { INSTANCE, instance, Stage } from './stage.ts'

/** A group with this instance on the ports, and with a healthy one beside it. */
function shared(stage: Stage, groupId: string, ports: readonly number[] = [80]): void {
  const entries = ports.map((port) => backend(INSTANCE, { port }))
  stage.balancing.addGroup(groupId, [...entries, backend('i-bp1other')])
}

describe('a notice in time', () => {
  test('sets weight 0, waits for the grace period, removes and sums up', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1', [80, 443])
    const run = stage.run({ agoMs: 2_000 })
    await stage.clock.advance(1_000)
    expect(stage.balancing.entries('rsp-1')).toEqual([`${INSTANCE}:80@0`, `${INSTANCE}:443@0`, 'i-bp1other:80@100'])
    await stage.clock.advance(60_000)
    expect(await run).toBe('settled')
    expect(stage.balancing.changes()).toEqual(['setWeight rsp-1 at 0 s', 'remove rsp-1 at 60 s'])
    expect(stage.balancing.entries('rsp-1')).toEqual(['i-bp1other:80@100'])
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
    expect(stage.record('remove/rsp-1')).toMatchObject({
      deadlineMarginMs: 238_000,
      durationMs: 60_000,
      content: { kind: 'clb', role: 'group', weightZero: 'set', before: 3, after: 1, serving: 1, verified: true }
    })
    expect(stage.summary()).toMatchObject({
      deadlineMarginMs: 238_000,
      content: { groups: 1, entries: 2, instance: 'described', missed: 0, firstCallMs: 0 }
    })
  })

  test('writes the intent with ports and weights before the first change', async () => {
    const stage = new Stage()
    const entries = [backend(INSTANCE, { port: 80, weight: 30 }), backend('eni-7', { serverType: 'eni', port: 81 })]
    stage.balancing.addGroup('rsp-1', entries)
    stage.balancing.addGroup('lb-1', [backend(INSTANCE, { port: undefined, weight: 70 })], 'clb', 'default')
    let intents: number | undefined
    stage.balancing.trouble = (verb) => {
      if (verb === 'setWeight') intents ??= stage.records.filter(({ decision }) => decision === 'intent').length
      return undefined
    }
    const run = stage.run()
    await stage.clock.advance(60_000)
    await run
    expect(intents).toBeGreaterThan(0)
    expect(membershipsOf(stage.local.entries(() => true))).toEqual([
      { group: { kind: 'clb', role: 'group', groupId: 'rsp-1' }, backend: entries[0] },
      { group: { kind: 'clb', role: 'group', groupId: 'rsp-1' }, backend: entries[1] },
      {
        group: { kind: 'clb', role: 'default', groupId: 'lb-1' },
        backend: backend(INSTANCE, { port: undefined, weight: 70 })
      }
    ])
  })

  test('takes groups of all kinds side by side, by instance, network interface and address', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1', [80, 8080])
    stage.balancing.addGroup('lb-1', [backend(INSTANCE, { port: undefined })], 'clb', 'default')
    stage.balancing.addGroup('sgp-a', [backend('eni-7', { serverType: 'Eni' })], 'alb')
    stage.balancing.addGroup('sgp-n', [backend('10.0.0.7', { serverType: 'Ip' })], 'nlb')
    const run = stage.run()
    await stage.clock.advance(60_000)
    await run
    expect(stage.balancing.changes()).toEqual([
      'setWeight rsp-1 at 0 s',
      'setWeight lb-1 at 0 s',
      'setWeight sgp-a at 0 s',
      'setWeight sgp-n at 0 s',
      'remove rsp-1 at 60 s',
      'remove lb-1 at 60 s',
      'remove sgp-a at 60 s',
      'remove sgp-n at 60 s'
    ])
    expect(stage.summary()).toMatchObject({ decision: 'done', content: { groups: 4, entries: 5 } })
  })

  test('one group in trouble does not hold up the others', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    shared(stage, 'rsp-2')
    stage.balancing.trouble = (_verb, groupId) => (groupId === 'rsp-2' ? 'busy' : undefined)
    const run = stage.run()
    await stage.clock.advance(60_000)
    expect(stage.told()).toEqual(['done removed rsp-1'])
    await stage.clock.advance(300_000)
    await run
    expect(stage.told()).toEqual(['done removed rsp-1', 'gave_up api-busy rsp-2', 'gave_up api-busy'])
  })

  test('waits until a removal that takes its time is seen', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'sgp-1')
    stage.balancing.settleMs = 5_500
    const run = stage.run()
    await stage.clock.advance(5_000)
    expect(stage.told()).toEqual([])
    await stage.clock.advance(1_000)
    await run
    expect(stage.record('remove/sgp-1')).toMatchObject({ reason: 'removed', deadlineMarginMs: 300_000 })
  })
})

describe('time that is short', () => {
  test.each([
    { name: '20 s before the deadline: removed at once, without weight 0', agoMs: 280_000, marginMs: 20_000 },
    { name: 'after the deadline: removed all the same', agoMs: 400_000, marginMs: -100_000 }
  ])('$name', async ({ agoMs, marginMs }) => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    await stage.run({ agoMs })
    expect(stage.balancing.changes()).toEqual(['remove rsp-1 at 0 s'])
    expect(stage.summary()).toMatchObject({
      decision: 'done',
      reason: marginMs < 0 ? 'late' : 'drained',
      deadlineMarginMs: marginMs
    })
  })

  test('a notice whose clock runs ahead counts from its receipt', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    await stage.run({ agoMs: -60_000 })
    expect(stage.summary()).toMatchObject({ deadlineMarginMs: 300_000 })
  })
})

describe('weights', () => {
  test('one that is refused costs no time: the removal follows at once', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'setWeight' ? 'refused' : undefined)
    await stage.run()
    expect(stage.balancing.changes()).toEqual(['setWeight rsp-1 at 0 s', 'remove rsp-1 at 0 s'])
    expect(stage.record('remove/rsp-1')?.content).toMatchObject({ weightZero: expect.stringContaining('refused') })
  })

  test('one that is busy for 40 s is set then, and the grace counts from there', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'setWeight' && stage.clock.elapsed() < 40_000 ? 'busy' : undefined)
    const run = stage.run()
    await stage.clock.advance(120_000)
    await run
    const set = stage.balancing.calls.findLast(({ verb }) => verb === 'setWeight')
    const removed = stage.balancing.calls.find(({ verb }) => verb === 'remove')
    expect(set?.atMs).toBeGreaterThanOrEqual(40_000)
    expect(set?.atMs).toBeLessThan(46_000)
    expect((removed?.atMs ?? 0) - (set?.atMs ?? 0)).toBe(60_000)
  })

  test('one that can never be set leaves the reserve for the removal', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'setWeight' ? 'unavailable' : undefined)
    const run = stage.run()
    await stage.clock.advance(300_000)
    await run
    expect(stage.balancing.changes().at(-1)).toBe('remove rsp-1 at 255 s')
    expect(stage.summary()).toMatchObject({ decision: 'done', deadlineMarginMs: 45_000 })
  })
})

describe('removals', () => {
  test('busy for 40 s are tried again until they succeed', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'remove' && stage.clock.elapsed() < 40_000 ? 'busy' : undefined)
    const run = stage.run()
    await stage.clock.advance(60_000)
    expect(await run).toBe('settled')
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
  })

  test('are given up past the deadline, after one more try', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'find' ? undefined : 'unavailable')
    const run = stage.run()
    await stage.clock.advance(330_000)
    await run
    expect(stage.balancing.changes().at(-1)).toBe('remove rsp-1 at 300 s')
    expect(stage.told()).toEqual(['gave_up api-unavailable rsp-1', 'gave_up api-unavailable'])
    expect(stage.summary()?.deadlineMarginMs).toBeLessThanOrEqual(0)
  })

  test('succeed with the last try when the load balancer is back for it', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb !== 'find' && stage.clock.elapsed() < 300_000 ? 'unavailable' : undefined)
    const run = stage.run()
    await stage.clock.advance(330_000)
    await run
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
  })

  test('that are refused end at once: a person must look', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'remove' ? 'refused' : undefined)
    await stage.run()
    expect(stage.told()).toEqual(['gave_up refused rsp-1', 'gave_up refused'])
  })

  test('of what somebody adds again are repeated, and given up at the deadline', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    stage.balancing.settleMs = 10_000_000
    const run = stage.run()
    await stage.clock.advance(400_000)
    await run
    expect(stage.balancing.changes().length).toBeGreaterThan(5)
    expect(stage.told()).toEqual(['gave_up still-there rsp-1', 'gave_up still-there'])
  })

  test('that cannot be verified count by their own answer', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'backends' ? 'unavailable' : undefined)
    const run = stage.run()
    await stage.clock.advance(60_000)
    await run
    expect(stage.record('remove/rsp-1')).toMatchObject({ reason: 'removed', content: { verified: false } })
  })
})

describe('what is gone meanwhile', () => {
  test('a group that is deleted in the grace period is success', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    const run = stage.run()
    await stage.clock.advance(30_000)
    stage.balancing.groups.delete('rsp-1')
    await stage.clock.advance(30_000)
    await run
    expect(stage.told()).toEqual(['done group-gone rsp-1', 'done drained'])
  })

  test('entries that somebody else removes are success', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.trouble = (verb) => (verb === 'remove' ? 'already' : undefined)
    const run = stage.run()
    await stage.clock.advance(30_000)
    stage.balancing.addGroup('rsp-1', [backend('i-bp1other')])
    await stage.clock.advance(30_000)
    await run
    expect(stage.told()).toEqual(['done already-gone rsp-1', 'done drained'])
  })

  test('a released instance is still found by its id', async () => {
    const stage = new Stage({ grace: '0ms' })
    stage.describe = () => ({ kind: 'done', value: undefined })
    shared(stage, 'rsp-1')
    await stage.run()
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
    expect(stage.summary()?.detail).toContain('only its id')
  })
})

describe('the last healthy backend', () => {
  test.each([
    { name: 'alone', others: [], unhealthy: [] },
    { name: 'beside one of weight 0', others: [backend('i-bp1other', { weight: 0 })], unhealthy: [] },
    { name: 'beside an unhealthy one', others: [backend('i-bp1other')], unhealthy: ['i-bp1other'] }
  ])('is removed and told: $name', async ({ others, unhealthy }) => {
    const stage = new Stage()
    stage.balancing.addGroup('rsp-1', [backend(INSTANCE), ...others])
    for (const serverId of unhealthy) stage.balancing.unhealthy.add(serverId)
    const run = stage.run()
    await stage.clock.advance(60_000)
    await run
    expect(stage.told()).toEqual(['done last-healthy-backend rsp-1', 'done drained'])
    expect(stage.balancing.entries('rsp-1')).toEqual(others.map(({ serverId, weight }) => `${serverId}:80@${weight}`))
    const warning = { level: 40, groupId: 'rsp-1', msg: 'removing the last healthy backend of a server group' }
    expect(stage.lines).toContainEqual(expect.objectContaining(warning))
  })

  test('is told after a removal that could not wait', async () => {
    const stage = new Stage()
    stage.balancing.addGroup('rsp-1', [backend(INSTANCE)])
    await stage.run({ agoMs: 290_000 })
    expect(stage.told()).toEqual(['done last-healthy-backend rsp-1', 'done drained'])
    const verbs = stage.balancing.calls.map(({ verb }) => verb)
    expect(verbs.indexOf('health')).toBeGreaterThan(verbs.indexOf('remove'))
  })
})

describe('ECS', () => {
  test('that is silent holds up the first question for half a second, and the first change for five', async () => {
    const stage = new Stage()
    stage.describe = undefined
    shared(stage, 'rsp-1')
    const run = stage.run()
    await stage.clock.advance(500)
    expect(stage.balancing.calls.map(({ verb }) => verb)).toEqual(['find'])
    await stage.clock.advance(5_000)
    expect(stage.balancing.changes()).toEqual(['setWeight rsp-1 at 6 s'])
    await stage.clock.advance(400_000)
    await run
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
    expect(stage.summary()?.detail).toContain('ECS gave no answer')
  })

  test('that comes back tells of network interfaces: what they are in is drained too', async () => {
    const stage = new Stage()
    stage.describe = undefined
    shared(stage, 'rsp-1')
    stage.balancing.addGroup('sgp-1', [backend('eni-7', { serverType: 'Eni' }), backend('i-bp1other')], 'alb')
    const run = stage.run()
    await stage.clock.advance(30_000)
    stage.describe = () => ({ kind: 'done', value: instance() })
    await stage.clock.advance(100_000)
    await run
    expect(stage.told()).toEqual(['done removed rsp-1', 'done removed sgp-1', 'done drained'])
    expect(stage.record('intent/rsp-1')).toBeDefined()
    expect(stage.records.filter(({ step }) => step === 'intent/rsp-1')).toHaveLength(1)
  })

  test('that refuses is not asked again', async () => {
    const stage = new Stage({ grace: '0ms' })
    stage.describe = () => ({ kind: 'refused', fault: faultOf('Forbidden.RAM') })
    shared(stage, 'rsp-1')
    await stage.run()
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
    expect(stage.summary()?.detail).toContain('Forbidden.RAM')
  })

  test('whose answer the rule needs is waited for', async () => {
    const stage = new Stage({ match: { tag: { drain: 'yes' } }, grace: '0ms' })
    stage.describe = undefined
    shared(stage, 'rsp-1')
    const run = stage.run()
    await stage.clock.advance(20_000)
    expect(stage.balancing.calls).toEqual([])
    stage.describe = () => ({ kind: 'done', value: instance({ tags: { drain: 'yes' } }) })
    await stage.clock.advance(20_000)
    await run
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
  })

  test('whose answer the rule needs and that never comes is given up', async () => {
    const stage = new Stage({ match: { tag: { drain: 'yes' } } })
    stage.describe = undefined
    shared(stage, 'rsp-1')
    const run = stage.run()
    await stage.clock.advance(320_000)
    await run
    expect(stage.told()).toEqual(['gave_up instance-unknown'])
    expect(stage.balancing.changes()).toEqual([])
  })
})

describe('which groups', () => {
  test.each([
    { name: 'discovery', tags: {}, groups: 'discover', expected: 'discover' },
    { name: 'configured ones', tags: {}, groups: ['rsp-1'], expected: ['rsp-1'] },
    {
      name: "the instance's tag wins",
      tags: { 'ecs-audit:server-groups': ' rsp-2  sgp-3 ' },
      groups: ['rsp-1'],
      expected: ['rsp-2', 'sgp-3']
    },
    { name: 'an empty tag does not', tags: { 'ecs-audit:server-groups': ' ' }, groups: ['rsp-1'], expected: ['rsp-1'] }
  ])('$name', async ({ tags, groups, expected }) => {
    const stage = new Stage({ groups })
    stage.describe = () => ({ kind: 'done', value: instance({ tags }) })
    await stage.run()
    expect(stage.balancing.searches).toEqual([
      {
        instance: { instanceId: INSTANCE, networkInterfaceIds: ['eni-7'], privateIps: ['10.0.0.7'], vpcId: 'vpc-1' },
        groups: expected
      }
    ])
  })

  test('a kind that can be asked only later is drained then', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.addGroup('sgp-1', [backend(INSTANCE), backend('i-bp1other')], 'nlb')
    const down = [{ kind: 'nlb', groupId: '', reason: 'HTTP 503' }] as const
    stage.balancing.missing = () => (stage.clock.elapsed() < 20_000 ? down : [])
    const run = stage.run()
    await stage.clock.advance(130_000)
    await run
    expect(stage.balancing.changes()[0]).toBe('setWeight rsp-1 at 0 s')
    expect(stage.told()).toEqual(['done removed rsp-1', 'done removed sgp-1', 'done drained'])
  })

  test('a kind that can never be asked is told, with what was drained', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.missing = () => [{ kind: 'nlb', groupId: '', reason: 'HTTP 503' }]
    const run = stage.run()
    await stage.clock.advance(320_000)
    await run
    expect(stage.told()).toEqual(['done removed rsp-1', 'gave_up search-incomplete'])
    expect(stage.summary()).toMatchObject({ detail: 'Not all could be asked: nlb (HTTP 503).', content: { missed: 1 } })
  })

  test('a primary/secondary group is reported only', async () => {
    const stage = new Stage()
    stage.balancing.addGroup('rsp-ms', [backend(INSTANCE)], 'clb', 'primary-secondary')
    await stage.run()
    expect(stage.balancing.changes()).toEqual([])
    expect(stage.told()).toEqual(['skipped primary-secondary rsp-ms', 'skipped primary-secondary'])
  })
})

describe('what is left alone', () => {
  test.each([
    {
      name: 'an instance of Auto Scaling',
      tags: { 'acs:autoscaling:scalingGroupId': 'asg-1' },
      reason: 'owned-by-auto-scaling'
    },
    { name: 'an instance that the rule is not for', match: { tag: { drain: 'yes' } }, reason: 'no-match' },
    { name: 'a test event', event: { test: true }, reason: 'test-event' },
    { name: 'an old event', event: { agoMs: 16 * 60_000 }, reason: 'event-too-old' },
    { name: 'everything while it is paused', actions: { paused: true }, reason: 'paused' },
    { name: 'an instance in no group', empty: true, reason: 'no-membership' }
  ])('$name', async ({ tags = {}, match = { all: true }, event = {}, actions = {}, empty = false, reason }) => {
    const stage = new Stage({ match }, actions)
    stage.describe = () => ({ kind: 'done', value: instance({ tags }) })
    if (!empty) shared(stage, 'rsp-1')
    expect(await stage.run(event)).toBe('settled')
    expect(stage.balancing.changes()).toEqual([])
    expect(stage.told()).toEqual([`skipped ${reason}`])
  })
})

describe('a dry run', () => {
  test('reads everything, changes nothing and tells what it would do', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.addGroup('rsp-2', [backend(INSTANCE)])
    await stage.run({ dryRun: true })
    expect(stage.balancing.changes()).toEqual([])
    expect(stage.told()).toEqual(['would_do removed rsp-1', 'would_do last-healthy-backend rsp-2', 'would_do drained'])
    expect(stage.records.some(({ decision }) => decision === 'intent')).toBe(false)
  })
})

describe('repetition', () => {
  test('the same notice again finds nothing to do, and the first record stands', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    await stage.run()
    await stage.run()
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained', 'skipped already-drained'])
    expect(stage.summary()?.step).toBe('repeated')
  })

  test('another notice about the same instance is told by itself', async () => {
    const stage = new Stage({ grace: '0ms' })
    shared(stage, 'rsp-1')
    await stage.run()
    await stage.run({ eventKey: 'notice-2' })
    expect(stage.summary()).toMatchObject({ step: 'drained', decision: 'skipped', reason: 'already-drained' })
  })

  test('no logstore is waited for while there is something to drain', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    const run = stage.run()
    await stage.clock.advance(59_000)
    expect(stage.journalAsked).toBe(0)
    await stage.clock.advance(1_000)
    await run
    expect(stage.journalAsked).toBe(1)
  })
})

describe('a process that stops', () => {
  test('in the grace period gives the notice back; the next run waits only for the rest', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    const first = new AbortController()
    const run = stage.run({ signal: first.signal })
    await stage.clock.advance(20_000)
    first.abort()
    expect(await run).toBe('again')
    await stage.clock.advance(10_000)
    const next = stage.run({ agoMs: 30_000 })
    await stage.clock.advance(30_000)
    await next
    expect(stage.balancing.changes()).toEqual(['setWeight rsp-1 at 0 s', 'remove rsp-1 at 60 s'])
    expect(membershipsOf(stage.local.entries(() => true))).toMatchObject([{ backend: { weight: 100 } }])
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
  })

  test('between removal and record leaves an intent without its outcome: the next run tells it', async () => {
    const stage = new Stage()
    stage.balancing.addGroup('rsp-1', [backend('i-bp1other')])
    stage.stored = [storedIntent('rsp-1', INSTANCE, 'ecs', stage)]
    await stage.run()
    expect(stage.told()).toEqual(['done already-gone rsp-1', 'done drained'])
    expect(stage.balancing.changes()).toEqual([])
    expect(membershipsOf(stage.stored)).toMatchObject([{ group: { groupId: 'rsp-1' }, backend: { weight: 100 } }])
  })

  test('and an instance released since: its network interfaces are known from the intent', async () => {
    const stage = new Stage()
    stage.describe = () => ({ kind: 'done', value: undefined })
    stage.balancing.addGroup('rsp-1', [backend('eni-7', { serverType: 'eni' }), backend('i-bp1other')])
    stage.stored = [storedIntent('rsp-1', 'eni-7', 'eni', stage)]
    const run = stage.run({ agoMs: 290_000 })
    await run
    expect(stage.balancing.entries('rsp-1')).toEqual(['i-bp1other:80@100'])
    expect(stage.told()).toEqual(['done removed rsp-1', 'done drained'])
  })

  test.each(['find', 'remove', 'backends'] as const)('cuts a call short (%s): that is no verdict', async (verb) => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.balancing.hangs = (each) => each === verb
    // Past the deadline, so that every try is the last one.
    const run = stage.run({ agoMs: 400_000 })
    await stage.clock.advance(1_000)
    stage.stop.abort()
    expect(await run).toBe('again')
    expect(stage.told()).toEqual([])
  })

  test('never drains for a notice that it has not begun with', async () => {
    const stage = new Stage()
    shared(stage, 'rsp-1')
    stage.stop.abort()
    expect(await stage.run()).toBe('again')
    expect(stage.balancing.calls).toEqual([])
  })
})

function storedIntent(groupId: string, serverId: string, serverType: string, stage: Stage) {
  return {
    atMs: stage.clock.now() - 60_000,
    action: 'drain',
    step: `intent/${groupId}`,
    decision: 'intent',
    reason: 'interrupted',
    attempt: 0,
    instanceId: INSTANCE,
    causedBy: 'notice-1',
    target: groupId,
    content: { kind: 'clb', role: 'group', backends: [backend(serverId, { serverType })] }
  } as const
}
