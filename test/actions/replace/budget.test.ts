import { describe, expect, test } from 'vitest'
import { countAhead, type WantedPurchase } from '../../../src/actions/replace/budget.ts'
import { entry } from './fixtures.ts'

function purchase(causedBy: string, generation = 0): WantedPurchase {
  return { causedBy, generation }
}

describe('the budget', () => {
  const intents = [
    entry({ causedBy: 'a', atMs: 10, decision: 'intent' }),
    entry({ causedBy: 'a', atMs: 40, decision: 'intent' }),
    entry({ causedBy: 'b', atMs: 20, decision: 'intent' })
  ]

  test('counts purchases, not tries, and only those before its own intent', () => {
    expect(countAhead(intents, purchase('c'))).toBe(2)
    expect(countAhead(intents, purchase('b'))).toBe(1)
    expect(countAhead(intents, purchase('a'))).toBe(0)
  })

  test('of two intents of one moment, one is first for everybody', () => {
    const same = [entry({ causedBy: 'a', atMs: 5 }), entry({ causedBy: 'b', atMs: 5 })]
    expect([countAhead(same, purchase('a')), countAhead(same, purchase('b'))]).toEqual([0, 1])
  })

  test('counts what a notice bought after losses: for others, and for itself', () => {
    const again = [
      ...intents,
      entry({ causedBy: 'a', atMs: 50, decision: 'intent', content: { inherited: {}, generation: 1 } }),
      entry({ causedBy: 'a', atMs: 55, decision: 'intent', content: { generation: 1, index: 2 } })
    ]
    expect(countAhead(again, purchase('c'))).toBe(3)
    expect(countAhead(again, purchase('b'))).toBe(1)
    expect(countAhead(again, purchase('b', 1))).toBe(3)
    expect(countAhead(again, purchase('a', 1))).toBe(2)
    expect(countAhead(again, purchase('a', 2))).toBe(3)
  })
})
