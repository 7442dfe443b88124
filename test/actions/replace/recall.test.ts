import { describe, expect, test } from 'vitest'
import { purchaseSteps, recall } from '../../../src/actions/replace/recall.ts'
import { entry } from './fixtures.ts'

describe('what the journal recalls of a notice', () => {
  const purchase = (index: number, generation = 0) => ({ generation, index, salted: false })
  const intent = (attempt: number, of: ReturnType<typeof purchase>) =>
    entry({ step: purchaseSteps(attempt, of).intent, decision: 'intent', reason: 'buy', attempt, content: of })
  const outcome = (attempt: number, of: ReturnType<typeof purchase>, reason: string, target = '') =>
    entry({ step: purchaseSteps(attempt, of).outcome, reason, attempt, target, content: of })

  test('nothing at first', () => {
    expect(recall([])).toEqual({ tries: 0, generation: 0, replacement: undefined, open: undefined })
  })

  test('an intent without an outcome is open; one of unknown outcome is too', () => {
    expect(recall([intent(1, purchase(0)), outcome(1, purchase(0), 'no-stock'), intent(2, purchase(1))])).toMatchObject(
      {
        tries: 2,
        open: purchase(1)
      }
    )
    expect(recall([intent(1, purchase(0)), outcome(1, purchase(0), 'api-unknown')])).toMatchObject({
      open: purchase(0)
    })
    expect(recall([intent(1, purchase(0)), outcome(1, purchase(0), 'no-stock')]).open).toBeUndefined()
  })

  test('the last replacement, unless it was lost', () => {
    const bought = [intent(1, purchase(2)), outcome(1, purchase(2), 'bought', 'i-1')]
    expect(recall(bought)).toMatchObject({ replacement: { instanceId: 'i-1', index: 2 }, open: undefined })
    const lost = entry({ step: 'lost/i-1', decision: 'failed', reason: 'lost', target: 'i-1', content: purchase(2) })
    expect(recall([...bought, lost])).toMatchObject({ generation: 1, replacement: undefined })
  })

  test('nothing of what it does not understand, or what others did', () => {
    const odd = [
      entry({ action: 'drain', target: 'rsp-1', content: { generation: 0, index: 0 } }),
      entry({ target: 'i-1', content: { generation: -1, index: 'x' } })
    ]
    expect(recall(odd)).toMatchObject({ tries: 0, replacement: undefined })
  })
})
