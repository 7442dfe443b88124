import { describe, expect, test } from 'vitest'
import type { Question, QuestionParameter } from '../../src/audit/question.ts'
import { questionQuery } from '../../src/audit/question-query.ts'

type Kind = QuestionParameter['kind']

function ask(kind: Kind, value: string): string {
  const title = { en: 'Some', zh: '某' }
  const question: Question = {
    ...{ name: 'some', topic: 'life', title, question: title, notes: '', range: 1, needsSnapshots: false },
    query: [`* | select $${'{{it|}}'}`],
    columns: [{ name: 'it', title, kind: 'text' }],
    parameters: [{ name: 'it', title, kind, default: '', required: false }]
  }
  return questionQuery(question, { it: value })
}

describe('a parameter of a question', () => {
  test.each<[Kind, string]>([
    ['instance', 'i-bp1x001demo'],
    ['instance', 'AY14demo0000000001e'],
    ['instance', ''],
    ['time-zone', '+14:00'],
    ['time-zone', '-12:00'],
    ['time-zone', '+05:45'],
    ['hour', '0'],
    ['hour', '24'],
    ['integer', '9999999999']
  ])('of kind %s may be %s', (kind, value) => {
    expect(ask(kind, value)).toBe(`* | select ${value}`)
  })

  test.each<[Kind, string, string]>([
    ['time-zone', '+14:01', 'expected an offset from UTC, from -12:00 to +14:00'],
    ['time-zone', '-12:30', 'expected an offset from UTC, from -12:00 to +14:00'],
    ['time-zone', '+08:60', 'expected an offset from UTC, from -12:00 to +14:00'],
    ['time-zone', '', 'expected an offset from UTC, from -12:00 to +14:00'],
    ['hour', '25', 'expected an hour from 0 to 24, found "25"'],
    ['hour', '', 'expected an hour from 0 to 24, found ""'],
    ['integer', '99999999999', 'expected a whole number of at most ten digits'],
    ['integer', '-1', 'expected a whole number of at most ten digits'],
    ['instance', "i-x'", 'expected the id of an instance'],
    ['instance', 'i-x y', 'expected the id of an instance'],
    ['word', "x'", 'expected a word']
  ])('of kind %s may not be "%s"', (kind, value, problem) => {
    expect(() => ask(kind, value)).toThrow(problem)
  })
})
