import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { consoleQuestion } from '../../src/audit/console-question.ts'
import type { Question } from '../../src/audit/question.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import { FIELDS } from '../../src/logstore/fields.ts'
import { auditRecord } from '../../src/logstore/record.ts'
import type { SlsReader } from '../../src/logstore/sls-reader.ts'
import { type AuditStore, openAuditStore } from './support/audit-store.ts'
import { DOCUMENTED, functionsOf } from './support/documented-functions.ts'

const questions = [...loadCatalogue().values()].map((question) => ({ name: question.name, question }))
/** Those that another logstore answers. */
const elsewhere = [...loadCatalogue(new URL('../../dashboards/queries/actiontrail/', import.meta.url)).values()]
const NOW_MS = Date.UTC(2026, 9, 20)

test('there are at least 28 questions besides those of charts and alerts', () => {
  const asked = questions.filter(({ name }) => !/^(?:alert|chart|filter|stat)-/.test(name))
  expect(asked.length).toBeGreaterThanOrEqual(28)
})

test('every question is asked by a test that knows its true answer', () => {
  const tests = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'))
  const unasked = questions.filter(({ name }) => !tests.some((text) => text.includes(`'${name}'`)))
  expect(unasked.map(({ name }) => name)).toEqual([])
})

test('each documented function is used: the list holds nothing that nobody needs', () => {
  const own = questions.map(({ question }) => question)
  const all = [...own, ...own.map(consoleQuestion), ...elsewhere]
  const used = new Set(all.flatMap((question) => [...functionsOf(sqlOf(question))]))
  expect([...DOCUMENTED.keys()].filter((name) => !used.has(name))).toEqual([])
})

test('questions to other logstores call only functions that the service documents, too', () => {
  const called = elsewhere.flatMap((question) => [...functionsOf(sqlOf(question))])
  expect(called.filter((name) => !DOCUMENTED.has(name))).toEqual([])
})

test('a count of records says whether it is of distinct ones', () => {
  const titles = questions.flatMap(({ name, question }) => {
    return question.columns.filter((column) => column.name === 'records').map(({ title }) => [name, title.en])
  })
  expect(Object.fromEntries(titles)).toMatchObject({
    duplicates: 'Stored records',
    'record-kinds': 'Distinct records',
    'schema-versions': 'Distinct records'
  })
})

describe.each(questions)('$name', ({ question }) => {
  test('calls only functions that the service documents', () => {
    expect([...functionsOf(sqlOf(question))].filter((name) => !DOCUMENTED.has(name))).toEqual([])
  })

  test('searches by fields of records, with 30 conditions at most', () => {
    const named = [...searchOf(question).matchAll(/([a-z_]+)\s*:/g)].map(([, name = '']) => name)
    expect(searchOf(question).trim()).not.toBe('')
    expect(named.length).toBeLessThanOrEqual(30)
    expect(named.filter((name) => !(name in FIELDS))).toEqual([])
  })

  test('selects from the log, in an order, with a limit', () => {
    const sql = sqlOf(question)
    expect(sql).toMatch(/^ *select /)
    expect(sql).toMatch(/ from log\b/)
    const limit = Number(/ limit (\d+)$/.exec(sql)?.[1])
    expect(limit).toBeGreaterThan(0)
    expect(limit).toBeLessThanOrEqual(1_000_000)
    // One figure needs no order.
    if (limit > 1) expect(outermost(sql)).toMatch(/ order by [a-z]/)
    expect(sql).not.toContain(';')
  })

  test('tells its parameters, with the defaults of the query', () => {
    const variables = [...question.query.join(' ').matchAll(/\$\{\{([a-z][a-z0-9_]*)\|([^}]*)\}\}/g)]
    const told = new Set(variables.map(([, name, otherwise]) => `${name} = ${otherwise}`))
    expect(told).toEqual(new Set(question.parameters.map(({ name, default: value }) => `${name} = ${value}`)))
    const defaults = Object.fromEntries(question.parameters.map(({ name, default: value }) => [name, value]))
    expect(questionQuery(question, defaults)).toBe(questionQuery(question))
  })

  // A figure's columns are tiles: each stands alone there, with its unit.
  test.skipIf(question.name.startsWith('stat-'))('has no two columns of one title', () => {
    for (const language of ['en', 'zh'] as const) {
      const titles = question.columns.map(({ title }) => title[language])
      expect(titles).toEqual([...new Set(titles)])
    }
  })

  test('is told in Chinese, too', () => {
    const texts = [question.title, question.question, ...question.columns, ...question.parameters]
    const spoken = texts.map((text) => ('title' in text ? text.title.zh : text.zh))
    expect(spoken.filter((text) => !/\p{Script=Han}/u.test(text) && !/^[A-Z0-9 ]+$/.test(text))).toEqual([])
  })
})

describe('asked of a log', () => {
  let store: AuditStore
  let reader: SlsReader

  beforeAll(async () => {
    store = await openAuditStore()
    const record = auditRecord('event', NOW_MS, NOW_MS, { event_key: 'one', event_name: 'Instance:StateChange' })
    reader = await store.keep([{ record, storedMs: NOW_MS }])
  })

  afterAll(() => store.close())

  test.each(questions)('$name answers with the columns that it promises', async ({ question }) => {
    const window = { fromS: NOW_MS / 1_000 - 60, toS: NOW_MS / 1_000 + 60 }
    const outcome = await reader.queryLogs({ ...window, query: questionQuery(question) })
    expect(outcome.kind === 'rows' ? outcome.columns : outcome.fault.message).toEqual(
      question.columns.map(({ name }) => name)
    )
  })
})

function searchOf(question: Question): string {
  return questionQuery(question).split('|', 1)[0] ?? ''
}

function sqlOf(question: Question): string {
  const query = questionQuery(question)
  return query.slice(query.indexOf('|') + 1)
}

/** SQL without all that stands in parentheses. */
function outermost(sql: string): string {
  const flat = sql.replace(/\([^()]*\)/g, '')
  return flat === sql ? sql : outermost(flat)
}
