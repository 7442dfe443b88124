import { spawnSync } from 'node:child_process'
import { expect, test, vi } from 'vitest'

const told = vi.hoisted(() => [] as string[])
vi.mock('node:v8', () => ({ setFlagsFromString: (flag: string) => told.push(flag) }))

test('the flag that the heap is kept small by is one that V8 knows', async () => {
  const { growHeapSlowly } = await import('../../src/lib/frugal-heap.ts')
  growHeapSlowly()
  expect(told).toHaveLength(1)
  // An option that V8 does not know ends Node.js.
  const { status } = spawnSync(process.execPath, [...told, '--eval', '0'])
  expect(status).toBe(0)
})
