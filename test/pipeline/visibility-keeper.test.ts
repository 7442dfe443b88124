import { beforeEach, describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/pipeline/delivery.ts'
import { VisibilityKeeper } from '../../src/pipeline/visibility-keeper.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { delivery } from './deliveries.ts'

const VISIBILITY_MS = 8_000

let clock: ManualClock
let due: string[]
let keeper: VisibilityKeeper

beforeEach(() => {
  clock = new ManualClock()
  due = []
  keeper = new VisibilityKeeper({
    clock,
    visibilityMs: VISIBILITY_MS,
    onDue: ({ message }) => due.push(`${message.messageId} at ${clock.elapsed()}`)
  })
})

function kept(name: string, changes: Partial<Delivery> = {}): Delivery {
  const one = delivery(name, { extendAtMs: clock.elapsed() + VISIBILITY_MS / 2, ...changes })
  keeper.keep(one)
  return one
}

describe('visibility keeper', () => {
  test('tells at half time, and again at each look until the time is moved on', async () => {
    const one = kept('one')
    await clock.advance(3_999)
    expect(due).toEqual([])
    await clock.advance(1_001)
    expect(due).toEqual(['one at 4000', 'one at 5000'])
    one.extendAtMs = 9_500
    await clock.advance(5_000)
    expect(due).toEqual(['one at 4000', 'one at 5000', 'one at 10000'])
  })

  test('leaves alone what is being extended', async () => {
    const one = kept('one', { extending: new Promise(() => undefined) })
    await clock.advance(VISIBILITY_MS)
    expect(due).toEqual([])
    one.extending = undefined
    await clock.advance(1_000)
    expect(due).toEqual(['one at 9000'])
  })

  test('looks eight times per visibility timeout, and more often once it has learned of a shorter one', async () => {
    kept('known')
    await clock.advance(100)
    keeper.keep(delivery('short', { extendAtMs: clock.elapsed() + 500 }), 1_000)
    await clock.advance(1_000)
    expect(due[0]).toBe('short at 600')
    expect(due).toHaveLength(5)
  })

  test('has no timer while it keeps nothing', async () => {
    const [one, two] = [kept('one'), kept('two')]
    keeper.drop(one)
    expect([clock.pending, keeper.size]).toEqual([1, 1])
    expect(keeper.held()).toEqual([two])
    keeper.drop(two)
    keeper.drop(two)
    expect([clock.pending, keeper.size]).toEqual([0, 0])
    kept('three')
    await clock.advance(4_000)
    expect(due).toEqual(['three at 4000'])
  })

  test('one that is dropped by another during a look is not told any more', async () => {
    const dropping = new VisibilityKeeper({
      clock,
      visibilityMs: VISIBILITY_MS,
      onDue: ({ message }) => {
        due.push(message.messageId)
        for (const other of dropping.held()) dropping.drop(other)
      }
    })
    dropping.keep(delivery('first', { extendAtMs: 0 }))
    dropping.keep(delivery('second', { extendAtMs: 0 }))
    await clock.advance(VISIBILITY_MS)
    expect(due).toEqual(['first'])
    expect(clock.pending).toBe(0)
  })
})
