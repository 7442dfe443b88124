import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeDifference, differences } from '../../src/provision/differences.ts'

const told = (wanted: unknown, actual: unknown): string[] => differences(wanted, actual).map(describeDifference)

describe('differences', () => {
  test('what only the actual document has is none', () => {
    expect(told({ a: 1, b: { c: 'x' } }, { a: 1, b: { c: 'x', d: 2 }, e: [] })).toEqual([])
  })

  test('what is empty, 0 or false may be missing; what is there must agree', () => {
    expect(told({ a: '', b: 0, c: false, d: [], e: {}, f: { g: '' } }, {})).toEqual([])
    expect(told({ a: '', b: 0, c: false, d: [] }, { a: 'x', b: 1, c: true, d: [1] })).toEqual([
      'a: "x" -> ""',
      'b: 1 -> 0',
      'c: true -> false',
      'd: 1 item -> 0 items'
    ])
  })

  test('types must agree', () => {
    expect(told({ a: '1' }, { a: 1 })).toEqual(['a: 1 -> "1"'])
    expect(told({ a: {} }, { a: [] })).toEqual(['a: 0 items -> {...}'])
    expect(told({ a: { b: 1 } }, { a: null })).toEqual(['a: null -> {...}'])
  })

  test('lists agree item by item and in length', () => {
    expect(told({ a: ['x', 'y'] }, { a: ['y', 'x'] })).toEqual(['a.0: "y" -> "x"', 'a.1: "x" -> "y"'])
    expect(told({ a: ['x'] }, { a: ['x', 'y'] })).toEqual(['a: 2 items -> 1 item'])
  })

  test('charts are told apart by their titles, in whatever order they are', () => {
    const [one, two] = [
      { title: 'one', width: 1 },
      { title: 'two', width: 2 }
    ]
    expect(told({ charts: [one, two] }, { charts: [two, one] })).toEqual([])
    expect(told({ charts: [one, two] }, { charts: [{ title: 'three' }, { title: 'two', width: 3 }] })).toEqual([
      'charts.one: nothing -> {...}',
      'charts.two.width: 3 -> 2',
      'charts.three: {...} -> nothing'
    ])
  })

  test('of long texts the place is shown where they part', () => {
    const [actual, wanted] = [`${'a'.repeat(200)} limit 100 ${'b'.repeat(99)}`, `${'a'.repeat(200)} limit 200 `]
    const [line = ''] = told({ query: wanted }, { query: actual })
    expect(line).toMatch(/^query: "\.\.\.a+ limit 100 b+\.\.\." -> ".*a+ limit 200 "$/)
    expect(line.length).toBeLessThan(140)
  })

  test('any document is like itself, with whatever more', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, more) => {
        expect(differences(value, value)).toEqual([])
        expect(differences({ value }, { ...more, value })).toEqual([])
      })
    )
  })

  test('a changed leaf is one difference, at its path', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 }), (path) => {
        const nest = (leaf: unknown): unknown => path.reduceRight((inner, key) => ({ [key]: inner }), leaf)
        expect(differences(nest(1), nest(2))).toEqual([{ path: path.join('.'), wanted: 1, actual: 2 }])
      })
    )
  })
})
