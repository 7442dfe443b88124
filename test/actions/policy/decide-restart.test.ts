import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideRestart, type RestartInput } from '../../../src/actions/policy/decide-restart.ts'
import type { Instance } from '../../../src/cloud/compute.ts'
import {
  actionsConfig,
  checkInput,
  entry,
  HOUR,
  ID,
  intent,
  MINUTE,
  NOON,
  restartInput,
  SECOND,
  startsBefore,
  stoppedInstance
} from './restart-fixtures.ts'

type Row = readonly [what: string, input: RestartInput, expected: string]

/** A plan in a word or two: `start 2`, `wait starting`, `refuse lock-security`, `give up deadline`. */
function inBrief(input: RestartInput): string {
  const plan = decideRestart(input)
  switch (plan.kind) {
    case 'start':
      return `start ${plan.attempt}${plan.claims > 0 ? ` after ${plan.claims} intents` : ''}`
    case 'wait':
      return `wait ${plan.reason}`
    case 'refuse':
      return `${plan.gaveUp ? 'give up' : 'refuse'} ${plan.reason}`
    case 'recovered':
      return `recovered by ${plan.attempt}`
    case 'settled':
    case 'superseded':
      return plan.kind
  }
}

const event = (given: Partial<NonNullable<RestartInput['event']>>): RestartInput =>
  restartInput({ event: { test: false, instanceId: ID, timeMs: NOON - 10 * SECOND, ...given } })
const instance = (given: Partial<Instance>): RestartInput => restartInput({ instance: stoppedInstance(given) })
const config = (given: Parameters<typeof actionsConfig>[0], more: Partial<RestartInput> = {}): RestartInput =>
  restartInput({ config: actionsConfig(given), ...more })
const stopped = (count: number, fleetSize?: number): RestartInput =>
  restartInput({ stops: { count, inRegion: count, fleetSize } })
const tags = (more: Record<string, string>): RestartInput => instance({ tags: { 'ecs-audit': 'restart', ...more } })
const knowing = (entries: RestartInput['journal']['entries'], complete = true): Partial<RestartInput> => ({
  journal: { entries, complete }
})
const failed = (reason: string, agoMs = MINUTE, step = 'start-1') =>
  entry({ step, decision: 'failed', reason, atMs: NOON - agoMs })
const started = entry({ step: 'start-1', decision: 'done', reason: 'started' })

const EVENT_ROWS: readonly Row[] = [
  ['a fresh stop of an instance that opted in', restartInput(), 'start 1'],
  ['a test event', event({ test: true }), 'refuse test-event'],
  ['a masked id', event({ instanceId: 'i-bp***' }), 'refuse no-instance'],
  ['no instance', event({ instanceId: '' }), 'refuse no-instance'],
  ['no time', event({ timeMs: undefined }), 'refuse no-time'],
  ['an event as old as may be', event({ timeMs: NOON - 15 * MINUTE }), 'start 1'],
  ['an event a millisecond older', event({ timeMs: NOON - 15 * MINUTE - 1 }), 'refuse event-too-old'],
  ['an event from 15 minutes ahead', event({ timeMs: NOON + 15 * MINUTE }), 'start 1'],
  ['an event from further ahead', event({ timeMs: NOON + 15 * MINUTE + 1 }), 'refuse event-from-future'],
  ['a pause', config({ paused: true }), 'refuse paused'],
  ['a pause at a follow-up', checkInput(1, { config: actionsConfig({ paused: true }) }), 'give up paused'],
  ['switched off', config({ restart: { enabled: false } }), 'refuse disabled'],
  [
    'switched off before a follow-up',
    checkInput(1, { config: actionsConfig({ restart: { enabled: false } }) }),
    'give up disabled'
  ]
]

