import type { ChartView, ControlSpec, DashboardView } from '../answers.ts'
import { type ChartAsk, fetchCandidates, fetchChart } from './api.ts'
import { markdown } from './charts/markdown.ts'
import { fill, h, setVariables } from './dom.ts'
import { FilterControl } from './filter-control.ts'
import { gridRows, type Placed, placeCharts } from './grid.ts'
import { rangePicker } from './range-picker.ts'
import type { Route } from './route.ts'
import { word, zoneOffset } from './settings.ts'
import { Tile } from './tile.ts'
import { TroubleNote } from './trouble-note.ts'

export type DashboardRoute = Extract<Route, { page: 'dashboard' }>

export interface DashboardPageOptions {
  readonly dashboard: DashboardView
  /** As its heading says it. */
  readonly title: string
  readonly route: DashboardRoute
  /** Called with what the reader has chosen. */
  readonly onRoute: (route: DashboardRoute) => void
}

/** One dashboard: its controls, and its charts on the grid. */
export class DashboardPage {
  readonly element = h('div', { class: 'dashboard' })
  readonly #dashboard: DashboardView
  readonly #onRoute: (route: DashboardRoute) => void
  readonly #grid = h('div', { class: 'grid' })
  readonly #trouble = new TroubleNote(() => this.refresh())
  readonly #tiles = new Map<string, Tile>()
  readonly #folded = new Set<string>()
  #route: DashboardRoute
  #asking = new AbortController()

  constructor({ dashboard, title, route, onRoute }: DashboardPageOptions) {
    this.#dashboard = dashboard
    this.#route = route
    this.#onRoute = onRoute
    for (const { spec, id } of dashboard.charts) if (spec.kind === 'section' && spec.collapsed) this.#folded.add(id)
    const { description } = dashboard
    fill(
      this.element,
      h('h1', { text: title, tabindex: -1 }),
      description !== '' && h('p', { class: 'soft lead', text: description }),
      this.#controls(),
      this.#trouble.element,
      this.#grid
    )
    this.#layOut()
  }

  /** Asks for all charts again. */
  refresh(): void {
    this.#asking.abort()
    this.#asking = new AbortController()
    for (const { chart } of this.#placed()) this.#ask(chart)
  }

  /** Draws what is there again, in other colours. */
  redraw(): void {
    for (const tile of this.#tiles.values()) tile.redraw()
  }

  close(): void {
    this.#asking.abort()
    for (const tile of this.#tiles.values()) tile.close()
  }

  #controls(): HTMLElement {
    const controls = this.#dashboard.charts.flatMap((chart) =>
      chart.spec.kind === 'control' && !this.#isSetAbove(chart.spec) ? [this.#control(chart, chart.spec).element] : []
    )
    const range = rangePicker(this.#route.range, (picked) => this.#change({ range: picked }))
    return h('div', { class: 'controls' }, range, ...controls)
  }

  /** The console's choice of an offset from UTC: here the page's own time zone says it, unless an address does. */
  #isSetAbove({ form, key, auto }: ControlSpec): boolean {
    return form === 'token' && key === 'zone' && auto && this.#route.tokens[key] === undefined
  }

  #control(chart: ChartView, spec: ControlSpec): FilterControl {
    const { filters, tokens } = this.#route
    const token = tokens[spec.key]
    const chosen = spec.form === 'filter' ? filters[spec.key] : token === undefined ? undefined : [token]
    return new FilterControl({
      ...{ chart, spec, chosen: chosen ?? [] },
      candidates: (signal) => fetchCandidates(this.#asked(chart), signal),
      onChoice: (values) => this.#change(chosenValues(this.#route, spec, values))
    })
  }

  #change(changes: Partial<DashboardRoute>): void {
    this.#route = { ...this.#route, ...changes }
    this.#onRoute(this.#route)
    this.refresh()
  }

