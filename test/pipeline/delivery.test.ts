import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Delivery, settleOutput } from '../../src/pipeline/delivery.ts'
import { delivery } from './deliveries.ts'

test('a delivery is settled once, by its last output, and failed if any of them failed, in whatever order they end', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (outputs) => {
      const settled: Delivery[] = []
      const one = delivery('one', { pending: outputs.length, lane: { settle: (each) => settled.push(each) } })
      for (const [at, ok] of outputs.entries()) {
        expect(settled).toEqual([])
        settleOutput(one, ok)
        expect(one.pending).toBe(outputs.length - at - 1)
        expect(one.failed).toBe(outputs.slice(0, at + 1).includes(false))
      }
      expect(settled).toEqual([one])
    })
  )
})

test('outputs that join while others end put the settling off, as an action does that writes one more record', () => {
  const step = fc.oneof(fc.constant('join' as const), fc.boolean())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let settled = 0
      const one = delivery('one', { pending: 1, lane: { settle: () => (settled += 1) } })
      let open = 1
      for (const what of steps) {
        if (open === 0) break
        if (what === 'join') {
          one.pending += 1
          open += 1
        } else {
          settleOutput(one, what)
          open -= 1
        }
        expect(settled).toBe(open === 0 ? 1 : 0)
      }
    })
  )
})

test.each(['settled', 'released'] as const)('one that is %s already is not settled again', (state) => {
  let settled = 0
  const one = delivery('one', { state, lane: { settle: () => (settled += 1) } })
  settleOutput(one, false)
  expect([settled, one.failed]).toEqual([0, true])
})