const MATCH_ROWS: readonly Row[] = [
  ['no tag', instance({ tags: {} }), 'refuse no-match'],
  ['the tag with another value', instance({ tags: { 'ecs-audit': 'no' } }), 'refuse no-match'],
  [
    'one of two tags',
    config({ restart: { match: { tag: { 'ecs-audit': 'restart', env: 'prod' } } } }),
    'refuse no-match'
  ],
  ['any value of a tag', config({ restart: { match: { tag: { 'ecs-audit': '*' } } } }), 'start 1'],
  ['its id', config({ restart: { match: { ids: [ID] } } }), 'start 1'],
  ['other ids', config({ restart: { match: { ids: ['i-other'] } } }), 'refuse no-match'],
  ['its region', config({ restart: { match: { regions: ['cn-hangzhou'] } } }), 'start 1'],
  ['another region', config({ restart: { match: { regions: ['us-east-1'] } } }), 'refuse no-match'],
  ['its name', config({ restart: { match: { name: 'web-?' } } }), 'start 1'],
  ['another name', config({ restart: { match: { name: 'db-*' } } }), 'refuse no-match'],
  ['all', config({ restart: { match: { all: true } } }), 'start 1'],
  ['all, but another region', config({ restart: { match: { all: true, regions: ['us-east-1'] } } }), 'refuse no-match'],
  ['nothing', config({ restart: { match: {} } }), 'refuse no-match']
]

const TRUTH_ROWS: readonly Row[] = [
  ['released', restartInput({ instance: undefined }), 'refuse released'],
  ['running: a reboot, or somebody was faster', instance({ status: 'Running' }), 'refuse already-running'],
  ['starting', instance({ status: 'Starting' }), 'refuse already-running'],
  ['stopping', instance({ status: 'Stopping' }), 'wait stopping'],
  ['pending', instance({ status: 'Pending' }), 'wait pending'],
  ['a status nobody knows', instance({ status: 'Hibernated' }), 'wait status-unknown'],
  ['no status', instance({ status: '' }), 'wait status-unknown'],
  ['held', tags({ 'ecs-audit:hold': 'off' }), 'refuse hold-off'],
  ['held, in capitals', tags({ 'ecs-audit:hold': ' OFF ' }), 'refuse hold-off'],
  ['held for a second more', tags({ 'ecs-audit:hold': '2026-11-22T12:00:01Z' }), 'refuse hold-until'],
  ['held until now', tags({ 'ecs-audit:hold': '2026-11-22T12:00:00Z' }), 'start 1'],
  ['held until a time in another zone', tags({ 'ecs-audit:hold': '2026-11-22T21:00:00+08:00' }), 'refuse hold-until'],
  [
    'held until a time without a zone, which is UTC',
    tags({ 'ecs-audit:hold': '2026-11-22T12:30' }),
    'refuse hold-until'
  ],
  ['held until tomorrow', tags({ 'ecs-audit:hold': '2026-11-23' }), 'refuse hold-until'],
  ['held until yesterday', tags({ 'ecs-audit:hold': '2026-11-21' }), 'start 1'],
  ['held by a word that says nothing', tags({ 'ecs-audit:hold': 'later' }), 'refuse hold-unreadable'],
  ['held by an impossible time', tags({ 'ecs-audit:hold': '2026-13-45' }), 'refuse hold-unreadable'],
  ['held by an empty tag', tags({ 'ecs-audit:hold': '' }), 'refuse hold-unreadable'],
  [
    'another hold tag',
    config(
      { holdTag: 'keep-down' },
      { instance: stoppedInstance({ tags: { 'ecs-audit': 'restart', 'keep-down': 'off' } }) }
    ),
    'refuse hold-off'
  ],
  ['locked for an overdue payment', instance({ locks: ['financial'] }), 'refuse lock-financial'],
  ['locked for security', instance({ locks: ['security'] }), 'refuse lock-security'],
  ['locked for recycling', instance({ locks: ['recycling'] }), 'refuse lock-recycling'],
  ['locked for recycling, as the API spells it', instance({ locks: ['Recycling'] }), 'refuse lock-recycling'],
  ['locked for its host', instance({ locks: ['dedicatedhostfinancial'] }), 'refuse lock-dedicated-host-financial'],
  ['locked for a refund', instance({ locks: ['refunded'] }), 'refuse lock-refunded'],
  ['locked for something new', instance({ locks: ['quarantine'] }), 'refuse lock-unknown'],
  ['a spot instance that nobody takes away', instance({ spotStrategy: 'SpotAsPriceGo' }), 'start 1'],
  [
    'a spot instance that was told to go',
    restartInput({
      instance: stoppedInstance({ spotStrategy: 'SpotAsPriceGo' }),
      troubles: { interrupted: true, maintenanceInFlight: false }
    }),
    'refuse spot-interrupted'
  ],
  ['economical mode', instance({ stoppedMode: 'StopCharging' }), 'refuse stop-charging'],
  ['expired now', instance({ expiresMs: NOON }), 'refuse expired'],
  ['expires within the margin', instance({ expiresMs: NOON + HOUR }), 'refuse expires-soon'],
  ['expires after it', instance({ expiresMs: NOON + HOUR + 1 }), 'start 1'],
  ['released automatically now', instance({ autoReleaseMs: NOON }), 'refuse release-due'],
  ['released automatically within the margin', instance({ autoReleaseMs: NOON + HOUR }), 'refuse releases-soon'],
  ['released automatically after it', instance({ autoReleaseMs: NOON + HOUR + 1 }), 'start 1'],
  ['owned by Auto Scaling', tags({ 'acs:autoscaling:scalingGroupId': 'asg-1' }), 'refuse owned-by-auto-scaling'],
  ['owned by a cluster', tags({ 'ack.aliyun.com': 'c1' }), 'refuse owned-by-kubernetes'],
  ['owned by a cluster of another kind', tags({ 'kubernetes.io/cluster/c1': 'owned' }), 'refuse owned-by-kubernetes'],
  ['a tag that only looks like it', tags({ 'ack.aliyun.com.example': 'c1' }), 'start 1'],
  [
    'maintained by ECS',
    restartInput({ troubles: { interrupted: false, maintenanceInFlight: true } }),
    'wait maintenance-in-flight'
  ]
]

