import { describe, expect, test } from 'vitest'
import {
  advance,
  FIRST_PURCHASE,
  type Observation,
  type ReplaceState,
  type Times
} from '../../../src/actions/replace/replace-state.ts'

const NOW = 1_000_000
const times: Times = { nowMs: NOW, deadlineMs: NOW + 600_000, checkAfterMs: 10_000 }
const late: Times = { ...times, nowMs: times.deadlineMs }
const one = { instanceId: 'i-1', generation: 0, index: 1 }
const two = { instanceId: 'i-2', generation: 0, index: 0 }

const deciding: ReplaceState = { phase: 'deciding', waits: 0 }
const buying: ReplaceState = { ...FIRST_PURCHASE, from: 2 }
const starting: ReplaceState = { phase: 'starting', replacement: one, sinceMs: NOW - 5_000, waits: 0 }
const attaching: ReplaceState = { phase: 'attaching', replacement: one, sinceMs: NOW, waits: 0 }
const warming: ReplaceState = { phase: 'warming', replacement: one, sinceMs: NOW, refused: ['sgp-x'], waits: 0 }
const over: ReplaceState = {
  ...{ phase: 'ended', decision: 'done', reason: 'replaced', detail: '', replacement: one, refused: [] }
}

const later = (why: 'no-stock' | 'api-unavailable' | 'not-running' | 'superseded', more = {}): Observation => {
  return { kind: 'later', why, ...more }
}
const on = (kind: 'bought' | 'running' | 'healthy' | 'gone', replacement = one): Observation => ({ kind, replacement })
const attached: Observation = { kind: 'attached', replacement: one, refused: [] }

interface Row {
  readonly from: ReplaceState
  readonly on: Observation
  readonly at?: Times
  readonly to: Readonly<Record<string, unknown>>
  readonly waitMs: number
}

const rows: Row[] = [
  { from: deciding, on: { kind: 'decided' }, to: { phase: 'buying', generation: 0, from: 0 }, waitMs: 0 },
  { from: deciding, on: later('api-unavailable'), to: { phase: 'deciding', waits: 1 }, waitMs: 5_000 },
  { from: deciding, on: later('api-unavailable'), at: late, to: { phase: 'ended', decision: 'gave_up' }, waitMs: 0 },
  { from: buying, on: on('bought'), to: { phase: 'starting', replacement: one, sinceMs: NOW }, waitMs: 10_000 },
  { from: buying, on: later('no-stock'), to: { phase: 'buying', waits: 1, why: 'no-stock', from: 2 }, waitMs: 60_000 },
  { from: buying, on: later('no-stock', { next: { from: 0 } }), to: { phase: 'buying', from: 0 }, waitMs: 60_000 },
  { from: buying, on: later('superseded', { waitMs: 44_000 }), to: { phase: 'buying' }, waitMs: 44_000 },
  { from: buying, on: later('api-unavailable'), to: { phase: 'buying', why: 'api-unavailable' }, waitMs: 5_000 },
  { from: buying, on: later('no-stock'), at: late, to: { decision: 'gave_up', reason: 'no-stock' }, waitMs: 0 },
  { from: starting, on: on('bought', two), to: { phase: 'starting', replacement: two }, waitMs: 10_000 },
  { from: starting, on: on('running'), to: { phase: 'attaching', replacement: one, sinceMs: NOW - 5_000 }, waitMs: 0 },
  { from: starting, on: later('not-running'), to: { phase: 'starting', waits: 1 }, waitMs: 10_000 },
  { from: starting, on: later('not-running'), at: late, to: { decision: 'gave_up', replacement: one }, waitMs: 0 },
  {
    from: { ...starting, sinceMs: late.nowMs - 240_000 },
    on: later('not-running'),
    at: late,
    to: { phase: 'starting', waits: 1 },
    waitMs: 10_000
  },
  { from: starting, on: on('gone'), to: { phase: 'buying', generation: 1, from: 2, why: 'lost' }, waitMs: 0 },
  { from: starting, on: on('gone'), at: late, to: { decision: 'gave_up', reason: 'lost' }, waitMs: 0 },
  { from: starting, on: on('running'), at: late, to: { phase: 'attaching' }, waitMs: 0 },
  { from: attaching, on: attached, to: { phase: 'warming', refused: [] }, waitMs: 0 },
  { from: attaching, on: later('api-unavailable'), to: { phase: 'attaching', waits: 1 }, waitMs: 10_000 },
  { from: attaching, on: on('gone'), to: { phase: 'buying', generation: 1 }, waitMs: 0 },
  { from: warming, on: on('healthy'), to: { phase: 'ended', decision: 'done', refused: ['sgp-x'] }, waitMs: 0 },
  { from: warming, on: on('healthy'), at: late, to: { phase: 'ended', decision: 'done' }, waitMs: 0 },
  { from: warming, on: on('gone'), to: { phase: 'buying', generation: 1 }, waitMs: 0 },
  {
    from: buying,
    on: { kind: 'stop', decision: 'skipped', reason: 'budget', detail: '5 within the last hour.' },
    to: { phase: 'ended', decision: 'skipped', reason: 'budget', detail: '5 within the last hour.' },
    waitMs: 0
  }
]

describe('the state of a replacement', () => {
  test.each(rows.map((row) => ({ ...row, what: `${row.from.phase}, ${row.on.kind}${row.at ? ', late' : ''}` })))(
    '$what',
    ({ from, on: observation, at = times, to, waitMs }) => {
      const step = advance(from, observation, at)
      expect(step.state).toMatchObject(to)
      expect(step.waitMs).toBe(waitMs)
    }
  )

  test('an end is the end, whatever is seen then', () => {
    for (const observation of [on('gone'), on('bought'), attached, later('no-stock')]) {
      expect(advance(over, observation, times)).toEqual({ state: over, waitMs: 0 })
    }
  })

  test('waits grow, and never reach beyond the deadline', () => {
    let state: ReplaceState = starting
    let nowMs = NOW
    const waits: number[] = []
    while (state.phase !== 'ended') {
      const step = advance(state, later('not-running'), { ...times, nowMs })
      if (step.waitMs > 0) waits.push(step.waitMs)
      state = step.state
      nowMs += step.waitMs
    }
    expect(nowMs).toBe(times.deadlineMs)
    expect(waits.slice(0, 6)).toEqual([10_000, 15_000, 22_500, 33_750, 50_625, 60_000])
    expect(Math.max(...waits)).toBe(60_000)
  })
})
