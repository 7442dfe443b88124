import type { ChartAnswer, ChartRows, ChartView } from '../answers.ts'
import { ApiError } from './api.ts'
import { drawChart } from './charts/draw-chart.ts'
import { drawAsTable } from './charts/table-chart.ts'
import { toCsv } from './csv.ts'
import { fill, h } from './dom.ts'
import { formatDuration, formatTime } from './format.ts'
import { type MenuItem, menu } from './menu.ts'
import { formatOptions, word } from './settings.ts'

/** Why a chart is not there. */
export interface Failure {
  readonly message: string
  readonly advice: string
}

type TileState = 'loading' | 'empty' | 'failed' | 'drawn'

/** The frame of one chart: its title, its state (loading, empty, failed, drawn), and what can be done with it. */
export class Tile {
  readonly element: HTMLElement
  readonly chart: ChartView
  readonly #body = h('div', { class: 'tile-body' })
  readonly #badges = h('span', { class: 'badges' })
  readonly #retry: () => void
  #rows: ChartRows | undefined
  #failure: Failure | undefined
  #asTable = false
  #end = (): void => undefined

  /** @param retry asks again */
  constructor(chart: ChartView, retry: () => void) {
    this.chart = chart
    this.#retry = retry
    const name = `tile-${chart.id}`
    const title = this.#title()
    const head = h(
      'header',
      { class: chart.showTitle ? 'tile-head' : 'tile-head bare' },
      h('h3', {
        id: name,
        class: chart.showTitle ? undefined : 'unseen',
        text: title,
        title: chart.description || title
      }),
      this.#badges,
      h('span', { class: 'grow' }),
      chart.asks && menu(title, () => this.#items())
    )
    this.element = h(
      'section',
      { class: `tile tile-${chart.spec.kind}`, 'aria-labelledby': name, 'data-chart': chart.id },
      head,
      this.#body
    )
  }

  /** Undefined before its first answer. */
  get state(): TileState | undefined {
    return this.element.dataset['state'] as TileState | undefined
  }

  /** Why it is not there; undefined when it is, or is still waited for. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** A failure that is told elsewhere is only named here. */
  failsLike(shared: Failure | undefined): void {
    this.element.classList.toggle('told-above', shared !== undefined && this.#failure?.advice === shared.advice)
  }

  /** Something that no answer is needed for. */
  showContent(content: HTMLElement): void {
    this.#setState('drawn')
    fill(this.#body, content)
  }

  /** Shows that an answer is under way; what is drawn stays until it comes. */
  showLoading(): void {
    this.element.setAttribute('aria-busy', 'true')
    if (this.#body.childElementCount > 0) return
    this.#setState('loading')
    fill(this.#body, h('div', { class: 'skeleton' }, h('span', { class: 'unseen', text: word('loading') })))
  }

  show(answer: ChartAnswer): void {
    if (answer.kind === 'failed') {
      this.#fail(answer.message, answer.advice)
      return
    }
    const shown = this.#rows
    this.#rows = answer
    const drawn = shown !== undefined && this.element.dataset['state'] === 'drawn'
    // A table that has not changed keeps its place, its focus and its selection.
    if (drawn && this.chart.spec.kind === 'table' && isSame(shown, answer)) this.#endLoading()
    else this.#draw()
  }

  /** The server did not answer, or refused. */
  showThrown(thrown: unknown): void {
    const known = thrown instanceof ApiError && thrown.status > 0
    if (known) this.#fail(thrown.message, '')
    else this.#fail(word('serverGone'), word('serverGoneHint'))
  }

  /** Draws again: other colours, another language. */
  redraw(): void {
    if (this.#rows !== undefined) this.#draw()
  }

  close(): void {
    this.#end()
  }

  #draw(): void {
    const rows = this.#rows
    if (rows === undefined) return
    this.#clear()
    this.#showBadges(rows)
    if (isNothing(rows) && this.chart.spec.kind !== 'markdown') {
      this.#setState('empty')
      fill(this.#body, h('p', { class: 'tile-note', text: word('empty') }))
      return
    }
    this.#setState('drawn')
    if (this.#asTable) {
      drawAsTable(this.#body, rows, this.#title())
      return
    }
    const end = drawChart(this.#body, this.chart, rows, this.#title())
    if (end === undefined) this.#fail(word('badColumns'), rows.columns.map(({ name }) => name).join(', '))
    else this.#end = end
  }

  #fail(message: string, advice: string): void {
    this.#clear()
    this.#failure = { message, advice }
    this.#badges.replaceChildren()
    this.#setState('failed')
    const again = h('button', { type: 'button', class: 'quiet-button', text: word('retry'), onclick: this.#retry })
    fill(
      this.#body,
      h(
        'div',
        { class: 'tile-failure', role: 'alert' },
        h('strong', { text: word('failed') }),
        h('span', { class: 'short soft', text: word('failedAlike') }),
        h('p', { text: message }),
        advice !== '' && h('p', { class: 'soft', text: advice }),
        again
      )
    )
  }

  #clear(): void {
    this.#end()
    this.#end = () => undefined
    this.#failure = undefined
    this.#body.replaceChildren()
    this.#endLoading()
  }

  #endLoading(): void {
    this.element.removeAttribute('aria-busy')
  }

  #setState(state: TileState): void {
    this.element.dataset['state'] = state
  }

  #showBadges({ complete, cut, fromMs, toMs }: ChartRows): void {
    const fixed = this.chart.fixedTime && h('span', { class: 'badge', text: formatDuration(toMs - fromMs) })
    const badge = (text: string, hint: string): HTMLElement => h('span', { class: 'badge warn', title: hint, text })
    fill(
      this.#badges,
      !complete && badge(word('incomplete'), word('incompleteHint')),
      cut && badge(word('cut'), word('cutHint')),
      fixed
    )
  }

  #items(): MenuItem[] {
    const rows = this.#rows
    if (rows === undefined) return [{ text: word('retry'), act: this.#retry }]
    const canBeTable = this.chart.spec.kind !== 'table' && this.chart.spec.kind !== 'markdown'
    const asTable = {
      text: word(this.#asTable ? 'asChart' : 'asTable'),
      act: () => {
        this.#asTable = !this.#asTable
        this.#draw()
      }
    }
    return [
      ...(canBeTable ? [asTable] : []),
      { text: word('download'), act: () => download(`${this.chart.id}.csv`, toCsv(rows)) },
      { text: word('showQuery'), act: () => showQuery(this.#title(), rows) },
      { text: word('refresh'), act: this.#retry }
    ]
  }

  #title(): string {
    return this.chart.title
  }
}

/** No rows, or one of a query without groups that found no log: every value is null or 0. */
function isNothing({ rows, columns }: ChartRows): boolean {
  const [first] = rows
  if (first === undefined) return true
  const isBlank = (value: string | null): boolean => value === null || value === '0'
  return rows.length === 1 && columns.length > 1 && first.every(isBlank) && first.includes(null)
}

function isSame(a: ChartRows, b: ChartRows): boolean {
  return a.complete === b.complete && a.cut === b.cut && JSON.stringify(a.rows) === JSON.stringify(b.rows)
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  h('a', { href: url, download: name }).click()
  URL.revokeObjectURL(url)
}

/** The query as it was run, to be asked in the console too. */
function showQuery(title: string, { query, fromMs, toMs, tookMs, rows }: ChartRows): void {
  const dialog = h('dialog', { class: 'dialog', 'aria-label': title, onclose: () => dialog.remove() })
  const facts = `${formatTime(fromMs, formatOptions())} – ${formatTime(toMs, formatOptions())} · ${rows.length} ${word('rows')} · ${tookMs} ms`
  dialog.append(
    h('h2', { text: title }),
    h('p', { class: 'soft', text: facts }),
    h('pre', { tabindex: 0, text: query }),
    h('button', { type: 'button', class: 'quiet-button', text: 'OK', onclick: () => dialog.close() })
  )
  document.body.append(dialog)
  dialog.showModal()
}
