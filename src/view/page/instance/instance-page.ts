import type { InstanceAnswer, InstanceLife, RecordFamily } from '../../answers.ts'
import { ApiError, fetchInstance } from '../api.ts'
import { type Child, fill, h, setVariables } from '../dom.ts'
import { formatDuration, formatTime } from '../format.ts'
import { stateVariable } from '../palette.ts'
import { formatOptions, settings, word } from '../settings.ts'
import { factIn, stateIn } from '../words.ts'
import { RecordTable } from './record-table.ts'
import { Timeline } from './timeline.ts'

/** The page of one instance: what it was, its life on a timeline, and everything that happened as a table. */
export class InstancePage {
  readonly element: HTMLElement
  readonly #id: string
  readonly #content = h('div', { class: 'instance-content' })
  readonly #left = new Set<RecordFamily>()
  #timeline: Timeline | undefined
  #life = ''
  #asking = new AbortController()

  constructor(id: string) {
    this.#id = id
    const heading = h('h1', { class: 'id', tabindex: -1, text: id })
    this.element = h(
      'div',
      { class: 'instance' },
      h('p', { class: 'soft over', text: word('instance') }),
      heading,
      this.#content
    )
  }

  /** Asks for the life again. */
  refresh(): void {
    this.#asking.abort()
    this.#asking = new AbortController()
    const { signal } = this.#asking
    this.#content.setAttribute('aria-busy', 'true')
    if (this.#content.childElementCount === 0) {
      fill(this.#content, h('div', { class: 'skeleton tall' }, h('span', { class: 'unseen', text: word('loading') })))
    }
    fetchInstance(this.#id, signal)
      .then((answer) => {
        if (!signal.aborted) this.#show(answer)
      })
      .catch((thrown: unknown) => {
        if (signal.aborted) return
        const refused = thrown instanceof ApiError && thrown.status > 0
        this.#note(refused ? thrown.message : word('serverGone'), refused ? '' : word('serverGoneHint'))
      })
  }

  redraw(): void {
    this.#timeline?.redraw()
  }

  close(): void {
    this.#asking.abort()
    this.#timeline?.close()
  }

  #show(answer: InstanceAnswer): void {
    if (answer.kind === 'life') this.#showLife(answer)
    else if (answer.kind === 'failed') this.#note(answer.message, answer.advice)
    else this.#note(word('neverSeen'), word('neverSeenHint'))
  }

  #note(message: string, hint: string): void {
    this.#content.removeAttribute('aria-busy')
    const again = h('button', {
      type: 'button',
      class: 'quiet-button',
      text: word('retry'),
      onclick: () => this.refresh()
    })
    fill(
      this.#content,
      h(
        'div',
        { class: 'card note', role: 'alert' },
        h('strong', { text: message }),
        hint !== '' && h('p', { class: 'soft', text: hint }),
        again
      )
    )
  }

  #showLife(life: InstanceLife): void {
    this.#content.removeAttribute('aria-busy')
    // A life that is over does not change under the reader's eyes.
    const told = life.releasedMs === undefined ? '' : JSON.stringify([life.records, life.facts, life.complete])
    if (told !== '' && told === this.#life) return
    this.#life = told
    this.#timeline?.close()
    const timeline = new Timeline(life, (records) => table.point(records), this.#timeline?.shown)
    const table = new RecordTable(life, this.#left, (atMs) => {
      timeline.focusOn(atMs)
      timeline.element.scrollIntoView({ block: 'nearest' })
    })
    this.#timeline = timeline
    fill(
      this.#content,
      ...warnings(life),
      summaryCards(life),
      h(
        'section',
        { class: 'card', 'aria-label': word('timeline') },
        h('h2', { text: word('timeline') }),
        timeline.element
      ),
      h('section', { class: 'card', 'aria-label': word('records') }, h('h2', { text: word('records') }), table.element)
    )
  }
}

function warnings({ complete, cut }: InstanceLife): Child[] {
  const texts = [complete ? '' : word('incompleteHint'), cut ? word('cutHint') : ''].filter((text) => text !== '')
  return texts.map((text) => h('p', { class: 'badge warn wide', role: 'status', text }))
}

function summaryCards(life: InstanceLife): HTMLElement {
  const { createdMs, releasedMs, states, regionId, accountId, facts, nowMs } = life
  const time = (ms: number | undefined, otherwise: string): string =>
    ms === undefined ? otherwise : formatTime(ms, formatOptions())
  const first = createdMs ?? life.records[0]?.atMs
  const lived = first === undefined ? '–' : formatDuration((releasedMs ?? nowMs) - first)
  const last = releasedMs === undefined ? states.at(-1) : states.at(-2)
  return h(
    'dl',
    { class: 'facts card' },
    fact(word('created'), time(createdMs, word('unseen'))),
    fact(word('released'), time(releasedMs, word('alive'))),
    fact(word(createdMs === undefined ? 'livedAtLeast' : 'lived'), lived),
    fact(
      word(releasedMs === undefined ? 'stateNow' : 'stateBefore'),
      ...(last === undefined ? ['–'] : stateParts(last.state))
    ),
    fact(word('region'), regionId || '–'),
    fact(word('account'), accountId || '–'),
    ...facts.map(({ field, value }) =>
      field === 'tags'
        ? h('div', { class: 'span' }, ...named(factIn(settings.language, field), tagParts(value)))
        : fact(factIn(settings.language, field), value)
    )
  )
}

function fact(name: string, ...value: readonly Child[]): HTMLElement {
  return h('div', {}, ...named(name, value))
}

function named(name: string, value: readonly Child[]): Child[] {
  return [h('dt', { text: name }), h('dd', {}, ...value)]
}

function stateParts(state: string): Child[] {
  const dot = h('span', { class: 'dot', 'aria-hidden': 'true' })
  setVariables(dot, { tone: `var(--${stateVariable(state)})` })
  return [dot, stateIn(settings.language, state)]
}

/** @param json an object of tags */
function tagParts(json: string): Child[] {
  try {
    const tags = Object.entries(JSON.parse(json) as object)
    return tags.map(([key, value]) => h('span', { class: 'tag', text: `${key}=${String(value)}` }))
  } catch {
    return [json]
  }
}
