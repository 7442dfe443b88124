import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Match, type MatchFacts, matches } from '../../../src/actions/policy/match.ts'
import { fitsPattern } from '../../../src/actions/policy/pattern.ts'
import type { MatchConfig } from '../../../src/config/actions-schema.ts'

const KNOWN: MatchFacts = {
  instanceId: 'i-1',
  regionId: 'cn-hangzhou',
  name: 'web-1',
  tags: { env: 'prod', team: 'a', constructor: 'x' }
}
/** What an event alone tells. */
const EVENT: MatchFacts = { instanceId: 'i-1', regionId: 'cn-hangzhou' }

describe('a rule', () => {
  test.each<readonly [string, MatchConfig, Match, Match]>([
    ['gives nothing', {}, 'no', 'no'],
    ['is for all', { all: true }, 'yes', 'yes'],
    ['is switched off', { all: false }, 'no', 'no'],
    ['is switched off beside an id that fits', { all: false, ids: ['i-1'] }, 'no', 'no'],
    ['names the id', { ids: ['i-0', 'i-1'] }, 'yes', 'yes'],
    ['names other ids', { ids: ['i-0'] }, 'no', 'no'],
    ['names no ids', { ids: [] }, 'no', 'no'],
    ['names the region', { regions: ['cn-hangzhou'] }, 'yes', 'yes'],
    ['names other regions', { regions: ['cn-beijing'] }, 'no', 'no'],
    ['names no tags', { tag: {} }, 'no', 'no'],
    ['names a tag', { tag: { env: 'prod' } }, 'yes', 'unknown'],
    ['names two tags', { tag: { env: 'prod', team: 'a' } }, 'yes', 'unknown'],
    ['names a tag that is not there', { tag: { env: 'prod', owner: 'me' } }, 'no', 'unknown'],
    ['names a tag in other letters', { tag: { Env: 'prod' } }, 'no', 'unknown'],
    ['takes any value of a tag', { tag: { env: '*' } }, 'yes', 'unknown'],
    ['takes any value of a tag that is not there', { tag: { toString: '*' } }, 'no', 'unknown'],
    ['takes no part of a value', { tag: { env: 'p*' } }, 'no', 'unknown'],
    ['names the name', { name: 'web-*' }, 'yes', 'unknown'],
    ['names other names', { name: 'db-*' }, 'no', 'unknown'],
    ['names an empty name', { name: '' }, 'no', 'no'],
    [
      'asks for everything',
      { all: true, ids: ['i-1'], regions: ['cn-hangzhou'], tag: { env: 'prod' }, name: 'web-?' },
      'yes',
      'unknown'
    ],
    ['asks for one thing that does not hold', { regions: ['cn-beijing'], tag: { env: 'prod' } }, 'no', 'no']
  ])('%s', (_, rule, ofInstance, ofEvent) => {
    expect(matches(rule, KNOWN)).toBe(ofInstance)
    expect(matches(rule, EVENT)).toBe(ofEvent)
  })

  test('that an event leaves open is never answered for it', () => {
    const rule = fc.record(
      {
        all: fc.boolean(),
        ids: fc.subarray(['i-1', 'i-2']),
        regions: fc.subarray(['cn-hangzhou', 'cn-beijing']),
        tag: fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('prod', 'a', '*')),
        name: fc.constantFrom('web-1', '*', 'db-?', '')
      },
      { requiredKeys: [] }
    )
    fc.assert(
      fc.property(rule, (given) => {
        const byEvent = matches(given, EVENT)
        expect([byEvent, 'unknown']).toContain(byEvent === 'unknown' ? 'unknown' : matches(given, KNOWN))
        expect(matches(given, KNOWN)).not.toBe('unknown')
      })
    )
  })
})

describe('a pattern', () => {
  test.each([
    ['web-1', 'web-1', true],
    ['web-1', 'web-10', false],
    ['web-?', 'web-1', true],
    ['web-?', 'web-', false],
    ['web-*', 'web-', true],
    ['*', '', true],
    ['*-prod-*', 'eu-prod-1', true],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
    ['**?', '', false]
  ])('%s against %s', (pattern, text, fits) => {
    expect(fitsPattern(pattern, text)).toBe(fits)
  })

  test('fits what the regular expression of the same meaning fits', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 })
    const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 })
    fc.assert(
      fc.property(letters, text, (pattern, given) => {
        const meaning = pattern.map((letter) => (letter === '*' ? '.*' : letter.replace('?', '.'))).join('')
        expect(fitsPattern(pattern.join(''), given.join(''))).toBe(new RegExp(`^${meaning}$`).test(given.join('')))
      }),
      { numRuns: 2_000 }
    )
  })

  test('full of stars takes no longer than its length allows', () => {
    const startMs = performance.now()
    expect(fitsPattern(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000))).toBe(false)
    expect(performance.now() - startMs).toBeLessThan(1_000)
  })
})
