import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asObject, asObjectOrJsonText, asText, parseJson } from '../../src/events/json.ts'

describe('parsing JSON', () => {
  test.each([
    ['{"a":9007199254740991}', { a: 9007199254740991 }],
    ['{"a":9007199254740993}', { a: '9007199254740993' }],
    ['{"a":[-1100220033004400123, 1.5, 2e3, 1e300]}', { a: ['-1100220033004400123', 1.5, 2000, 1e300] }],
    ['{"a":1e400,"b":"x"}', { a: '1e400', b: 'x' }],
    [
      '{"a": "\\"1100220033004400123", "b" : 1100220033004400123}',
      { a: '"1100220033004400123', b: '1100220033004400123' }
    ],
    ['1100220033004400123', '1100220033004400123']
  ])('%s keeps its digits', (text, value) => {
    expect(parseJson(text)).toEqual({ kind: 'value', value })
  })

  test('numbers of any length survive, whatever stands beside them', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string({ unit: 'binary' }), fc.jsonValue(), (id, name, extra) => {
        const text = `{"name": ${JSON.stringify(name)}, "id": ${id}, "extra": ${JSON.stringify(extra)}}`
        const parsed = parseJson(text)
        const value: { name?: unknown; id?: unknown } = (parsed.kind === 'value' && asObject(parsed.value)) || {}
        expect([value.name, String(value.id)]).toEqual([name, String(id)])
      }),
      { numRuns: 300 }
    )
  })

  test('nesting is bounded', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(parseJson(nested(500)).kind).toBe('value')
    expect(parseJson(nested(501)).kind).toBe('too-deep')
    expect(parseJson(nested(500_000)).kind).toBe('too-deep')
    expect(parseJson('['.repeat(500_000)).kind).toBe('not-json')
  })
})

test('an object is neither null nor an array; a nested one may be a JSON text', () => {
  expect([null, undefined, [], 'x', 5].map(asObject)).toEqual(Array(5).fill(undefined))
  expect(asObject({ a: 1 })).toEqual({ a: 1 })
  expect(asObjectOrJsonText('{"a":1}')).toEqual({ a: 1 })
  expect(['[1]', '"x"', 'x', '', 'null', 5, null].map(asObjectOrJsonText)).toEqual(Array(7).fill(undefined))
})

test('texts and finite numbers are texts, nothing else is', () => {
  expect(['x', 5, -0.5].map(asText)).toEqual(['x', '5', '-0.5'])
  expect([null, undefined, true, Number.NaN, Number.POSITIVE_INFINITY, {}, ['x']].map(asText)).toEqual(
    Array(7).fill('')
  )
})
