import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Due, DueHeap } from '../../../src/sandbox/mns/due-heap.ts'

const time = fc.integer({ min: 0, max: 20 })
const which = fc.integer({ min: 0, max: 15 })
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), which, time }),
  fc.record({ do: fc.constant('remove' as const), which, time })
)

test('the first item is always one that falls due first, whatever is set, moved and removed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const items: Due[] = Array.from({ length: 16 }, () => ({ dueAt: 0, heapIndex: -1 }))
      const heap = new DueHeap<Due>()
      const inside = new Set<Due>()
      for (const { do: what, which, time } of steps) {
        const item = items[which]
        if (item === undefined) continue
        if (what === 'set') {
          heap.set(item, time)
          inside.add(item)
        } else {
          heap.remove(item)
          inside.delete(item)
        }
        expect(heap.size).toBe(inside.size)
        expect(heap.nextDue).toBe(Math.min(...[...inside].map(({ dueAt }) => dueAt)))
        expect(heap.first === undefined || inside.has(heap.first)).toBe(true)
      }
    })
  )
})
