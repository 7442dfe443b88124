import { describe, expect, test } from 'vitest'
import type { Fault } from './fault.ts'
import { makePlan, type PlanOptions } from './plan.ts'
import { shrink } from './shrink.ts'

const OPTIONS: PlanOptions = { seed: 1, seconds: 9, density: 0.9, only: [], numbers: [], rate: 0, replicas: 0 }

function plans(count: number, options: Partial<PlanOptions> = {}) {
  return Array.from({ length: count }, (_, seed) => makePlan({ ...OPTIONS, ...options, seed }))
}

describe('a plan', () => {
  test('is the same for the same seed, another for another', () => {
    expect(makePlan(OPTIONS)).toEqual(makePlan(OPTIONS))
    expect(makePlan(OPTIONS)).not.toEqual(makePlan({ ...OPTIONS, seed: 2 }))
  })

  test('ends every fault within its time', () => {
    for (const { durationMs, faults } of plans(50)) {
      for (const { atMs, forMs } of faults) expect(atMs + forMs).toBeLessThanOrEqual(durationMs)
    }
  })

  test('holds every group of faults, and 1 to 4 processes, in 200 seeds', () => {
    const all = plans(200)
    const groups = new Set(all.flatMap(({ faults }) => faults.map(({ name }) => name.split(':')[0])))
    const wanted = ['clock', 'control', 'credentials', 'mns', 'network', 'process', 'query', 'sls']
    expect([...groups].sort()).toEqual(wanted)
    expect(new Set(all.map(({ replicas }) => replicas))).toEqual(new Set([1, 2, 3, 4]))
  })

  test('keeps to the kinds and numbers asked for, each at its time', () => {
    for (const { faults } of plans(20, { only: ['kill -9'] })) {
      expect(new Set(faults.map(({ name }) => name))).toEqual(new Set(['process: kill -9']))
    }
    const [plan] = plans(1)
    const [part] = plans(1, { numbers: [2, 5] })
    expect(part?.faults).toEqual(plan?.faults.filter(({ number }) => number === 2 || number === 5))
  })
})

describe('shrinking', () => {
  const plan = makePlan({ ...OPTIONS, density: 3 })

  async function shrunk(needed: readonly number[]): Promise<number[]> {
    const fails = async ({ faults }: { faults: readonly Fault[] }): Promise<boolean> =>
      needed.every((number) => faults.some((fault) => fault.number === number))
    const { faults } = await shrink(plan, fails)
    return faults.map(({ number }) => number).sort((a, b) => a - b)
  }

  test('finds the one fault that is to blame', async () => {
    expect(await shrunk([7])).toEqual([7])
  })

  test('never leaves out what is needed', async () => {
    expect(await shrunk([3, 20])).toEqual(expect.arrayContaining([3, 20]))
  })
})
