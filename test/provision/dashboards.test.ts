import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { consoleQuestion } from '../../src/audit/console-question.ts'
import type { Question } from '../../src/audit/question.ts'
import { buildDashboard } from '../../src/provision/dashboards/build-dashboard.ts'
import { DASHBOARDS, dashboardFiles } from '../../src/provision/dashboards/dashboard-files.ts'
import { dashboardForm, type ReadChart } from './dashboard-schema.ts'

const FILES = fileURLToPath(new URL('../../dashboards/', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../fixtures/vendor-dashboards/', import.meta.url))
const CATALOGUE = loadCatalogue()
const PATHS = [...dashboardFiles(CATALOGUE).keys()]
/** The definitions say how wide; the console says where it ends. */
const GRID_COLUMNS = 24

describe.each(PATHS)('dashboards/%s', (path) => {
  const content = readFileSync(FILES + path, 'utf8')
  const { charts, dashboardName } = dashboardForm.parse(JSON.parse(content))

  test('is what the code makes of its definition (else: npm run docs)', () => {
    expect(content).toBe(dashboardFiles(CATALOGUE).get(path))
  })

  test('is named after its file', () => {
    expect(`${dashboardName}.json`).toBe(`ecs-audit-${path.replace('zh/', '')}`)
  })

  test('gives every chart all that its type needs', () => {
    for (const { title, display } of charts) expect(display.version, title).toBe(2)
    for (const { title, search } of charts) expect(search.transformers, title).toEqual([])
  })

  test('keeps its charts inside the grid and apart', () => {
    const taken = new Map<string, string>()
    for (const { title, display } of charts) {
      expect(display.xPos + display.width, title).toBeLessThanOrEqual(GRID_COLUMNS)
      for (const cell of cellsOf(display)) {
        expect(taken.get(cell), `${title} at ${cell}`).toBeUndefined()
        taken.set(cell, title)
      }
    }
  })

  test('leaves no row of the grid half empty', () => {
    const filled = new Map<string, number>()
    for (const cell of charts.flatMap(({ display }) => cellsOf(display))) {
      const row = cell.split(',')[1] ?? ''
      filled.set(row, (filled.get(row) ?? 0) + 1)
    }
    const [controls] = charts.filter(({ type }) => type === 'droplistpro').map(({ display }) => display.height)
    for (const [row, cells] of filled) {
      if (Number(row) >= (controls ?? 0)) expect(cells, `row ${row}`).toBe(GRID_COLUMNS)
    }
  })

  test('parts itself by headings as wide as the grid', () => {
    const headings = charts.filter(({ type }) => type === 'dashboardrow')
    for (const { title, display } of headings) expect([display.width, display.height], title).toEqual([GRID_COLUMNS, 1])
  })

  test('names every chart once', () => {
    const names = charts.map(({ title }) => title)
    expect(names).toEqual([...new Set(names)])
  })

  test('asks questions of the catalogue: a table in the words of the console, all else in their own', () => {
    for (const { title, type, search } of charts) {
      const known = type === 'tablepro' ? consoleQuestions : questionsByQuery
      for (const { query, tokenQuery } of search.chartQueries) {
        expect([...known.keys()], title).toContain(query)
        expect(tokenQuery, title).toBe(query)
      }
    }
  })

  test('shows columns that the answers have', () => {
    for (const chart of charts) {
      const known = questionOf(chart)?.columns.map(({ name }) => name) ?? []
      for (const name of columnsOf(chart)) expect(known, `${chart.title}: ${name}`).toContain(name)
    }
  })

  test('leaves project, logstore and region to be filled in', () => {
    for (const { project, logstore, region } of charts.flatMap(({ search }) => search.chartQueries)) {
      expect({ project, logstore, region }).toEqual({
        project: '$' + '{project}',
        logstore: '$' + '{logstore}',
        region: '$' + '{region}'
      })
    }
  })

  test('looks back as far as its questions do at least', () => {
    for (const chart of charts) {
      const { range } = questionOf(chart) ?? { range: 0 }
      const { start } = chart.search
      expect(Number(/^-(\d+)s$/.exec(start)?.[1]) * 1_000, chart.title).toBeGreaterThanOrEqual(range)
    }
  })

  test('filters by region, account and instance', () => {
    const filters = charts.flatMap(({ display }) => ('dropListOption' in display ? [display.dropListOption] : []))
    const keys = filters.filter(({ type }) => type === 'filter').map(({ key }) => key)
    expect(keys).toEqual(['region_id', 'account_id', 'instance_id'])
  })

  test('offers for a filter the values of its field, in one column', () => {
    for (const chart of charts) {
      if (chart.type !== 'droplistpro' || chart.display.dropListOption.type !== 'filter') continue
      expect(chart.display.bindQuery).toBe(true)
      expect(questionOf(chart)?.columns.map(({ name }) => name)).toEqual([chart.display.dropListOption.key])
    }
  })

  test('can be filtered: a condition behind the search part binds all of it', () => {
    for (const { title, search } of charts) {
      for (const { query } of search.chartQueries) expect(looseAlternatives(query), title).toEqual([])
    }
  })

  test('sets parameters of one meaning and default only, among the choices', () => {
    const parameters = charts.flatMap((chart) => questionOf(chart)?.parameters ?? [])
    for (const { display } of charts) {
      if (!('dropListOption' in display) || display.dropListOption.type !== 'token') continue
      const { key, list, listAlias, tokenDefault } = display.dropListOption
      const set = parameters.filter(({ name }) => name === key)
      expect(new Set(set.map(({ title, default: value }) => `${title.en} ${value}`)).size, key).toBe(1)
      expect(list.filter((_, at) => tokenDefault[at])).toEqual([set[0]?.default])
      expect([listAlias.length, tokenDefault.length]).toEqual([list.length, list.length])
    }
  })
})

describe('dashboards', () => {
  test('are the same in both languages but for what people read', () => {
    for (const path of PATHS.filter((each) => !each.startsWith('zh/'))) {
      const [english, chinese] = [path, `zh/${path}`].map((each) => read(FILES + each).charts)
      expect(chinese?.map(({ title, type, search }) => ({ title, type, search }))).toEqual(
        english?.map(({ title, type, search }) => ({ title, type, search }))
      )
      expect(chinese?.map(placeOf)).toEqual(english?.map(placeOf))
      for (const { title, display } of chinese ?? [])
        expect(display.basicOptions.displayName, title).toMatch(/\p{Script=Han}/u)
      for (const { title, display } of english ?? []) {
        expect(display.basicOptions.displayName, title).not.toMatch(/\p{Script=Han}/u)
      }
    }
  })

  test('are the only dashboards in the folder', () => {
    const found = readdirSync(FILES, { recursive: true, encoding: 'utf8' }).filter((file) => {
      return file.endsWith('.json') && Object.hasOwn(JSON.parse(readFileSync(FILES + file, 'utf8')), 'charts')
    })
    expect(found.sort()).toEqual([...PATHS].sort())
  })

  test('show a negative margin in red', () => {
    const chart = read(`${FILES}interruptions.json`).charts.find(({ title }) => title === 'stat-margin')
    expect(chart?.display).toMatchObject({
      standardOption: { format: 'ms', colorSchame: { schema: 'threshold' } },
      thresholdOption: { thresholds: expect.arrayContaining([{ rule: '<', value: 0, color: 'rgb(208, 74, 90)' }]) }
    })
  })

  test('that name an unknown question, column or parameter, or are too wide, can’t be built', () => {
    const [known] = DASHBOARDS
    if (known === undefined) throw new Error('no dashboard')
    const context = { questions: CATALOGUE, lang: 'en' } as const
    const stat = { kind: 'stat', question: 'stat-released', fields: ['released'] } as const
    const built = (chart: Parameters<typeof buildDashboard>[0]['rows'][number]['charts'][number][1], width = 24) =>
      buildDashboard({ ...known, rows: [{ height: 5, charts: [[width, chart]] }] }, context)
    expect(built(stat).charts).toHaveLength(1)
    expect(() => built(stat, 25)).toThrow('too wide')
    expect(() => built({ ...stat, question: 'nothing' })).toThrow('no such question')
    expect(() => built({ ...stat, fields: ['nothing'] })).toThrow('no column nothing')
    expect(() => built({ kind: 'token', question: 'released', parameter: 'nothing', choices: [] })).toThrow('has none')
  })
})

describe('the form', () => {
  test.each(readdirSync(SAMPLES).filter((file) => !file.startsWith('legacy-')))(
    'is that of the vendor’s %s',
    (file) => {
      expect(() => read(SAMPLES + file)).not.toThrow()
    }
  )

  test('is not that of the charts of old', () => {
    expect(() => read(`${SAMPLES}legacy-aliyun-log-cli-dashboard_1.json`)).toThrow()
  })
})

const questionsByQuery = byQuery([...CATALOGUE.values()])
const consoleQuestions = byQuery([...CATALOGUE.values()].map(consoleQuestion))

function byQuery(questions: readonly Question[]): Map<string, Question> {
  return new Map(questions.map((question) => [question.query.join(' '), question]))
}

function read(file: string) {
  return dashboardForm.parse(JSON.parse(readFileSync(file, 'utf8')))
}

function questionOf({ search }: ReadChart): Question | undefined {
  const [{ query = '' } = {}] = search.chartQueries
  return questionsByQuery.get(query) ?? consoleQuestions.get(query)
}

function placeOf({ display: { xPos, yPos, width, height } }: ReadChart) {
  return { xPos, yPos, width, height }
}

function cellsOf({ xPos, yPos, width, height }: ReadChart['display']): string[] {
  const across = Array.from({ length: width }, (_, at) => xPos + at)
  return Array.from({ length: height }, (_, at) => yPos + at).flatMap((y) => across.map((x) => `${x},${y}`))
}

/** Every column that a chart names, wherever. */
function columnsOf({ display }: ReadChart): string[] {
  const options = 'queryOptionMap' in display ? Object.values(display.queryOptionMap?.A ?? {}) : []
  const named = 'fieldOptions' in display ? (display.fieldOptions ?? []).map(({ name }) => name) : []
  return [...options.flat(), ...named].filter((name) => name !== undefined)
}

/** The `or`s of a query's search part that are in no brackets. */
function looseAlternatives(query: string): string[] {
  let bare = query.slice(0, query.indexOf('|')).replace(/"[^"]*"/g, '""')
  for (let inner = ''; inner !== bare; ) {
    inner = bare
    bare = bare.replace(/\([^()]*\)/g, '')
  }
  return bare.match(/\bor\b/g) ?? []
}
