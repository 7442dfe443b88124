import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditError, errorMessage } from '../../src/lib/errors.ts'

/** Values that throw when one looks at them. */
const HOSTILE: readonly unknown[] = [
  Object.create(null),
  Symbol('symbol'),
  {
    toString: () => {
      throw new Error('no')
    }
  },
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('no')
      }
    }
  )
]

describe('AuditError.from', () => {
  test('leaves one of ours as it is', () => {
    const ours = new AuditError('missing', 'Cannot find the queue')
    expect(AuditError.from(ours)).toBe(ours)
  })

  test('makes a foreign error internal, and keeps it as the cause', () => {
    const foreign = new TypeError('x is not a function')
    expect(AuditError.from(foreign)).toMatchObject({
      name: 'AuditError',
      code: 'internal',
      message: 'x is not a function',
      cause: foreign
    })
  })

  test('takes anything that can be thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), fc.constantFrom(...HOSTILE)),
        (thrown) => {
          const error = AuditError.from(thrown)
          expect(error.code).toBe('internal')
          expect(error.cause).toBe(thrown)
          expect(typeof error.message).toBe('string')
        }
      )
    )
  })
})

describe('errorMessage', () => {
  test.each([
    ['an error', new Error('broken'), 'broken'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['a text', 'broken', 'broken'],
    ['nothing', undefined, 'undefined'],
    ['an object without a prototype', Object.create(null), 'unknown error']
  ])('of %s', (_, thrown, message) => {
    expect(errorMessage(thrown)).toBe(message)
  })
})
