import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('deadline', () => {
  test('aborts when its time has come, and not before', async () => {
    const clock = new ManualClock()
    const source = new AbortController()
    const { signal } = deadline(clock, 1_000, source.signal)
    await clock.advance(999)
    expect(signal.aborted).toBe(false)
    await clock.advance(1)
    expect(signal.aborted).toBe(true)
    expect(getEventListeners(source.signal, 'abort')).toEqual([])
  })

  test('aborts with the other signal, for its reason, and clears its timer', () => {
    const clock = new ManualClock()
    const source = new AbortController()
    const { signal } = deadline(clock, 1_000, source.signal)
    source.abort('enough')
    expect(signal).toMatchObject({ aborted: true, reason: 'enough' })
    expect(clock.pending).toBe(0)
    expect(deadline(clock, 1_000, source.signal).signal).toMatchObject({ aborted: true, reason: 'enough' })
    expect(clock.pending).toBe(0)
  })

  test('leaves nothing behind once cleared', async () => {
    const clock = new ManualClock()
    const source = new AbortController()
    const { signal, clear } = deadline(clock, 1_000, source.signal)
    clear()
    source.abort()
    await clock.advance(2_000)
    expect(signal.aborted).toBe(false)
    expect(getEventListeners(source.signal, 'abort')).toEqual([])
  })

  test('aborts though memory is collected while nobody but a listener holds it', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const aborted = vi.fn()
    deadline(systemClock, 50, new AbortController().signal).signal.addEventListener('abort', aborted)
    collect()
    await vi.waitFor(() => expect(aborted).toHaveBeenCalledTimes(1), { timeout: 60_000 })
  })
})
