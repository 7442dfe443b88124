import { describe, expect, test } from 'vitest'
import type { Fault, FaultClass } from '../../src/cloud/fault.ts'
import { DependencyState } from '../../src/monitor/dependency-state.ts'
import { assessHealth, type HealthFacts, type WatchedCalls } from '../../src/monitor/health.ts'
import { HEALTH_REASONS, type HealthReason } from '../../src/monitor/health-reasons.ts'

const LIMITS = { outageAfterMs: 60_000, maxLagMs: 300_000, stuckAfterMs: 900_000 }

function fault(cls: FaultClass): Fault {
  return { class: cls, code: 'SomeCode', status: 500, message: 'It failed', requestId: 'R1' }
}

/** Calls that ended as told, each `[at, class]`; undefined: well. */
function calls(
  reason: WatchedCalls['reason'],
  ...ends: Array<readonly [number, FaultClass | undefined]>
): WatchedCalls {
  const state = new DependencyState()
  for (const [atMs, cls] of ends) state.ended(cls && fault(cls), atMs)
  const service = reason === 'logstore-down' ? 'logstore' : 'queue'
  return { reason, place: { service, name: 'its-name', endpoint: 'https://host' }, state }
}

function reasons(facts: Partial<HealthFacts>): HealthReason[] {
  return report(facts).problems.map(({ reason }) => reason)
}

function report(facts: Partial<HealthFacts>) {
  return assessHealth({ nowMs: 100_000, startedMs: 0, stopping: false, calls: [], lag: undefined, ...facts }, LIMITS)
}

const WELL = calls('queue-down', [99_000, undefined])

describe('readiness', () => {
  test('all is well: ready and healthy, no problem', () => {
    expect(report({ calls: [WELL] })).toEqual({ ready: true, healthy: true, problems: [] })
  })

  test('starting until a queue answers, at most 5 s: the first poll of an empty queue takes long', () => {
    const silent = [calls('queue-down'), calls('logstore-down')]
    expect(reasons({ nowMs: 5_000, calls: silent })).toEqual(['starting'])
    expect(reasons({ nowMs: 5_001, calls: silent })).toEqual([])
    expect(reasons({ nowMs: 1_000, calls: [calls('queue-down', [900, undefined])] })).toEqual([])
  })

  test('a queue that does not exist is told at once, also when it did exist', () => {
    const gone = calls('queue-down', [1_000, undefined], [99_999, 'missing'])
    expect(reasons({ calls: [gone] })).toEqual(['queue-missing'])
  })

  test.each(['queue-down', 'delete-failing', 'logstore-down'] as const)(
    '%s: what went well before counts after outageAfter, from the first fault of the row',
    (reason) => {
      const row = calls(reason, [1_000, undefined], [40_000, 'unavailable'], [99_000, 'throttled'])
      expect(reasons({ nowMs: 100_000, calls: [WELL, row] })).toEqual([])
      expect(reasons({ nowMs: 100_001, calls: [WELL, row] })).toEqual([reason])
    }
  )

  test('what never went well is a mistake, and told at once', () => {
    expect(reasons({ calls: [WELL, calls('logstore-down', [99_999, 'credentials'])] })).toEqual(['logstore-down'])
  })

  test('one good answer ends the row; what this process gave up tells nothing', () => {
    expect(reasons({ calls: [calls('queue-down', [1, 'unavailable'], [2, undefined])] })).toEqual([])
    const aborted = calls('queue-down', [1, undefined], [2, 'unavailable'], [90_000, 'aborted'])
    expect(reasons({ calls: [aborted] })).toEqual(['queue-down'])
    expect(aborted.state.answeredMs).toBe(2)
  })

  test('a lag counts above maxLag, and only for a minute: an empty queue has none', () => {
    const lagged = (lagMs: number, seenMs: number) => reasons({ calls: [WELL], lag: { lagMs, seenMs } })
    expect(lagged(300_001, 90_000)).toEqual(['lagging'])
    expect(lagged(300_000, 90_000)).toEqual([])
    expect(lagged(900_000, 39_999)).toEqual([])
  })

  test('stopping is not ready, and healthy', () => {
    expect(report({ calls: [WELL], stopping: true })).toMatchObject({ ready: false, healthy: true })
  })
})

describe('liveness', () => {
  test('trouble of others is no reason to restart', () => {
    const down = [calls('queue-down', [90_000, 'missing']), calls('logstore-down', [90_000, 'unavailable'])]
    expect(report({ calls: down })).toMatchObject({ ready: false, healthy: true })
  })

  test('no call has ended for longer than stuckAfter: neither healthy nor ready, unless it stops', () => {
    const facts = { nowMs: 999_001, calls: [WELL] }
    expect(report(facts)).toMatchObject({ ready: false, healthy: false, problems: [{ reason: 'stuck' }] })
    expect(report({ ...facts, nowMs: 999_000 })).toMatchObject({ ready: true, healthy: true })
    expect(report({ ...facts, stopping: true })).toMatchObject({ healthy: true })
  })
})

test('a problem tells what, for how long, and what to do; each reason says so too', () => {
  const [problem] = report({ calls: [calls('queue-down', [30_000, 'missing'])] }).problems
  expect(problem).toEqual({
    reason: 'queue-missing',
    detail: 'queue its-name, for 70 s: HTTP 500 SomeCode: It failed (request R1)',
    do: 'Create the queue "its-name" at https://host, or correct queue.name and queue.endpoint.'
  })
  for (const { means, do: what } of Object.values(HEALTH_REASONS)) expect(`${means}${what}`).not.toContain('|')
})
