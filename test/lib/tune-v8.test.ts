import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const MIB = 1024 * 1024
const told = vi.hoisted(() => [] as string[])
const heap = vi.hoisted(() => ({ young: 0 }))
vi.mock('node:v8', () => ({
  setFlagsFromString: (flag: string) => told.push(flag),
  getHeapSpaceStatistics: () => [
    { space_name: 'old_space', space_size: 100 * MIB },
    { space_name: 'new_space', space_size: heap.young }
  ]
}))

beforeEach(() => {
  told.length = 0
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('the flags are ones that V8 knows', async () => {
  const { tuneV8 } = await import('../../src/lib/tune-v8.ts')
  heap.young = 16 * MIB
  tuneV8()
  vi.advanceTimersByTime(1_000)
  expect(told.length).toBeGreaterThan(0)
  // An option that V8 does not know ends Node.js.
  const { status } = spawnSync(process.execPath, [...told, '--eval', '0'])
  expect(status).toBe(0)
})

test('the young generation grows until it is large enough, and no more', async () => {
  const { tuneV8 } = await import('../../src/lib/tune-v8.ts')
  heap.young = 8 * MIB
  tuneV8()
  vi.advanceTimersByTime(1_000)
  expect(told).not.toContain('--semi-space-growth-factor=1')
  heap.young = 16 * MIB
  vi.advanceTimersByTime(1_000)
  expect(told.filter((flag) => flag === '--semi-space-growth-factor=1')).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('V8 heeds the growth factor while it runs', () => {
  // Objects that live on for a while, tens of thousands at a time, make it grow.
  const program = `
    const v8 = require('node:v8')
    const young = () => v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size
    const churn = () => { let kept = []; for (let i = 0; i < 3e6; i++) { kept.push({ i, text: 'n' + i }); if (kept.length > 5e4) kept = [] } }
    if (process.argv[1] === 'bound') v8.setFlagsFromString('--semi-space-growth-factor=1')
    churn()
    console.log(young())
  `
  const grown = (...args: string[]) =>
    Number(spawnSync(process.execPath, ['--eval', program, ...args], { encoding: 'utf8' }).stdout)
  const bound = grown('bound')
  expect(bound).toBeGreaterThan(0)
  expect(grown('free')).toBeGreaterThan(bound)
})
