import { describe, expect, inject, test } from 'vitest'
import { makePlan, type PlanOptions } from './plan.ts'
import { runTrial } from './trial.ts'

/** A short form of `npm run test:chaos`: the same trials, a few seeds. */
const SHORT: Omit<PlanOptions, 'seed'> = { seconds: 4, density: 1.2, only: [], numbers: [], rate: 30, replicas: 0 }
const TIMEOUT_MS = 180_000

describe.concurrent('whatever goes wrong, nothing is lost', () => {
  test.each([
    [1_001, SHORT],
    [1_002, { ...SHORT, replicas: 2, only: ['kill -9', 'SIGTERM', 'network'] }],
    [1_003, { ...SHORT, replicas: 1, only: ['mns', 'sls', 'clock', 'credentials'] }]
  ])(
    'seed %i',
    async (seed, options) => {
      const report = await runTrial(makePlan({ ...options, seed }), { main: inject('main') })
      expect(report.problems).toEqual([])
      expect(report.messages).toBeGreaterThan(100)
    },
    TIMEOUT_MS
  )
})
