import type { Clock } from '../lib/clock.ts'
import { cellOf } from '../logstore/sls-reader.ts'
import type { CandidatesAnswer, ChartAnswer, ControlSpec } from './answers.ts'
import { BadRequest } from './bad-request.ts'
import { type ColumnBook, columnViews, queryKey } from './chart-columns.ts'
import { type ControlValues, controlledQuery, variablesOf } from './chart-query.ts'
import { type AskedRange, chartWindow } from './chart-range.ts'
import type { Chart } from './dashboard.ts'
import { askedQuery, type LoadedDashboard, queryOf } from './dashboards.ts'
import { fittingTokens } from './fitting-tokens.ts'
import { isCut, type LogstoreDesk } from './logstore-desk.ts'

export interface ChartDeskOptions {
  readonly dashboards: ReadonlyMap<string, LoadedDashboard>
  readonly book: ColumnBook
  readonly desk: LogstoreDesk
  readonly clock: Clock
}

/** What the page may say about a chart: never a query. */
export interface ChartRequest {
  readonly dashboard: string
  readonly chart: string
  readonly range: AskedRange
  readonly controls: ControlValues
  /** The reader's offset from UTC, `+08:00`: for queries that cut time into days. */
  readonly zone: string
}

/** The console shows as many candidates (SLS "Add a filter"). */
const MAX_CANDIDATES = 8_000
/** What a browser draws without effort. */
const MAX_ROWS = 10_000

/** Answers the page's charts and the candidates of its controls. */
export class ChartDesk {
  readonly #options: ChartDeskOptions

  constructor(options: ChartDeskOptions) {
    this.#options = options
  }

  /** @throws BadRequest for a chart that does not exist, or a value that none of its controls may have */
  async chart(request: ChartRequest, signal: AbortSignal): Promise<ChartAnswer> {
    const { book, desk, clock } = this.#options
    const { dashboard, chart } = this.#find(request)
    const question = book.get(queryKey(queryOf(chart)))
    const own = askedQuery(chart, book)
    const fixed = chart.display.basicOptions.fixedTime
    const window = chartWindow(chart.search, fixed ? undefined : request.range, clock.now())
    const query = controlled(dashboard, chart, request, {
      own,
      unlessChosen: fittingTokens(question, window, request.zone)
    })
    const outcome = await desk.ask(query, window, signal)
    if (outcome.kind === 'failed') return outcome
    const { columns, rows, complete, tookMs } = outcome
    return {
      kind: 'rows',
      columns: columnViews(columns, question),
      rows: rows.slice(0, MAX_ROWS).map((row) => columns.map((column) => cellOf(row[column]))),
      cut: rows.length > MAX_ROWS || isCut(query, rows.length),
      ...{ complete, ...window, tookMs, query }
    }
  }

  /** The values that a control offers, as the logstore knows them. @throws BadRequest as `chart` does */
  async candidates(request: ChartRequest, signal: AbortSignal): Promise<CandidatesAnswer> {
    const { desk, clock } = this.#options
    const { dashboard, chart, view } = this.#find(request)
    if (view.spec.kind !== 'control' || !view.spec.asks) throw new BadRequest('Not a control with a query.', 404)
    const query = controlled(dashboard, chart, request, { own: queryOf(chart), unlessChosen: {} })
    const outcome = await desk.ask(query, chartWindow(chart.search, request.range, clock.now()), signal)
    if (outcome.kind === 'failed') return outcome
    const [first = ''] = outcome.columns
    const values = new Set(outcome.rows.map((row) => cellOf(row[first]) ?? '').filter((value) => value !== ''))
    return {
      kind: 'candidates',
      values: [...values].sort().slice(0, MAX_CANDIDATES),
      cut: values.size > MAX_CANDIDATES || isCut(query, outcome.rows.length)
    }
  }

  #find({ dashboard: name, chart: id }: ChartRequest) {
    const dashboard = this.#options.dashboards.get(name)
    const chart = dashboard?.charts.get(id)
    const view = dashboard?.views.en.charts.find((each) => each.id === id)
    if (dashboard === undefined || chart === undefined || view === undefined) {
      throw new BadRequest('No such chart.', 404)
    }
    if (!view.asks) throw new BadRequest('This chart asks nothing.', 404)
    return { dashboard, chart, view }
  }
}

interface Asked {
  /** The chart's query before the controls are applied. */
  readonly own: string
  readonly unlessChosen: Readonly<Record<string, string>>
}

function controlled(
  { views }: LoadedDashboard,
  { search }: Chart,
  { controls }: ChartRequest,
  { own, unlessChosen }: Asked
): string {
  const specs = views.en.charts.flatMap(({ spec }) => (spec.kind === 'control' ? [spec] : []))
  const of = (form: ControlSpec['form']) =>
    new Map(specs.filter((spec) => spec.form === form).map((spec) => [spec.key, spec]))
  const [filters, tokens] = [of('filter'), of('token')]
  checkKnown(Object.keys(controls.filters), filters)
  checkKnown(Object.keys(controls.tokens), tokens)
  const used = variablesOf(own)
  const values = Object.entries({ ...unlessChosen, ...controls.tokens }).filter(([name]) => used.has(name))
  const offered = Object.fromEntries(
    Array.from(tokens, ([name, { choices }]) => [name, choices.map(({ value }) => value)])
  )
  const narrowed = { filters: search.isInheritFilter ? controls.filters : {}, tokens: Object.fromEntries(values) }
  return controlledQuery(own, narrowed, offered)
}

function checkKnown(keys: readonly string[], known: ReadonlyMap<string, ControlSpec>): void {
  if (!keys.every((key) => known.has(key))) throw new BadRequest('This dashboard has no such control.')
}
