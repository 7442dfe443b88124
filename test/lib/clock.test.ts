import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'

describe('systemClock', () => {
  test('tells the wall clock, and a time that never goes back', () => {
    const before = Date.now()
    const now = systemClock.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
    const first = systemClock.elapsed()
    expect(systemClock.elapsed()).toBeGreaterThanOrEqual(first)
  })

  test('sleep() ends with the signal, with its reason, and leaves nothing behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const abort = new AbortController()
    const sleeping = systemClock.sleep(3_600_000, abort.signal)
    abort.abort(new Error('enough'))
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError', cause: new Error('enough') })
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
    expect(timers()).toBe(before)
    await expect(systemClock.sleep(3_600_000, abort.signal)).rejects.toThrow()
  })

  test('sleep() resolves with nothing', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined()
  })
})

describe('systemClock.after()', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('calls back once, when the time has come', () => {
    const callback = vi.fn()
    systemClock.after(1_000, callback)
    vi.advanceTimersByTime(999)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(10_000)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('does not when it was cancelled, and keeps no timer', () => {
    const callback = vi.fn()
    systemClock.after(1_000, callback)()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(10_000)
    expect(callback).not.toHaveBeenCalled()
  })
})