const PEOPLE: Partial<RestartInput> = { config: actionsConfig({ restart: { respectPeople: true } }) }
const RULE_ROWS: readonly Row[] = [
  ['inside the hours of maintenance', config({ maintenance: ['12:00-12:01'] }), 'refuse maintenance-hours'],
  ['at their end', config({ maintenance: ['11:00-12:00'] }), 'start 1'],
  ['inside hours over midnight', config({ maintenance: ['22:00-12:30'] }), 'refuse maintenance-hours'],
  [
    'a person stopped it',
    restartInput({ ...PEOPLE, stopper: { kind: 'person', name: 'alice' } }),
    'refuse stopped-by-person'
  ],
  ['a person stopped it, which is not asked', restartInput({ stopper: { kind: 'person', name: 'alice' } }), 'start 1'],
  ['nobody stopped it', restartInput(PEOPLE), 'start 1'],
  ['nobody knows who stopped it', restartInput({ ...PEOPLE, stopper: { kind: 'unknown' } }), 'wait stopper-unknown'],
  ['as many stops as are allowed', stopped(20, 1_000), 'start 1'],
  ['one stop more', stopped(21, 1_000), 'refuse storm-count'],
  ['five of ten', stopped(5, 10), 'start 1'],
  ['six of ten', stopped(6, 10), 'refuse storm-percent'],
  [
    'six in all, four of them in its region of five',
    restartInput({ stops: { count: 6, inRegion: 4, fleetSize: 5 } }),
    'start 1'
  ],
  ['four of four: too few for a storm', stopped(4, 4), 'start 1'],
  ['five of nobody knows how many', stopped(5), 'wait fleet-unknown'],
  [
    'a storm at a follow-up',
    checkInput(1, { stops: { count: 21, inRegion: 21, fleetSize: undefined } }),
    'give up storm-count'
  ]
]

