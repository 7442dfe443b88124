import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import type { Question } from '../../src/audit/question.ts'
import { formatAnswer, type Look } from '../../src/cli/answer-formats.ts'
import { dateText, stampText, timeText } from '../../src/cli/times.ts'

/** The 11th of June begins at the offset +08:00. */
const DAY_MS = Date.parse('2025-06-10T16:00:00Z')

function question(name: string): Question {
  const found = loadCatalogue().get(name)
  if (found === undefined) throw new Error(`no question ${name}`)
  return found
}

function look(format: Look['format'], zone: string): Look {
  return { format, time: timeText(zone), stamp: stampText(zone), date: dateText('+08:00'), columns: 0 }
}

describe('days', () => {
  const rows = [{ day_ms: DAY_MS, created: 1, released: 2, more: -1, releases: 2, interrupted: 0 }]

  test.each(['churn-per-day', 'releases-per-day'])('of %s are dates where they were cut, in every zone', (name) => {
    for (const zone of ['utc', 'Asia/Shanghai', 'America/Los_Angeles']) {
      expect(formatAnswer(question(name), rows, look('table', zone))).toMatch(/^2025-06-11 +[12] /m)
      expect(formatAnswer(question(name), rows, look('csv', zone))).toMatch(/^2025-06-11,[12],/m)
    }
  })

  test('stay epoch milliseconds in JSON', () => {
    expect(JSON.parse(formatAnswer(question('churn-per-day'), rows, look('ndjson', 'utc')))).toMatchObject({
      day_ms: DAY_MS
    })
  })

  test.each([
    ['+00:00', '2025-06-10'],
    ['-05:30', '2025-06-10'],
    ['-12:00', '2025-06-10'],
    ['+14:00', '2025-06-11']
  ])('at %s of that moment are %s', (offset, date) => {
    expect(dateText(offset)(DAY_MS)).toBe(date)
  })
})

describe('times in CSV', () => {
  test.each([
    ['', '2025-06-10T16:00:00.000Z'],
    ['utc', '2025-06-10T16:00:00.000Z'],
    ['Asia/Shanghai', '2025-06-11T00:00:00.000+08:00'],
    ['America/St_Johns', '2025-06-10T13:30:00.000-02:30']
  ])('carry their offset: in the zone "%s" %s', (zone, told) => {
    expect(stampText(zone)(DAY_MS)).toBe(told)
    expect(Date.parse(told)).toBe(DAY_MS)
    const rows = [{ instance_id: 'i-1', released_ms: DAY_MS, lifetime_ms: 5_000 }]
    const [head = '', row = ''] = formatAnswer(question('released'), rows, look('csv', zone)).split('\r\n')
    const cells = new Map(head.split(',').map((name, at) => [name, row.split(',')[at]]))
    expect([cells.get('released_ms'), cells.get('lifetime_ms')]).toEqual([told, '5000'])
  })
})
