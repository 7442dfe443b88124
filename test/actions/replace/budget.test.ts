import { describe, expect, test } from 'vitest'
import { countAhead } from '../../../src/actions/replace/budget.ts'
import { entry } from './fixtures.ts'

describe('the budget', () => {
  const intents = [
    entry({ causedBy: 'a', atMs: 10, decision: 'intent' }),
    entry({ causedBy: 'a', atMs: 40, decision: 'intent' }),
    entry({ causedBy: 'b', atMs: 20, decision: 'intent' })
  ]

  test('counts events, not tries, and only those before its own intent', () => {
    expect(countAhead(intents, 'c')).toBe(2)
    expect(countAhead(intents, 'b')).toBe(1)
    expect(countAhead(intents, 'a')).toBe(0)
  })

  test('of two intents of one moment, one is first for everybody', () => {
    const same = [entry({ causedBy: 'a', atMs: 5 }), entry({ causedBy: 'b', atMs: 5 })]
    expect([countAhead(same, 'a'), countAhead(same, 'b')]).toEqual([0, 1])
  })
})
