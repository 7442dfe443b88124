import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { isObject } from '../lib/is-object.ts'
import type { Bilingual, ChartView, DashboardView } from './answers.ts'
import { type ColumnBook, queryKey } from './chart-columns.ts'
import { variablesOf } from './chart-query.ts'
import { chartSpec } from './chart-spec.ts'
import { type Chart, type Dashboard, dashboardSchema } from './dashboard.ts'

/** A dashboard of the console, and how the page draws it. */
export interface LoadedDashboard {
  readonly title: Bilingual
  readonly views: Readonly<Record<keyof Bilingual, DashboardView>>
  /** By `ChartView.id`; the queries are the same in every language. */
  readonly charts: ReadonlyMap<string, Chart>
}

/** Beside the sources and beside what is built of them alike. */
export const OWN_DASHBOARDS = new URL('../../dashboards/', import.meta.url)

const SUFFIX = '.json'
/** What most people come for stands first; other dashboards follow by their names. */
const FIRST = ['released', 'interruptions', 'restarts', 'trust']

/**
 * Every dashboard of a folder, by its file's name without `.json`; in Chinese as its folder `zh` has it, where it does.
 * A file without `charts` is none: the logstore's index lies beside them. Controls that set nothing of what the page asks
 * are left out: the reader's clock is the page's own.
 *
 * @throws AuditError `input` when the folder or a dashboard in it can't be read
 */
export function loadDashboards(folder: URL, book: ColumnBook): ReadonlyMap<string, LoadedDashboard> {
  const translated = new URL('zh/', folder)
  const chinese = existsSync(translated) ? readDashboards(translated) : new Map<string, Dashboard>()
  return new Map(
    Array.from(readDashboards(folder), ([name, dashboard]) => {
      const views = { en: viewOf(name, dashboard, book), zh: viewOf(name, chinese.get(name) ?? dashboard, book) }
      const charts = new Map(dashboard.charts.map((chart) => [chart.title, chart]))
      return [name, { title: { en: views.en.title, zh: views.zh.title }, views, charts }]
    })
  )
}

function readDashboards(folder: URL): Map<string, Dashboard> {
  const read = new Map<string, Dashboard>()
  for (const file of jsonFiles(folder)) {
    const content = readJson(new URL(encodeURIComponent(file), folder))
    if (!isObject(content) || !Object.hasOwn(content, 'charts')) continue
    const parsed = dashboardSchema.safeParse(content)
    if (!parsed.success) {
      throw new AuditError('input', `Cannot read ${fileURLToPath(folder)}${file}: ${z.prettifyError(parsed.error)}`)
    }
    read.set(file.slice(0, -SUFFIX.length), parsed.data)
  }
  return read
}

function viewOf(
  name: string,
  { displayName, dashboardName, description, charts }: Dashboard,
  book: ColumnBook
): DashboardView {
  const inOrder = [...charts].sort(({ display: a }, { display: b }) => a.yPos - b.yPos || a.xPos - b.xPos)
  const used = new Set(charts.flatMap((chart) => [...variablesOf(askedQuery(chart, book))]))
  const drawn = inOrder.map(chartView).filter(({ spec }) => {
    return spec.kind !== 'control' || spec.form !== 'token' || used.has(spec.key)
  })
  return { name, title: displayName || dashboardName || name, description, charts: drawn }
}

function chartView(chart: Chart): ChartView {
  const { basicOptions, xPos, yPos, width, height } = chart.display
  const spec = chartSpec(chart)
  return {
    id: chart.title,
    title: basicOptions.displayName || chart.title,
    showTitle: basicOptions.showTitle,
    description: basicOptions.description,
    place: { x: xPos, y: yPos, width, height },
    fixedTime: basicOptions.fixedTime,
    spec,
    asks: spec.kind === 'control' ? spec.asks : spec.kind !== 'unknown' && queryOf(chart) !== ''
  }
}

/** The query of a chart: the first that is not hidden. '' when it has none. */
export function queryOf({ search }: Chart): string {
  const shown = search.chartQueries.find(({ hide }) => !hide)
  return shown === undefined ? '' : shown.tokenQuery || shown.query
}

/** What the page asks for a chart: the question of the catalogue behind it in its own words, else the chart's query. */
export function askedQuery(chart: Chart, book: ColumnBook): string {
  const query = queryOf(chart)
  return book.get(queryKey(query))?.query.join(' ') ?? query
}

function jsonFiles(folder: URL): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(SUFFIX))
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  } catch (thrown) {
    throw new AuditError('input', `Cannot read the dashboards of ${fileURLToPath(folder)}: ${errorMessage(thrown)}`, {
      cause: thrown
    })
  }
}

function rank(file: string): number {
  const place = FIRST.indexOf(file.slice(0, -SUFFIX.length))
  return place < 0 ? FIRST.length : place
}

function readJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    throw new AuditError('input', `Cannot read ${fileURLToPath(file)}: ${errorMessage(thrown)}`, { cause: thrown })
  }
}
