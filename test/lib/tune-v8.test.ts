import { spawnSync } from 'node:child_process'
import { expect, test, vi } from 'vitest'

const told = vi.hoisted(() => [] as string[])
vi.mock('node:v8', () => ({ setFlagsFromString: (flag: string) => told.push(flag) }))

test('the flags are ones that V8 knows', async () => {
  const { tuneV8 } = await import('../../src/lib/tune-v8.ts')
  tuneV8()
  expect(told.length).toBeGreaterThan(0)
  // An option that V8 does not know ends Node.js.
  const { status } = spawnSync(process.execPath, [...told, '--eval', '0'])
  expect(status).toBe(0)
})
