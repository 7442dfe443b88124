import { expect, test, vi } from 'vitest'
import type { Action, Job } from '../../src/actions/action.ts'
import { LazyAction } from '../../src/actions/lazy-action.ts'
import { PROFILES } from '../../src/actions/profiles.ts'
import { interruptionNotice } from './support/spot-loss.ts'

const notice = interruptionNotice({ instanceId: 'i-bp1a' })
// Only handed on.
const job = {} as Job

test('an action is loaded once, by its first run; then it says itself what concerns it and what it refuses', async () => {
  const concerns = vi.fn(() => false)
  const refusal = { step: 'refused', decision: 'skipped', reason: 'too-old' } as const
  const loaded: Action = { ...PROFILES.drain, concerns, refuses: () => refusal, run: async () => 'again' }
  const open = vi.fn(async () => loaded)
  const lazy = new LazyAction(PROFILES.drain, open)
  expect(lazy).toMatchObject({ name: 'drain', priority: 100, exclusive: 'drain' })
  expect(lazy.concerns(notice)).toBe(true)
  expect(lazy.refuses(notice)).toBeUndefined()
  expect(open).not.toHaveBeenCalled()

  expect(await Promise.all([lazy.run(job), lazy.run(job), lazy.load()])).toMatchObject(['again', 'again', {}])
  expect(open).toHaveBeenCalledOnce()
  expect(lazy.concerns(notice)).toBe(false)
  expect(lazy.refuses(notice)).toBe(refusal)
})
