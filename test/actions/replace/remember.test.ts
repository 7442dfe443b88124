import { describe, expect, test } from 'vitest'
import { weightBefore } from '../../../src/actions/replace/remember.ts'
import { backend } from '../drain/memory-balancing.ts'
import { entry, member } from './fixtures.ts'

describe('the weight before a drain', () => {
  const drained = [
    entry({
      ...{ action: 'drain', decision: 'intent', target: 'g' },
      content: { kind: 'clb', role: 'group', backends: [backend('i-old1', { weight: 30 })] }
    })
  ]

  test('is what the drain wrote down', () => {
    expect(weightBefore(drained, true)(member('g'))).toBe(30)
  })

  test('is not told by a drain that found 0 itself: another one was there before it', () => {
    const content = { kind: 'clb', role: 'group', backends: [backend('i-old1', { weight: 0 })] }
    const again = entry({ action: 'drain', step: 'intent-again/g', decision: 'intent', target: 'g', content })
    expect(weightBefore([again], true)(member('g'))).toBe(100)
    expect(weightBefore([...drained, again], true)(member('g'))).toBe(30)
  })

  test('is 100 where a drain must have been quicker, and 0 where there is none', () => {
    expect(weightBefore([], true)(member('g'))).toBe(100)
    expect(weightBefore([], false)(member('g'))).toBe(0)
  })
})
