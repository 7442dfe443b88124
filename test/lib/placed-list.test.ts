import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PlacedList } from '../../src/lib/placed-list.ts'

test('holds what a set would hold', () => {
  const steps = fc.array(fc.record({ id: fc.nat({ max: 6 }), adds: fc.boolean() }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (given) => {
      const items = Array.from({ length: 7 }, (_, id) => ({ id, place: 0 }))
      const list = new PlacedList<(typeof items)[number]>()
      const model = new Set<(typeof items)[number]>()
      for (const { id, adds } of given) {
        const item = items.find((each) => each.id === id)
        if (item === undefined) continue
        if (adds) {
          list.add(item)
          model.add(item)
        } else expect(list.delete(item)).toBe(model.delete(item))
        expect(list.has(item)).toBe(model.has(item))
        expect(new Set(list.all())).toEqual(model)
        expect(list.size).toBe(model.size)
      }
    })
  )
})
