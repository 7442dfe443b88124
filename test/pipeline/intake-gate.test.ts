import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Breaker, type BreakerState } from '../../src/lib/breaker.ts'
import { IntakeGate } from '../../src/pipeline/intake-gate.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'

const RESET_MS = 20

let clock: ManualClock
let breaker: Breaker
let held: number

beforeEach(() => {
  // An open breaker rests until a test says that it has.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  clock = new ManualClock()
  held = 0
  breaker = new Breaker({ name: 'test', resetMs: RESET_MS })
})

afterEach(() => {
  breaker.close()
  vi.useRealTimers()
})

function openGate(triage: { enabled: boolean; maxMessages?: number }): IntakeGate {
  return new IntakeGate({
    breaker,
    clock,
    triage: { intervalMs: 1_000, maxMessages: 2_000, ...triage },
    held: () => held
  })
}

async function bring(state: BreakerState): Promise<void> {
  if (state === 'closed') await succeed()
  if (state === 'open') breaker.trip()
}

async function succeed(): Promise<void> {
  await breaker.call(
    async () => true,
    () => false
  )
}

/** Asks to pass; `passed` counts those who may. */
function queueUp(
  gate: IntakeGate,
  count: number,
  signal = new AbortController().signal
): { passed: number; refused: number } {
  const line = { passed: 0, refused: 0 }
  for (let left = count; left > 0; left--) {
    void gate.pass(false, signal).then((passed) => {
      line[passed ? 'passed' : 'refused'] += 1
    })
  }
  return line
}

describe('intake gate', () => {
  test.each<[BreakerState, number, boolean, number]>([
    ['closed', 0, false, 4],
    ['closed', 500, false, 4],
    ['closed', 500, true, 4],
    ['half-open', 0, false, 4],
    ['half-open', 1, false, 0],
    ['half-open', 1, true, 0],
    ['open', 0, false, 0],
    ['open', 0, true, 1],
    ['open', 500, true, 1]
  ])('%s, %i held, triage %s: %i of 4 receivers may ask', async (state, holding, enabled, expected) => {
    held = holding
    await bring(state)
    const line = queueUp(openGate({ enabled }), 4)
    await settle()
    expect(line).toEqual({ passed: expected, refused: 0 })
  })

  test('triage: one receive per interval', async () => {
    await bring('open')
    const line = queueUp(openGate({ enabled: true }), 5)
    const passed: number[] = []
    for (let seconds = 0; seconds < 5; seconds++) {
      await settle()
      passed.push(line.passed)
      await clock.advance(1_000)
    }
    expect(passed).toEqual([1, 2, 3, 4, 5])
  })

  test('triage: ends at its most messages, and begins anew in the next outage', async () => {
    const gate = openGate({ enabled: true, maxMessages: 32 })
    await bring('open')
    for (let receives = 0; receives < 2; receives++) {
      expect(await passes(gate)).toBe(true)
      gate.received(16, false)
    }
    expect(await passes(gate)).toBe(false)
    expect(gate.admits(false)).toBe(false)
  })

  test('what is received while the logstore is up does not count as triage, and its recovery forgets the count', async () => {
    const gate = openGate({ enabled: true, maxMessages: 32 })
    await bring('closed')
    gate.received(1_000, false)
    await bring('open')
    expect(await passes(gate)).toBe(true)
    gate.received(32, false)
    expect(gate.admits(false)).toBe(false)
    rest()
    await bring('closed')
    await bring('open')
    expect(gate.admits(false)).toBe(true)
  })

  test('waiters look again when the breaker changes', async () => {
    held = 1
    await bring('open')
    const gate = openGate({ enabled: false })
    const line = queueUp(gate, 3)
    rest()
    await settle()
    expect(line.passed).toBe(0)
    await bring('closed')
    await settle()
    expect(line.passed).toBe(3)
  })

  test('half-open: waiters look again when the last message was released', async () => {
    held = 2
    const gate = openGate({ enabled: false })
    const line = queueUp(gate, 2)
    held = 1
    gate.released()
    await settle()
    expect(line.passed).toBe(0)
    held = 0
    gate.released()
    await settle()
    expect(line.passed).toBe(2)
  })

  test('open: an urgent queue goes on without a pause, up to a number of its own', async () => {
    await bring('open')
    const gate = openGate({ enabled: true, maxMessages: 3 })
    expect(await gate.pass(false, new AbortController().signal)).toBe(true)
    const usual = queueUp(gate, 1)
    for (let n = 0; n < 3; n += 1) {
      expect(await gate.pass(true, new AbortController().signal)).toBe(true)
      gate.received(1, true)
    }
    expect(gate.admits(true)).toBe(false)
    expect(gate.admits(false)).toBe(true)
    expect(usual.passed).toBe(0)
    await clock.advance(1_000)
    expect(usual.passed).toBe(1)
    rest()
    await bring('closed')
    await bring('open')
    expect(gate.admits(true)).toBe(true)
  })

  test('open: with no action to run an urgent queue waits like the others', async () => {
    await bring('open')
    expect(openGate({ enabled: false }).admits(true)).toBe(false)
  })

  test('an abort ends every wait', async () => {
    const stop = new AbortController()
    await bring('open')
    const [waiting, sleeping] = [openGate({ enabled: false }), openGate({ enabled: true })]
    const lines = [queueUp(waiting, 2, stop.signal), queueUp(sleeping, 2, stop.signal)]
    await settle()
    stop.abort()
    await settle()
    expect(lines).toEqual([
      { passed: 0, refused: 2 },
      { passed: 1, refused: 1 }
    ])
    expect(await waiting.pass(false, stop.signal)).toBe(false)
    expect(clock.pending).toBe(0)
  })
})

/** Whether a receiver may ask by the end of a minute. */
async function passes(gate: IntakeGate): Promise<boolean> {
  const line = queueUp(gate, 1)
  await clock.advance(60_000)
  return line.passed === 1
}

/** The open breaker has rested: it is half-open. */
function rest(): void {
  vi.advanceTimersByTime(RESET_MS)
  expect(breaker.state).toBe('half-open')
}