const BUDGET_ROWS: readonly Row[] = [
  ['two starts within the hour', restartInput(knowing(startsBefore(2))), 'start 1'],
  ['three starts within the hour', restartInput(knowing(startsBefore(3))), 'give up restart-loop'],
  ['three starts an hour ago', restartInput(knowing(startsBefore(3, HOUR))), 'start 1'],
  ['three starts a millisecond less ago', restartInput(knowing(startsBefore(3, HOUR - 1))), 'give up restart-loop'],
  [
    'an intent of more than an hour ago whose start came late',
    restartInput(
      knowing([
        intent(1, { agoMs: 80 * MINUTE, causedBy: 'early', deadlineMs: NOON - HOUR }),
        entry({ step: 'start-1.4', decision: 'done', causedBy: 'early', atMs: NOON - 50 * MINUTE }),
        ...startsBefore(2)
      ])
    ),
    'give up restart-loop'
  ],
  ['no starts allowed', config({ restart: { maxPerHour: 0 } }), 'give up restart-loop'],
  ['no logstore, no start known', restartInput(knowing([], false)), 'start 1'],
  ['no logstore, one start known', restartInput(knowing(startsBefore(1), false)), 'wait journal-incomplete'],
  ['no logstore at a follow-up', checkInput(1, knowing([], false)), 'wait journal-incomplete'],
  [
    'a stop just within the deadline',
    restartInput({ nowMs: NOON + 30 * MINUTE - 10 * SECOND, event: undefined }),
    'start 1'
  ],
  [
    'a stop just past the deadline',
    restartInput({ nowMs: NOON + 30 * MINUTE - 10 * SECOND + 1, event: undefined }),
    'give up deadline'
  ]
]

