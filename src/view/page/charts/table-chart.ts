import type { Cells, ChartRows, ColumnView } from '../../answers.ts'
import { fill, h } from '../dom.ts'
import { formatStyled, formatValue, isNumeric, toneOf } from '../format.ts'
import { formatRoute } from '../route.ts'
import { formatOptions, settings, word } from '../settings.ts'
import { type Draw, type Drawing, nothingToEnd } from './drawing.ts'

interface Sort {
  readonly place: number
  readonly descending: boolean
}

/** What the reader has done with a table, so that it stays so when new rows come: by the table's container. */
interface TableState {
  sort: Sort | undefined
  page: number
}

const states = new WeakMap<HTMLElement, TableState>()

/** Rows and columns (`tablepro`), by pages, sorted by a click on a heading. */
export const drawTable: Draw<'table'> = (drawing) => {
  const { spec, answer } = drawing
  const sortAt = answer.columns.findIndex(({ name }) => name === spec.sort?.column)
  const sort = sortAt < 0 ? undefined : { place: sortAt, descending: spec.sort?.descending === true }
  const state = states.get(drawing.container) ?? { sort, page: 0 }
  states.set(drawing.container, state)
  new PagedTable(drawing, state)
  return nothingToEnd
}

/** Any answer as a table: what stands behind a chart. */
export function drawAsTable(container: HTMLElement, answer: ChartRows, title: string): void {
  const number = { format: '', decimals: undefined, thresholds: [] }
  drawTable({
    container,
    answer,
    title,
    spec: { kind: 'table', pageSize: 50, hidden: [], sort: undefined, number, columns: {} }
  })
}

class PagedTable {
  readonly #drawing: Drawing<'table'>
  readonly #shown: ReadonlyArray<{ readonly column: ColumnView; readonly place: number }>
  readonly #body = h('tbody')
  readonly #head = h('tr')
  readonly #pager = h('div', { class: 'pager' })
  readonly #state: TableState
  #rows: readonly Cells[]

  constructor(drawing: Drawing<'table'>, state: TableState) {
    const { container, spec, answer, title } = drawing
    this.#drawing = drawing
    this.#state = state
    this.#rows = sorted(answer, state.sort)
    state.page = Math.min(state.page, Math.max(0, Math.ceil(answer.rows.length / spec.pageSize) - 1))
    this.#shown = answer.columns
      .map((column, place) => ({ column, place }))
      .filter(({ column }) => !spec.hidden.includes(column.name))
    const caption = h('caption', { class: 'unseen', text: title })
    const table = h('table', {}, caption, h('thead', {}, this.#head), this.#body)
    // What scrolls must be reachable by keyboard.
    container.append(
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, table),
      this.#pager
    )
    this.#draw()
  }

  #draw(): void {
    const { pageSize } = this.#drawing.spec
    fill(this.#head, ...this.#shown.map(({ column, place }) => this.#heading(column, place)))
    const rows = this.#rows.slice(this.#state.page * pageSize, (this.#state.page + 1) * pageSize)
    fill(
      this.#body,
      ...rows.map((row) =>
        h('tr', {}, ...this.#shown.map(({ column, place }) => this.#cell(column, row[place] ?? null)))
      )
    )
    this.#drawPager()
  }

  #heading(column: ColumnView, place: number): HTMLElement {
    const own = this.#state.sort?.place === place ? this.#state.sort : undefined
    const order = own === undefined ? undefined : own.descending ? 'descending' : 'ascending'
    const onclick = (): void => {
      this.#state.sort = {
        place,
        descending: own === undefined ? isNumeric(column.kind) || column.kind === 'time' : !own.descending
      }
      this.#rows = sorted(this.#drawing.answer, this.#state.sort)
      this.#state.page = 0
      this.#draw()
      this.#head.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus()
    }
    const mark = h('span', {
      class: 'sort-mark',
      'aria-hidden': 'true',
      text: order === 'descending' ? '▾' : order ? '▴' : ''
    })
    const button = h(
      'button',
      { class: 'sort', type: 'button', 'data-place': place, onclick },
      column.title[settings.language],
      mark
    )
    return h('th', { scope: 'col', class: isNumeric(column.kind) ? 'number' : undefined, 'aria-sort': order }, button)
  }

  #cell({ kind, name }: ColumnView, value: string | null): HTMLElement {
    const { columns, number } = this.#drawing.spec
    const style = columns[name] ?? number
    const options = formatOptions()
    const text = isNumeric(kind) ? formatStyled(value, kind, style, options) : formatValue(value, kind, options)
    const tone = value === null || !isNumeric(kind) ? '' : toneOf(Number(value), style.thresholds)
    return h('td', { class: `${cellClass(kind)} ${tone}`.trim() || undefined }, cellContent(name, value, text))
  }

  #drawPager(): void {
    const { pageSize } = this.#drawing.spec
    const pages = Math.ceil(this.#rows.length / pageSize)
    const total = `${this.#rows.length} ${word(this.#rows.length === 1 ? 'row' : 'rows')}`
    if (pages <= 1) {
      fill(this.#pager, h('span', { text: total }))
      return
    }
    const turn = (by: number, label: string, name: string): HTMLElement =>
      h('button', {
        ...{ type: 'button', class: 'quiet-button', 'aria-label': label, text: name },
        disabled: this.#state.page + by < 0 || this.#state.page + by >= pages,
        onclick: () => {
          this.#state.page += by
          this.#draw()
        }
      })
    fill(
      this.#pager,
      h('span', { text: total }),
      h('span', { class: 'grow' }),
      turn(-1, word('previous'), '‹'),
      h('span', { 'aria-live': 'polite', text: `${this.#state.page + 1} / ${pages}` }),
      turn(1, word('next'), '›')
    )
  }
}

/** An id of an instance leads to its page. */
function cellContent(name: string, value: string | null, text: string): Node | string {
  if (value === null || !/^i-[a-z0-9]{1,60}$/.test(value)) return text
  return /(^|_)(id|target|instance|replacement)s?$|^(target|replaced|new|old)/.test(name) ? instanceLink(value) : text
}

/** A link to the page of an instance. */
export function instanceLink(id: string): HTMLElement {
  return h('a', { class: 'id', href: formatRoute({ page: 'instance', id }), text: id })
}

function cellClass(kind: ColumnView['kind']): string {
  if (isNumeric(kind)) return 'number'
  if (kind === 'time') return 'time'
  return kind === 'id' ? 'id' : kind === 'json' ? 'json' : ''
}

function sorted({ rows, columns }: ChartRows, sort: Sort | undefined): readonly Cells[] {
  if (sort === undefined) return rows
  const { place, descending } = sort
  const kind = columns[place]?.kind ?? 'text'
  const numeric = isNumeric(kind) || kind === 'time'
  const compare = (a: string, b: string): number => (numeric ? Number(a) - Number(b) : a.localeCompare(b))
  return [...rows].sort((a, b) => {
    const [left, right] = [a[place] ?? null, b[place] ?? null]
    // What is missing comes last, whichever way is sorted.
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return descending ? compare(right, left) : compare(left, right)
  })
}
