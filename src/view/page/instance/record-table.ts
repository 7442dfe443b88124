import type { InstanceLife, InstanceRecord, RecordFamily } from '../../answers.ts'
import { instanceLink } from '../charts/table-chart.ts'
import { fill, h, setVariables } from '../dom.ts'
import { formatDuration, formatTime } from '../format.ts'
import { stateVariable } from '../palette.ts'
import { formatOptions, settings, word } from '../settings.ts'
import { decisionIn, type Word } from '../words.ts'
import { recordFacts, recordTitle, recordTone } from './describe-record.ts'

const FAMILIES: ReadonlyArray<readonly [RecordFamily, Word]> = [
  ['state', 'laneState'],
  ['notice', 'laneNotice'],
  ['maintenance', 'laneMaintenance'],
  ['action', 'laneAction'],
  ['event', 'laneOther']
]
const PAGE = 500

/** Everything that happened to an instance, oldest first, as a table; families can be left out. */
export class RecordTable {
  readonly element: HTMLElement
  readonly #life: InstanceLife
  readonly #onMoment: (atMs: number) => void
  readonly #left: Set<RecordFamily>
  readonly #body = h('tbody')
  readonly #more = h('div', { class: 'pager' })
  readonly #rows = new Map<string, HTMLElement>()
  #shown = PAGE

  /**
   * @param left families that are not shown; the table changes it
   * @param onMoment called with the moment of a row that the reader chose
   */
  constructor(life: InstanceLife, left: Set<RecordFamily>, onMoment: (atMs: number) => void) {
    this.#left = left
    this.#life = life
    this.#onMoment = onMoment
    const head = (['when', 'sinceStart', 'what', 'details', 'lasted'] as const).map((name) =>
      h('th', {
        scope: 'col',
        class: name === 'lasted' || name === 'sinceStart' ? 'number' : undefined,
        text: word(name)
      })
    )
    const table = h(
      'table',
      { class: 'records' },
      h('caption', { class: 'unseen', text: word('records') }),
      h('thead', {}, h('tr', {}, ...head)),
      this.#body
    )
    const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': word('records') }, table)
    this.element = h('div', {}, this.#switches(), scroll, this.#more)
    this.#draw()
  }

  /** Brings records into view and marks them. */
  point(records: readonly InstanceRecord[]): void {
    for (const row of this.#rows.values()) row.classList.remove('pointed')
    for (const { family } of records) this.#left.delete(familyOf(family))
    this.element.firstElementChild?.replaceWith(this.#switches())
    this.#shown = this.#life.records.length
    this.#draw()
    const rows = records.flatMap(({ key }) => this.#rows.get(key) ?? [])
    for (const row of rows) row.classList.add('pointed')
    rows[0]?.scrollIntoView({ block: 'center' })
  }

  #switches(): HTMLElement {
    const counts = new Map<RecordFamily, number>()
    for (const { family } of this.#life.records) counts.set(familyOf(family), (counts.get(familyOf(family)) ?? 0) + 1)
    const boxes = FAMILIES.filter(([family]) => counts.has(family)).map(([family, name]) => {
      const box = h('input', {
        ...{ type: 'checkbox', checked: !this.#left.has(family) },
        onchange: () => {
          if (box.checked) this.#left.delete(family)
          else this.#left.add(family)
          this.#draw()
        }
      })
      return h('label', { class: 'switch' }, box, `${word(name)} (${counts.get(family) ?? 0})`)
    })
    return h('div', { class: 'switches', role: 'group', 'aria-label': word('show') }, ...boxes)
  }

  #draw(): void {
    const all = this.#life.records.filter(({ family }) => !this.#left.has(familyOf(family)))
    this.#rows.clear()
    fill(this.#body, ...all.slice(0, this.#shown).map((record) => this.#row(record)))
    const left = all.length - this.#shown
    const onclick = (): void => {
      this.#shown += PAGE
      this.#draw()
    }
    fill(this.#more, left > 0 && h('button', { type: 'button', class: 'quiet-button', text: `+${left}`, onclick }))
  }

  #row(record: InstanceRecord): HTMLElement {
    const { atMs, lastedMs, family, decision } = record
    const row = h(
      'tr',
      { 'data-family': family },
      h('td', { class: 'time' }, this.#moment(atMs)),
      h('td', { class: 'number soft', text: this.#sinceStart(atMs) }),
      h('td', {}, dot(record), recordTitle(record), family === 'action' && decisionBadge(decision)),
      h('td', { class: 'details' }, ...details(record)),
      h('td', { class: 'number', text: lastedMs === undefined ? '' : formatDuration(lastedMs) })
    )
    this.#rows.set(record.key, row)
    return row
  }

  #moment(atMs: number | undefined): Node | string {
    if (atMs === undefined) return word('noTime')
    const text = formatTime(atMs, formatOptions(), true)
    return h('button', { type: 'button', class: 'moment', text, onclick: () => this.#onMoment(atMs) })
  }

  #sinceStart(atMs: number | undefined): string {
    const start = this.#life.createdMs ?? this.#life.records[0]?.atMs
    return atMs === undefined || start === undefined ? '' : `+${formatDuration(Math.max(0, atMs - start))}`
  }
}

function familyOf(family: RecordFamily): RecordFamily {
  return family === 'snapshot' ? 'event' : family
}

function dot(record: InstanceRecord): HTMLElement {
  const mark = h('span', { class: 'dot', 'aria-hidden': 'true' })
  const tone = record.family === 'state' ? stateVariable(record.state) : recordTone(record)
  setVariables(mark, { tone: `var(--${tone})` })
  return mark
}

function decisionBadge(decision: string): HTMLElement {
  const tone = decision === 'done' ? 'good' : decision === 'gave_up' ? 'bad' : decision === 'failed' ? 'warn' : ''
  return h('span', { class: `badge ${tone}`, text: decisionIn(settings.language, decision) })
}

function details(record: InstanceRecord): Array<Node | string> {
  const { target, ofInstance, content, name, family } = record
  const parts: Array<Node | string> = recordFacts(record).map((fact) => h('span', { class: 'fact', text: fact }))
  if (target !== '') parts.push(h('span', { class: 'fact' }, '→ ', isInstance(target) ? instanceLink(target) : target))
  if (ofInstance !== '') parts.push(h('span', { class: 'fact' }, `${word('forInstance')} `, instanceLink(ofInstance)))
  if (family === 'event' || family === 'maintenance') parts.push(h('span', { class: 'fact soft', text: name }))
  if (content !== '' && family !== 'state') {
    parts.push(
      h(
        'details',
        { class: 'content' },
        h('summary', { text: word('showContent') }),
        h('pre', { text: pretty(content) })
      )
    )
  }
  return parts
}

function isInstance(text: string): boolean {
  return /^i-[a-z0-9]{1,60}$/.test(text)
}

function pretty(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2)
  } catch {
    return content
  }
}