const other = 'stop-2'
const again = (agoMs: number) => ({ ...restartInput().progress, stopMs: NOON - agoMs, firstStopMs: NOON - agoMs })
const EPISODE_ROWS: readonly Row[] = [
  ['redelivered after the intent, before the start', restartInput(knowing([intent(1)])), 'start 1 after 1 intents'],
  [
    'redelivered a moment after the intent',
    restartInput(knowing([intent(1, { agoMs: 5 * SECOND })])),
    'wait other-replica'
  ],
  [
    'redelivered after the intent, when another stop has been started for since',
    restartInput(
      knowing([
        intent(1, { agoMs: 50 * SECOND }),
        intent(1, { agoMs: 5 * SECOND, causedBy: other }),
        { ...started, causedBy: other, atMs: NOON - 3 * SECOND }
      ])
    ),
    'superseded'
  ],
  ['redelivered after the start', restartInput(knowing([intent(1), started])), 'settled'],
  ['redelivered after a refusal', restartInput(knowing([entry({ step: 'refused', decision: 'skipped' })])), 'settled'],
  ['redelivered after giving up', restartInput(knowing([entry({ step: 'gave-up', decision: 'gave_up' })])), 'settled'],
  [
    'redelivered after a dry run',
    restartInput(knowing([entry({ step: 'would-start-1', decision: 'would_do' })])),
    'settled'
  ],
  [
    'redelivered after the intent, and it runs',
    restartInput({ ...knowing([intent(1)]), instance: stoppedInstance({ status: 'Running' }) }),
    'recovered by 1'
  ],
  [
    'redelivered after the intent, and it is starting',
    restartInput({ ...knowing([intent(1)]), instance: stoppedInstance({ status: 'Starting' }) }),
    'wait starting'
  ],
  [
    'redelivered after the intent: its own start is not counted twice',
    config({ restart: { maxPerHour: 1 } }, knowing([intent(1)])),
    'start 1 after 1 intents'
  ],
  ['stopped again after a start', restartInput({ causedBy: other, ...knowing([intent(1), started]) }), 'start 2'],
  [
    'stopped again after the last start',
    restartInput({ causedBy: other, ...knowing([intent(3), entry({ step: 'start-3', decision: 'done' })]) }),
    'give up attempts-used-up'
  ],
  [
    'a stop from before an intent of another run that was never carried out',
    restartInput({ causedBy: other, progress: again(2 * MINUTE), ...knowing([intent(1)]) }),
    'start 1'
  ],
  [
    'a stop from before the start',
    restartInput({ causedBy: other, progress: again(2 * MINUTE), ...knowing([intent(1), started]) }),
    'superseded'
  ],
  [
    'stopped again after a recovery',
    restartInput({
      causedBy: other,
      ...knowing([intent(1), entry({ step: 'recovered', decision: 'done', atMs: NOON - 30 * SECOND })])
    }),
    'start 1'
  ],
  [
    'stopped again after giving up',
    restartInput({
      causedBy: other,
      ...knowing([intent(1), entry({ step: 'gave-up', decision: 'gave_up', atMs: NOON - 30 * SECOND })])
    }),
    'start 1'
  ],
  [
    'stopped again after the deadline of the start',
    restartInput({ causedBy: other, ...knowing([intent(1, { deadlineMs: NOON - 1 })]) }),
    'start 1'
  ],
  [
    'a follow-up finds it running',
    checkInput(1, { ...knowing([intent(1), started]), instance: stoppedInstance({ status: 'Running' }) }),
    'recovered by 1'
  ],
  [
    'a follow-up finds it running in the end',
    checkInput(1, { nowMs: NOON + HOUR, instance: stoppedInstance({ status: 'Running' }) }),
    'recovered by 1'
  ],
  [
    'a follow-up finds it starting',
    checkInput(1, { instance: stoppedInstance({ status: 'Starting' }) }),
    'wait starting'
  ],
  [
    'a follow-up finds it starting past the deadline',
    checkInput(1, { nowMs: NOON + HOUR, instance: stoppedInstance({ status: 'Starting' }) }),
    'give up deadline'
  ],
  ['a follow-up finds it stopped', checkInput(1, knowing([intent(1), started])), 'start 2'],
  [
    'a follow-up finds it stopped after the last attempt',
    checkInput(3, knowing([intent(3)])),
    'give up attempts-used-up'
  ],
  ['a follow-up finds it gone', checkInput(1, { instance: undefined }), 'give up released'],
  [
    'a follow-up finds it stopped in economical mode',
    checkInput(1, { instance: stoppedInstance({ stoppedMode: 'StopCharging' }) }),
    'give up stop-charging'
  ],
  [
    'a follow-up after a newer stop took over',
    checkInput(
      1,
      knowing([
        intent(1),
        started,
        intent(2, { causedBy: other, agoMs: 20 * SECOND }),
        entry({ step: 'start-2', decision: 'done', causedBy: other, attempt: 2, atMs: NOON - 18 * SECOND })
      ])
    ),
    'superseded'
  ],
  [
    "a follow-up while a newer stop's run has only written its intent",
    checkInput(1, knowing([intent(1), started, intent(2, { causedBy: other, agoMs: 20 * SECOND })])),
    'wait other-replica'
  ],
  [
    'a follow-up of a start whose process died before it could tell of it',
    checkInput(1, { ...knowing([intent(1, { agoMs: 5 * SECOND })]), instance: stoppedInstance({ status: 'Running' }) }),
    'recovered by 1'
  ],
  [
    "a follow-up after a newer stop's run has withdrawn its intent",
    checkInput(
      1,
      knowing([
        intent(1),
        started,
        intent(2, { causedBy: other, agoMs: 20 * SECOND }),
        entry({ step: 'withdrawn-2', decision: 'skipped', causedBy: other, atMs: NOON - 18 * SECOND })
      ])
    ),
    'start 2'
  ],
  [
    'a follow-up after the recovery was seen',
    checkInput(
      1,
      knowing([
        intent(1),
        entry({ step: 'recovered', decision: 'done', causedBy: 'running-1', atMs: NOON - 30 * SECOND })
      ])
    ),
    'superseded'
  ],
  [
    'a follow-up delivered twice',
    checkInput(
      1,
      knowing([
        intent(1),
        started,
        intent(2, { agoMs: 0 }),
        entry({ step: 'start-2', decision: 'done', attempt: 2, atMs: NOON })
      ])
    ),
    'settled'
  ],
  [
    'a follow-up delivered again after its intent',
    checkInput(1, knowing([intent(1), started, intent(2, { agoMs: 0 })])),
    'wait other-replica'
  ],
  [
    'a follow-up delivered again long after its intent',
    checkInput(1, knowing([intent(1), started, intent(2, { agoMs: 30 * SECOND })])),
    'start 2 after 1 intents'
  ],
  [
    'a start call that was not carried out',
    checkInput(1, knowing([intent(1), failed('api-unavailable')])),
    'start 1 after 1 intents'
  ],
  [
    'two start calls that were not carried out',
    checkInput(1, knowing([intent(1), failed('api-throttled'), failed('api-busy', 30 * SECOND, 'start-1.2')])),
    'start 1 after 2 intents'
  ],
  [
    'a follow-up after an earlier episode that recovered',
    checkInput(
      1,
      knowing([
        entry({ step: 'recovered', decision: 'done', causedBy: other, atMs: NOON - 3 * MINUTE }),
        intent(1),
        started
      ])
    ),
    'start 2'
  ],
  [
    "a follow-up whose own intent is not stored yet, after another stop's",
    checkInput(1, knowing([intent(1, { causedBy: other, agoMs: 90 * SECOND })])),
    'start 2'
  ],
  [
    'a start call that may have been carried out',
    checkInput(1, knowing([intent(1), failed('api-unknown')])),
    'start 2'
  ],
  ['no stock a minute ago', checkInput(1, knowing([intent(1), failed('no-stock')])), 'wait no-stock'],
  [
    'no stock three minutes ago',
    checkInput(1, knowing([intent(1), failed('no-stock', 3 * MINUTE)])),
    'start 1 after 1 intents'
  ]
]

