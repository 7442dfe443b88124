import { describe, expect, test } from 'vitest'
import { Scope } from '../../src/lib/scope.ts'

function open(): { scope: Scope; events: string[] } {
  const events: string[] = []
  const scope = new Scope()
  return { scope, events }
}

describe('Scope', () => {
  test('runs its closers one after the other, the last registered first', async () => {
    const { scope, events } = open()
    scope.defer('first', () => void events.push('first'))
    scope.defer('second', async () => {
      events.push('second begins')
      await Promise.resolve()
      events.push('second ends')
    })
    await scope.close()
    expect(events).toEqual(['second begins', 'second ends', 'first'])
  })

  test('runs every closer though others fail, then rejects naming each', async () => {
    const { scope, events } = open()
    scope.defer('queue', () => void events.push('queue'))
    scope.defer('logstore', () => Promise.reject(new Error('gone')))
    scope.defer('socket', () => {
      throw new Error('in use')
    })
    await expect(scope.close()).rejects.toThrow('Cannot close cleanly: socket: in use; logstore: gone')
    expect(events).toEqual(['queue'])
  })

  test('closes once: every caller gets the same promise', async () => {
    const { scope, events } = open()
    scope.defer('only', () => void events.push('closed'))
    const first = scope.close()
    expect(scope.close()).toBe(first)
    await first
    expect(scope.close()).toBe(first)
    expect(events).toEqual(['closed'])
  })
})
