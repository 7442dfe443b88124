import { describe, expect, test } from 'vitest'
import { planGroup } from '../../../src/actions/drain/group-plan.ts'
import type { GroupRole } from '../../../src/cloud/balancing.ts'
import { backend } from './memory-balancing.ts'

interface Row {
  readonly name: string
  readonly role?: GroupRole
  readonly weights: readonly number[]
  /** Seconds from the notice to now; it counts 300 s to the deadline. */
  readonly ageS: number
  readonly graceS?: number
  readonly reserveS?: number
  /** Weights that get 0, and the wait in seconds; undefined: reported only. */
  readonly expected: { readonly zero: readonly number[]; readonly waitS: number } | undefined
}

const ROWS: readonly Row[] = [
  { name: 'plenty of time', weights: [100], ageS: 0, expected: { zero: [100], waitS: 60 } },
  { name: 'several ports', weights: [100, 50, 1], ageS: 1, expected: { zero: [100, 50, 1], waitS: 60 } },
  { name: 'one port at 0 already', weights: [0, 50], ageS: 1, expected: { zero: [50], waitS: 60 } },
  { name: 'the grace just fits', weights: [100], ageS: 195, expected: { zero: [100], waitS: 60 } },
  { name: 'the grace is cut', weights: [100], ageS: 215, expected: { zero: [100], waitS: 40 } },
  { name: 'a short grace is left', weights: [100], ageS: 250, expected: { zero: [100], waitS: 5 } },
  { name: 'too little is left', weights: [100], ageS: 250.1, expected: { zero: [], waitS: 0 } },
  { name: 'inside the reserve', weights: [100], ageS: 280, expected: { zero: [], waitS: 0 } },
  { name: 'at the deadline', weights: [100], ageS: 300, expected: { zero: [], waitS: 0 } },
  { name: 'after the deadline', weights: [100], ageS: 900, expected: { zero: [], waitS: 0 } },
  { name: 'no grace wanted', weights: [100], ageS: 0, graceS: 0, expected: { zero: [], waitS: 0 } },
  { name: 'a grace longer than the notice', weights: [9], ageS: 0, graceS: 3_600, expected: { zero: [9], waitS: 255 } },
  { name: 'a reserve longer than the notice', weights: [9], ageS: 0, reserveS: 400, expected: { zero: [], waitS: 0 } },
  { name: 'drained by an earlier run', weights: [0, 0], ageS: 20, expected: { zero: [], waitS: 40 } },
  { name: 'drained by an earlier run long ago', weights: [0], ageS: 90, expected: { zero: [], waitS: 0 } },
  {
    name: 'drained by an earlier run, little time',
    weights: [0],
    ageS: 230,
    graceS: 240,
    expected: { zero: [], waitS: 10 }
  },
  { name: 'the default group', role: 'default', weights: [100], ageS: 0, expected: { zero: [100], waitS: 60 } },
  { name: 'primary/secondary', role: 'primary-secondary', weights: [100], ageS: 0, expected: undefined }
]

describe('the plan of a group', () => {
  test.each(ROWS)('$name', ({ role = 'group', weights, ageS, graceS = 60, reserveS = 45, expected }) => {
    const nowAt = 10_000_000
    const noticeAt = nowAt - ageS * 1_000
    const backends = weights.map((weight, index) => backend('i-1', { port: 80 + index, weight }))
    const times = { nowAt, noticeAt, deadlineAt: noticeAt + 300_000 }
    const plan = planGroup({ role, backends, ...times, graceMs: graceS * 1_000, reserveMs: reserveS * 1_000 })
    const found =
      plan.kind === 'drain' ? { zero: plan.zero.map(({ weight }) => weight), waitS: plan.graceMs / 1_000 } : undefined
    expect(found).toEqual(expected)
  })
})
