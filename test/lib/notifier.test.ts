import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { Notifier } from '../../src/lib/notifier.ts'

describe('Notifier', () => {
  test('wakes everybody who waits, once', async () => {
    const notifier = new Notifier()
    const woken: string[] = []
    const waiting = ['first', 'second'].map((name) => notifier.wait().then(() => woken.push(name)))
    notifier.notify()
    notifier.notify()
    await Promise.all(waiting)
    expect(woken).toEqual(['first', 'second'])
  })

  test('remembers nothing: who comes later waits for the next change', async () => {
    const notifier = new Notifier()
    notifier.notify()
    const order: string[] = []
    const late = notifier.wait().then(() => order.push('woken'))
    await Promise.resolve().then(() => order.push('still waiting'))
    notifier.notify()
    await late
    expect(order).toEqual(['still waiting', 'woken'])
  })

  test('who waits again when woken waits for the next change', async () => {
    const notifier = new Notifier()
    let rounds = 0
    const loop = async (): Promise<void> => {
      while (rounds < 2) {
        await notifier.wait()
        rounds += 1
      }
    }
    const looping = loop()
    notifier.notify()
    await Promise.resolve()
    expect(rounds).toBe(1)
    notifier.notify()
    await looping
  })

  test('an abort ends the wait without an error, also one that came before', async () => {
    const notifier = new Notifier()
    const abort = new AbortController()
    const waiting = notifier.wait(abort.signal)
    abort.abort()
    await expect(waiting).resolves.toBeUndefined()
    await expect(notifier.wait(abort.signal)).resolves.toBeUndefined()
  })

  test('leaves no listener on the signal', async () => {
    const notifier = new Notifier()
    const { signal } = new AbortController()
    const waiting = notifier.wait(signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    notifier.notify()
    await waiting
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
