import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Turns } from '../../src/actions/turns.ts'

test('work of one key never overlaps and keeps its order; keys do not wait for each other; nothing is kept', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 30 }),
      fc.scheduler(),
      async (pieces, scheduler) => {
        const turns = new Turns()
        const inside = new Set<string>()
        const order = new Map<string, number[]>()
        const all = pieces.map(([key, fails], index) =>
          turns
            .take(key, async () => {
              expect(inside.has(key)).toBe(false)
              inside.add(key)
              order.set(key, [...(order.get(key) ?? []), index])
              await scheduler.schedule(Promise.resolve())
              inside.delete(key)
              if (fails) throw new Error('work fails')
              return index
            })
            .catch(() => -1)
        )
        await scheduler.waitAll()
        const results = await scheduler.waitFor(Promise.all(all))
        expect(results).toEqual(pieces.map(([, fails], index) => (fails ? -1 : index)))
        for (const [key, indexes] of order) {
          expect(indexes).toEqual(pieces.flatMap(([other], index) => (other === key ? [index] : [])))
        }
        expect(turns.size).toBe(0)
      }
    )
  )
})

test('a free key starts at once', async () => {
  const turns = new Turns()
  let started = false
  const first = turns.take('a', () => new Promise<void>(() => undefined))
  const second = turns.take('b', async () => {
    started = true
  })
  await second
  expect(started).toBe(true)
  expect(turns.size).toBe(1)
  void first
})