describe('a restart', () => {
  describe.each([
    ['by the event', EVENT_ROWS],
    ['by the rule', MATCH_ROWS],
    ['by the instance', TRUTH_ROWS],
    ['by the rules', RULE_ROWS],
    ['by the budgets', BUDGET_ROWS],
    ['by what was done before', EPISODE_ROWS]
  ])('is decided %s', (_, rows) => {
    test.each(rows)('%s', (_what, input, expected) => {
      expect(inBrief(input)).toBe(expected)
    })
  })

  test('keeps the first stop and the deadline of what it joins', () => {
    const firstStopMs = NOON - 10 * MINUTE
    const joined = restartInput({ causedBy: other, ...knowing([intent(1, { firstStopMs }), started]) })
    expect(decideRestart(joined)).toMatchObject({
      kind: 'start',
      attempt: 2,
      episode: { firstStopMs, deadlineMs: firstStopMs + 30 * MINUTE }
    })
  })
})

/** Changes of an input that each alone must keep an instance from being started. */
const OBSTACLES: ReadonlyArray<(input: RestartInput) => RestartInput> = [
  (input) => withConfig(input, { paused: true }),
  (input) => withConfig(input, { restart: { ...input.config.restart, enabled: false } }),
  (input) => withConfig(input, { restart: { ...input.config.restart, match: {} } }),
  (input) => withConfig(input, { restart: { ...input.config.restart, maxPerHour: 0 } }),
  (input) => withConfig(input, { maintenance: ['00:00-00:00'] }),
  (input) => ({ ...input, event: { test: true, instanceId: ID, timeMs: input.nowMs } }),
  (input) => ({ ...input, event: { test: false, instanceId: ID, timeMs: input.nowMs - HOUR } }),
  (input) => ({ ...input, instance: undefined }),
  ...['Running', 'Starting', 'Stopping', 'Pending', 'Odd', ''].map((status) => withInstance(() => ({ status }))),
  ...['financial', 'security', 'recycling', 'dedicatedhostfinancial', 'refunded', 'new'].map((lock) =>
    withInstance(() => ({ locks: [lock] }))
  ),
  withInstance(() => ({ stoppedMode: 'StopCharging' })),
  withInstance(() => ({ expiresMs: NOON })),
  withInstance(() => ({ autoReleaseMs: NOON + MINUTE })),
  ...['ecs-audit:hold', 'acs:autoscaling:scalingGroupId', 'ack.aliyun.com', 'kubernetes.io/cluster'].map((key) =>
    withInstance(({ tags: own }) => ({ tags: { ...own, [key]: 'x' } }))
  ),
  (input) => ({ ...input, troubles: { ...input.troubles, interrupted: true } }),
  (input) => ({ ...input, troubles: { ...input.troubles, maintenanceInFlight: true } }),
  (input) => ({ ...input, stops: { count: 21, inRegion: 21, fleetSize: 10_000 } }),
  (input) => ({ ...input, stops: { count: 10, inRegion: 10, fleetSize: 11 } }),
  (input) => ({ ...input, stops: { count: 10, inRegion: 10, fleetSize: undefined } }),
  (input) =>
    withConfig(
      { ...input, stopper: { kind: 'unknown' } },
      { restart: { ...input.config.restart, respectPeople: true } }
    )
]

