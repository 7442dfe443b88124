import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Timeline } from '../../../src/sandbox/fleet/timeline.ts'

const pushes = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 3 })), { maxLength: 60 })

/** The simplest thing that could work: a list, sorted stably. */
function takeNext(list: Array<{ atMs: number; item: number }>): number | undefined {
  list.sort((a, b) => a.atMs - b.atMs)
  return list.shift()?.item
}

function drain(timeline: Timeline<number>): number[] {
  const items: number[] = []
  for (let item = timeline.pop(); item !== undefined; item = timeline.pop()) items.push(item)
  return items
}

describe('Timeline', () => {
  it('gives the same as a sorted list, whatever is pushed and popped', () => {
    fc.assert(
      fc.property(pushes, (actions) => {
        const timeline = new Timeline<number>()
        const list: Array<{ atMs: number; item: number }> = []
        actions.forEach(([atMs, pops], item) => {
          timeline.push(atMs, item)
          list.push({ atMs, item })
          for (let pop = 0; pop < pops; pop += 1) expect(timeline.pop()).toBe(takeNext(list))
          expect(timeline.size).toBe(list.length)
          expect(timeline.nextMs).toBe(Math.min(Number.POSITIVE_INFINITY, ...list.map(({ atMs }) => atMs)))
        })
      })
    )
  })

  it('keeps the order of things when all of them are moved closer', () => {
    fc.assert(
      fc.property(pushes, (actions) => {
        const [moved, still] = [new Timeline<number>(), new Timeline<number>()]
        actions.forEach(([atMs], item) => {
          moved.push(atMs, item)
          still.push(atMs, item)
        })
        moved.shift((atMs) => atMs / 4)
        expect(moved.nextMs).toBe(still.nextMs / 4)
        expect(drain(moved)).toEqual(drain(still))
      })
    )
  })
})