  /** Tiles that stay keep what they show. */
  #layOut(): void {
    const { template, cells } = gridRows(this.#placed())
    this.#grid.style.setProperty('--rows', template)
    const elements = cells.map(({ chart, place, row, rows, fits }) => {
      const element = this.#elementOf(chart)
      setVariables(element, { x: place.x + 1, w: place.width, y: row + 1, h: rows, units: place.height })
      element.classList.toggle('fits', fits)
      element.classList.toggle('small', place.width <= 8)
      element.classList.toggle('broad', place.width > 12)
      return element
    })
    fill(this.#grid, ...elements)
  }

  #placed(): Placed[] {
    return placeCharts(this.#dashboard.charts, this.#folded)
  }

  #elementOf(chart: ChartView): HTMLElement {
    if (chart.spec.kind === 'section') return this.#section(chart)
    const known = this.#tiles.get(chart.id)
    if (known !== undefined) return known.element
    const tile = new Tile(chart, () => this.#ask(chart))
    this.#tiles.set(chart.id, tile)
    if (chart.spec.kind === 'markdown' && !chart.asks) tile.showContent(markdown(chart.spec.text))
    if (chart.spec.kind === 'unknown') {
      tile.showContent(h('p', { class: 'tile-note', text: `${word('unknownChart')}: ${chart.spec.type}` }))
    }
    return tile.element
  }

  #section(chart: ChartView): HTMLElement {
    const open = !this.#folded.has(chart.id)
    const onclick = (): void => {
      if (open) this.#folded.add(chart.id)
      else this.#folded.delete(chart.id)
      this.#layOut()
      this.#grid.querySelector<HTMLElement>(`[data-section="${CSS.escape(chart.id)}"] button`)?.focus()
      if (!open) this.refresh()
    }
    const mark = h('span', { 'aria-hidden': 'true', class: 'fold-mark', text: open ? '▾' : '▸' })
    const button = h(
      'button',
      { type: 'button', class: 'fold', 'aria-expanded': String(open), onclick },
      mark,
      chart.title
    )
    return h('h2', { class: 'section', 'data-section': chart.id }, button)
  }

  #ask(chart: ChartView): void {
    const tile = this.#tiles.get(chart.id)
    if (tile === undefined || !chart.asks) return
    const { signal } = this.#asking
    tile.showLoading()
    fetchChart(this.#asked(chart), signal)
      .then((answer) => {
        if (signal.aborted) return
        tile.show(answer)
        this.#tellTrouble()
        if (performance.getEntriesByName('first-chart').length === 0) performance.mark('first-chart')
      })
      .catch((thrown: unknown) => {
        if (signal.aborted) return
        tile.showThrown(thrown)
        this.#tellTrouble()
      })
  }

  /** Of the charts that are shown and that ask. */
  #tellTrouble(): void {
    const shown = this.#placed().flatMap(({ chart }) => (chart.asks ? (this.#tiles.get(chart.id) ?? []) : []))
    this.#trouble.update(shown)
  }

  #asked(chart: ChartView): ChartAsk {
    const { range, filters, tokens } = this.#route
    const specs = this.#dashboard.charts.flatMap(({ spec }) => (spec.kind === 'control' ? [spec] : []))
    const set = withDefaults(specs, filters, tokens)
    return { dashboard: this.#dashboard.name, chart: chart.id, range: askedRange(range), ...set, zone: zoneOffset() }
  }
}

function chosenValues(
  { filters, tokens }: DashboardRoute,
  { form, key }: ControlSpec,
  values: readonly string[]
): Partial<DashboardRoute> {
  if (form === 'filter') {
    const { [key]: _, ...others } = filters
    return { filters: values.length === 0 ? others : { ...filters, [key]: values } }
  }
  const { [key]: _, ...others } = tokens
  const [value] = values
  return { tokens: value === undefined ? others : { ...tokens, [key]: value } }
}

/** What the address does not name is as the dashboard has it from the start; what it names and the dashboard has not is left out. */
function withDefaults(
  specs: readonly ControlSpec[],
  filters: DashboardRoute['filters'],
  tokens: DashboardRoute['tokens']
): Pick<ChartAsk, 'filters' | 'tokens'> {
  const set = { filters: {} as Record<string, readonly string[]>, tokens: {} as Record<string, string> }
  for (const { form, key, defaults, auto } of specs) {
    const values = form === 'filter' ? (filters[key] ?? defaults) : []
    if (values.length > 0) set.filters[key] = values
    const token = form === 'token' ? (tokens[key] ?? (auto ? undefined : defaults[0])) : undefined
    if (token !== undefined) set.tokens[key] = token
  }
  return set
}

function askedRange(range: DashboardRoute['range']): ChartAsk['range'] {
  switch (range.kind) {
    case 'default':
      return undefined
    case 'last':
      return { lastMs: range.lastMs }
    case 'window':
      return { fromMs: range.fromMs, toMs: range.toMs }
    default: {
      const never: never = range
      return never
    }
  }
}
