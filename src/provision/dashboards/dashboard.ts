import type { Question } from '../../audit/question.ts'
import { AuditError } from '../../lib/errors.ts'
import { buildChart, chartId } from './build-chart.ts'
import type { DashboardDefinition, Language, RowDefinition } from './dashboard-definition.ts'

/** A chart as CreateDashboard takes it and the console's export writes it. */
export interface Chart {
  /** Stable and unique in its dashboard; what people read is `display.basicOptions.displayName`. */
  readonly title: string
  readonly type: string
  readonly search: ChartSearch
  readonly display: Readonly<Record<string, unknown>>
  readonly action: Readonly<Record<string, never>>
}

export interface ChartSearch {
  readonly chartQueries: readonly ChartQuery[]
  readonly start: string
  readonly end: 'now'
  readonly timeSpanType: '' | 'custom'
  /** Each query names its own store. */
  readonly dataSourceType: 'mixed'
  readonly transformers: readonly never[]
  readonly isInheritFilter?: boolean
}

export interface ChartQuery {
  readonly name: 'A'
  readonly datasource: 'logstore'
  readonly project: string
  readonly logstore: string
  readonly region: string
  readonly query: string
  /** Wins over `query`; where the console puts the values of variables in. */
  readonly tokenQuery: string
}

/** A dashboard as CreateDashboard takes it, with `${project}`, `${logstore}` and `${region}` left to be filled. */
export interface Dashboard {
  readonly dashboardName: string
  readonly displayName: string
  readonly description: string
  readonly attribute: { readonly type: 'grid' }
  readonly charts: readonly Chart[]
}

export interface BuildContext {
  /** The catalogue, by name. */
  readonly questions: ReadonlyMap<string, Question>
  readonly lang: Language
}

/** Columns of the console's grid. */
const COLUMNS = 24

/**
 * A dashboard in the form that the SLS console imports ("Import and export dashboards") and CreateDashboard takes.
 *
 * @throws AuditError `internal` for a definition that can't be drawn: a row too wide, an unknown question, column or parameter
 */
export function buildDashboard(definition: DashboardDefinition, { questions, lang }: BuildContext): Dashboard {
  const { name, title, description, rangeMs, rows } = definition
  const tops = rows.map((_, at) => rows.slice(0, at).reduce((sum, { height }) => sum + height, 0))
  const charts = rows.flatMap((row, at) =>
    placesOf(row, tops[at] ?? 0).map(({ chart, ...place }) => {
      const built = buildChart(chart, { questions, lang, rangeMs })
      return { title: chartId(chart), ...built, display: { ...built.display, ...place }, action: {} }
    })
  )
  const attribute = { type: 'grid' } as const
  return { dashboardName: name, displayName: title[lang], description: description[lang], attribute, charts }
}

/** Charts of a row from the left to the right. */
function placesOf({ height, charts }: RowDefinition, yPos: number) {
  let xPos = 0
  const places = charts.map(([width, chart]) => {
    const place = { chart, xPos, yPos, width, height }
    xPos += width
    return place
  })
  if (xPos <= COLUMNS) return places
  throw new AuditError('internal', `Cannot lay out ${charts.map(([, chart]) => chartId(chart)).join(', ')}: too wide`)
}
