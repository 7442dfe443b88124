import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFleet, type Fleet } from '../../../src/sandbox/fleet/fleet.ts'
import { NEXT_STATES } from '../../../src/sandbox/fleet/instance-state.ts'
import { EVENT_GAP_MS, type FleetOptions, NO_NOISE } from '../../../src/sandbox/fleet/options.ts'
import { groupBy } from './group-by.ts'
import { readMessage, type Told } from './read-message.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 5)

function fleetOf(options: Partial<FleetOptions> = {}): Fleet {
  return createFleet({ seed: 1, startMs: START, size: 12, noise: NO_NOISE, ...options })
}

/** Everything a fleet sends in `hours`, also what is still under way at the end. */
function live(fleet: Fleet, hours: number) {
  return [...fleet.advance(START + hours * HOUR), ...fleet.flush()]
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const fewRuns = { numRuns: 25 }

describe('a fleet', () => {
  it('sends the same messages for the same seed, however time is cut', () => {
    const whole = fleetOf({ seed: 42 }).advance(START + 6 * HOUR)
    const cut = fleetOf({ seed: 42 })
    const pieces = []
    for (let atMs = START; atMs < START + 6 * HOUR; ) {
      const piece = cut.advance(atMs, 5)
      pieces.push(...piece)
      if (piece.length < 5) atMs = Math.min(atMs + 7 * 60_000, START + 6 * HOUR)
    }
    pieces.push(...cut.advance(START + 6 * HOUR))
    expect(whole.length).toBeGreaterThan(100)
    expect(pieces).toEqual(whole)
    expect(fleetOf({ seed: 43 }).advance(START + 6 * HOUR)).not.toEqual(whole)
  })

  it('lives the same life whatever the noise and the envelopes', () => {
    const quiet = fleetOf({ seed: 8 })
    const loud = fleetOf({ seed: 8, envelopes: { cloudevents: 1 }, noise: { duplicateRate: 0.5, debugRate: 0.5 } })
    quiet.advance(START + 6 * HOUR)
    loud.advance(START + 6 * HOUR)
    expect(loud.truth().instances).toEqual(quiet.truth().instances)
  })

  it('sends messages in the order of sending, none before its event', () => {
    const fleet = fleetOf({ noise: { ...NO_NOISE, reorderRate: 0.3, lateRate: 0.05 } })
    const messages = fleet.advance(START + 8 * HOUR)
    const times = messages.map(({ sendAtMs }) => sendAtMs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    const happened = new Map(fleet.truth().events.map(({ key, atMs }) => [key, atMs]))
    for (const { key, sendAtMs } of messages) expect(sendAtMs).toBeGreaterThan(happened.get(key) ?? Infinity)
  })

  it('gives at most `limit` messages and the rest afterwards', () => {
    const fleet = fleetOf()
    const first = fleet.advance(START + 4 * HOUR, 10)
    expect(first).toHaveLength(10)
    expect(fleet.nowMs).toBeLessThan(START + 4 * HOUR)
    const rest = fleet.advance(START + 4 * HOUR)
    expect(fleet.nowMs).toBe(START + 4 * HOUR)
    expect([...first, ...rest]).toEqual(fleetOf().advance(START + 4 * HOUR))
    expect(fleet.advance(START)).toEqual([])
  })

  it('keeps its size', () => {
    const fleet = fleetOf({ size: 30 })
    fleet.advance(START + 24 * HOUR)
    expect(fleet.list().length).toBeGreaterThan(20)
    expect(fleet.list().length).toBeLessThanOrEqual(30)
  })

  it('keeps no history when told so, and counts all the same', () => {
    const fleet = fleetOf({ keepHistory: false })
    const messages = live(fleet, 24)
    const { instances, events, counts } = fleet.truth()
    expect(instances.every(({ alive }) => alive)).toBe(true)
    expect(events).toEqual([])
    expect(counts.messages).toBe(messages.length)
  })

  it('refuses regions it does not know and a pace that is none', () => {
    expect(() => fleetOf({ regions: ['mars-north-1'] })).toThrow(/mars-north-1.*cn-hangzhou/)
    expect(() => fleetOf({ pace: 0 })).toThrow(/pace/)
  })
})

describe('the life of every instance', () => {
  it('begins with its creation, changes state legally, and ends with Deleted', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 30), (seed, pace) => {
        const fleet = fleetOf({ seed, pace, recoverAfterMs: HOUR })
        live(fleet, 48 / pace)
        const { instances, events } = fleet.truth()
        for (const { instanceId, states, alive, createdMs, releasedMs } of instances) {
          const names = states.map(({ state }) => state)
          expect(['Pending', 'Created']).toContain(names[0])
          names.slice(1).forEach((state, index) => {
            expect(NEXT_STATES[names[index] ?? 'Deleted']).toContain(state)
          })
          expect(names.includes('Deleted')).toBe(!alive)
          const times = events.filter((event) => event.instanceId === instanceId).map(({ atMs }) => atMs)
          expect(times[0]).toBe(createdMs)
          if (!alive) expect(times.at(-1)).toBe(releasedMs)
          times.slice(1).forEach((atMs, index) => {
            expect(atMs - (times[index] ?? 0)).toBeGreaterThanOrEqual(EVENT_GAP_MS)
          })
        }
      }),
      fewRuns
    )
  })

  it('can be told from the messages alone, after repetitions and disorder are undone', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const noise = { ...NO_NOISE, duplicateRate: 0.2, reorderRate: 0.3, reorderMs: 300_000, lateRate: 0.02 }
        const fleet = fleetOf({ seed, noise, recoverAfterMs: HOUR })
        const bodies = new Set(live(fleet, 24).map(({ body }) => body))
        const lives = groupBy(Array.from(bodies, readMessage), ({ instanceId }) => instanceId)
        const { instances } = fleet.truth()
        expect(instances.length).toBeGreaterThan(12)
        for (const truth of instances) {
          const told = (lives.get(truth.instanceId) ?? []).sort((a, b) => a.atMs - b.atMs)
          expect(biography(told)).toEqual({
            states: truth.states.map(({ state }) => state),
            unexpectedStops: truth.unexpectedStops,
            interrupted: truth.interruptionMs !== undefined,
            releasedBy: truth.releasedBy
          })
        }
      }),
      fewRuns
    )
  })

  it('never hears of an interruption unless it is preemptible, and is gone some five minutes after one', () => {
    const fleet = fleetOf({ size: 60 })
    fleet.advance(START + 48 * HOUR)
    const warned = fleet.truth().instances.filter(({ interruptionMs }) => interruptionMs !== undefined)
    expect(warned.length).toBeGreaterThan(10)
    for (const { spotStrategy, interruptionMs = 0, releasedMs, alive, releasedBy } of warned) {
      expect(spotStrategy).not.toBe('NoSpot')
      if (alive) continue
      expect(releasedBy).toBe('spot')
      expect((releasedMs ?? 0) - interruptionMs).toBeGreaterThanOrEqual(5 * 60_000)
      expect((releasedMs ?? 0) - interruptionMs).toBeLessThan(6 * 60_000)
    }
  })

  it('comes in every variety within a day', () => {
    const fleet = fleetOf({ size: 100 })
    fleet.advance(START + 24 * HOUR)
    const { instances, events } = fleet.truth()
    const causes = new Set(instances.map(({ releasedBy }) => releasedBy))
    expect(causes).toEqual(new Set(['while-running', 'after-stop', 'spot', 'failed-creation', undefined]))
    expect(new Set(instances.map(({ states }) => states[0]?.state))).toEqual(new Set(['Pending', 'Created']))
    expect(new Set(instances.map(({ accountId }) => accountId)).size).toBe(2)
    expect(new Set(instances.map(({ regionId }) => regionId)).size).toBeGreaterThan(3)
    expect(instances.some(({ restarts }) => restarts > 0)).toBe(true)
    expect(new Set(events.map(({ kind }) => kind))).toEqual(
      new Set([
        'state',
        'interruption',
        'maintenance',
        'failure',
        'instance',
        'disk',
        'snapshot',
        'network',
        'assistant'
      ])
    )
    const reached = new Set(events.filter(({ kind }) => kind === 'maintenance').map(({ detail }) => detail))
    expect(reached).toEqual(new Set(['Scheduled', 'Inquiring', 'Executing', 'Executed', 'Avoided', 'Canceled']))
  })

  it('stays stopped after an unexpected stop until somebody starts it', () => {
    const fleet = fleetOf({ size: 40, habits: { whileRunning: { crash: 1 } } })
    fleet.advance(START + 48 * HOUR)
    const down = fleet.truth().instances.filter(({ stoppedUnexpectedly }) => stoppedUnexpectedly)
    expect(down.length).toBeGreaterThan(30)
    for (const { instanceId, states } of down) {
      expect(states.slice(-2).map(({ state }) => state)).toEqual(['Running', 'Stopped'])
      expect(fleet.start(instanceId)).toBe('accepted')
    }
  })

  it('comes back by itself after an unexpected stop when that is asked for', () => {
    const fleet = fleetOf({ recoverAfterMs: 60_000, habits: { whileRunning: { crash: 1 } } })
    fleet.advance(START + 48 * HOUR)
    expect(fleet.truth().instances.every(({ unexpectedStops }) => unexpectedStops > 5)).toBe(true)
  })
})

/** An instance's story as its messages tell it, oldest first. */
function biography(told: readonly Told[]) {
  const states = told.filter(({ name }) => name === 'Instance:StateChange').map(({ detail }) => detail)
  const interrupted = told.some(({ name }) => name === 'Instance:PreemptibleInstanceInterruption')
  const unexpectedStops = states.filter((state, index) => state === 'Stopped' && states[index - 1] === 'Running')
  return { states, unexpectedStops: unexpectedStops.length, interrupted, releasedBy: releaseCause(states, interrupted) }
}

function releaseCause(states: readonly string[], interrupted: boolean): string | undefined {
  if (states.at(-1) !== 'Deleted') return undefined
  if (interrupted) return 'spot'
  const before = states.at(-2)
  if (before === 'Running') return 'while-running'
  return before === 'Stopped' ? 'after-stop' : 'failed-creation'
}
