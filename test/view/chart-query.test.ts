import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequest } from '../../src/view/bad-request.ts'
import { controlledQuery, variablesOf } from '../../src/view/chart-query.ts'

const NONE = { filters: {}, tokens: {} }

/** As the console writes it. */
function variable(text: string): string {
  return ['$', '{{', text, '}}'].join('')
}

describe('a filter', () => {
  test('narrows the search part, in brackets of its own, and leaves the SQL alone', () => {
    const query = "kind: event and not test: true | select count(1) as n from log where state = 'a|b'"
    expect(controlledQuery(query, { ...NONE, filters: { region_id: ['cn-hangzhou'] } })).toBe(
      '(kind: event and not test: true) and region_id: "cn-hangzhou" | select count(1) as n from log where state = \'a|b\''
    )
  })

  test('of several values wants one of them; several filters want all; one without values wants nothing', () => {
    const filters = { region_id: ['a', 'b'], account_id: ['1'], instance_id: [] }
    expect(controlledQuery('* | select 1', { ...NONE, filters })).toBe(
      '* and (region_id: "a" or region_id: "b") and account_id: "1" | select 1'
    )
  })

  test('finds the end of the search part behind a | in quotes', () => {
    const filters = { region_id: ['x'] }
    expect(controlledQuery('detail: "a | \\"b" | select 1', { ...NONE, filters })).toBe(
      '(detail: "a | \\"b") and region_id: "x" | select 1'
    )
    expect(controlledQuery('*', { ...NONE, filters })).toBe('* and region_id: "x"')
  })

  test('whatever its value is, it stays inside its quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' }), (value) => {
        const made = controlledQuery('* | select 1', { ...NONE, filters: { state: [value] } })
        const quoted = /^\* and state: ("(?:[^"\\]|\\.)*") \| select 1$/.exec(made)?.[1]
        expect(quoted?.slice(1, -1).replace(/\\(.)/g, '$1')).toBe(value)
      })
    )
  })

  test.each(['', 'a\nb', '\u0000', 'x'.repeat(257)])('is refused for %j', (value) => {
    expect(() => controlledQuery('*', { ...NONE, filters: { state: [value] } })).toThrow(BadRequest)
  })

  test('is not read for variables', () => {
    const filters = { state: [variable('n')] }
    const made = controlledQuery(`* | select ${variable('n|1')}`, { filters, tokens: { n: '2' } })
    expect(made).toBe(`* and state: "${variable('n')}" | select 2`)
  })
})

describe('a token', () => {
  const query = `* | select ${variable('minutes|60')}, ${variable('minutes|60')}, '${variable('name')}'`

  test('stands in for its variable wherever it is; without it the default does', () => {
    expect(controlledQuery(query, { ...NONE, tokens: { minutes: '5', name: 'i-abc' } })).toBe(
      "* | select 5, 5, 'i-abc'"
    )
    expect(controlledQuery(query, NONE)).toBe("* | select 60, 60, ''")
    expect(variablesOf(query)).toEqual(new Set(['minutes', 'name']))
  })

  test.each(["' or 1=1", '1 union select 1', '1)', '1;', '1--', '"x"', 'a|b', variable('x'), '1/*', 'x'.repeat(65)])(
    'is refused for %j',
    (value) => {
      expect(() => controlledQuery(query, { ...NONE, tokens: { minutes: value } })).toThrow(BadRequest)
    }
  )

  test('is taken as it is when the dashboard itself offers it', () => {
    const tokens = { minutes: '1 + 1' }
    expect(controlledQuery(query, { ...NONE, tokens }, { minutes: ['1 + 1'] })).toContain('select 1 + 1, 1 + 1')
  })

  test('of the prototype is none', () => {
    expect(controlledQuery(`* | select ${variable('constructor|7')}`, NONE)).toBe('* | select 7')
  })
})