function withConfig(input: RestartInput, given: Partial<RestartInput['config']>): RestartInput {
  return { ...input, config: { ...input.config, ...given } }
}

function withInstance(change: (instance: Instance) => Partial<Instance>): (input: RestartInput) => RestartInput {
  return (input) =>
    input.instance === undefined ? input : { ...input, instance: { ...input.instance, ...change(input.instance) } }
}

/** Inputs of all kinds, most of which lead to a start. */
const anyInput: fc.Arbitrary<RestartInput> = fc
  .record({
    made: fc.nat(3),
    known: fc.subarray([
      intent(1),
      started,
      failed('api-unavailable', 40 * SECOND, 'start-1.2'),
      intent(2, { causedBy: other, agoMs: 30 * SECOND }),
      entry({ step: 'recovered', decision: 'done', causedBy: 'earlier', atMs: NOON - 3 * MINUTE })
    ]),
    complete: fc.boolean(),
    stops: fc.record({
      count: fc.integer({ min: 0, max: 4 }),
      inRegion: fc.integer({ min: 0, max: 4 }),
      fleetSize: fc.option(fc.nat(100), { nil: undefined })
    })
  })
  .map(({ made, known, complete, stops }) =>
    made === 0
      ? restartInput({ journal: { entries: known, complete }, stops })
      : checkInput(made, { journal: { entries: known, complete }, stops })
  )

describe('whatever else holds', () => {
  test('nothing is started that one thing speaks against', () => {
    fc.assert(
      fc.property(anyInput, fc.shuffledSubarray([...OBSTACLES], { minLength: 1 }), (input, obstacles) => {
        const hindered = obstacles.reduce((before, obstacle) => obstacle(before), input)
        expect(decideRestart(hindered).kind).not.toBe('start')
      }),
      { numRuns: 2_000 }
    )
  })

  test('each obstacle alone keeps the plainest stop from being restarted', () => {
    expect(decideRestart(restartInput()).kind).toBe('start')
    const kinds = OBSTACLES.map((obstacle) => decideRestart(obstacle(restartInput())).kind)
    expect(new Set(kinds)).toEqual(new Set(['refuse', 'wait']))
  })

  test('an attempt is never past the last one, nor over the budget of the hour', () => {
    const input = fc.tuple(anyInput, fc.integer({ min: 1, max: 4 }), fc.nat(6))
    fc.assert(
      fc.property(input, ([given, maxAttempts, before]) => {
        const entries = [...startsBefore(before), ...given.journal.entries]
        const restart = { ...given.config.restart, maxAttempts }
        const plan = decideRestart(withConfig({ ...given, journal: { entries, complete: true } }, { restart }))
        if (plan.kind !== 'start') return
        expect(plan.attempt).toBeLessThanOrEqual(maxAttempts)
        const intents = entries.filter(({ decision, causedBy, step }) => {
          return decision === 'intent' && !(causedBy === given.causedBy && step === `intent-${plan.attempt}`)
        })
        expect(intents.length).toBeLessThan(restart.maxPerHour)
      }),
      { numRuns: 2_000 }
    )
  })
})
