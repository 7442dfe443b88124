import type { CandidatesAnswer, ChartView, ControlSpec } from '../answers.ts'
import { fill, h } from './dom.ts'
import { closeElsewhere } from './menu.ts'
import { word } from './settings.ts'

export interface FilterControlOptions {
  readonly chart: ChartView
  readonly spec: ControlSpec
  readonly chosen: readonly string[]
  readonly candidates: (signal: AbortSignal) => Promise<CandidatesAnswer>
  readonly onChoice: (values: readonly string[]) => void
}

interface Choice {
  readonly value: string
  readonly label: string
}

/** More than these can't be looked through: they are found by typing. */
const MAX_SHOWN = 200
let controls = 0

/** A filter or variable: a button that opens a list of values, which can be narrowed by typing. */
export class FilterControl {
  readonly element: HTMLElement
  readonly #options: FilterControlOptions
  readonly #button: HTMLButtonElement
  readonly #input: HTMLInputElement
  readonly #list = h('div', { class: 'choices' })
  readonly #panel: HTMLElement
  #chosen: readonly string[]
  #choices: readonly Choice[]
  #note = ''
  #asking: AbortController | undefined

  constructor(options: FilterControlOptions) {
    const { chart, spec, chosen } = options
    this.#options = options
    this.#chosen = chosen
    this.#choices = spec.choices
    controls += 1
    const panelId = `control-${controls}`
    const title = chart.title
    this.#button = h('button', {
      ...{ type: 'button', class: 'control-button', 'aria-expanded': 'false', 'aria-controls': panelId },
      onclick: () => (this.#panel.hidden ? this.#open() : this.#close())
    })
    this.#input = h('input', {
      ...{
        type: 'search',
        placeholder: word('filterHint'),
        'aria-label': `${title}: ${word('filterHint')}`,
        maxlength: 256
      },
      oninput: () => this.#drawChoices(),
      onkeydown: (event) => this.#onKey(event as KeyboardEvent)
    })
    const clear = h('button', {
      type: 'button',
      class: 'quiet-button',
      text: word('clear'),
      onclick: () => this.#choose([])
    })
    this.#panel = h(
      'div',
      { id: panelId, class: 'control-panel', role: 'group', 'aria-label': title, hidden: true },
      this.#input,
      this.#list,
      clear
    )
    this.element = h('div', { class: 'control', 'data-control': spec.key }, this.#button, this.#panel)
    closeElsewhere(this.element, () => this.#close(), this.#button)
    this.#drawButton()
  }

  #open(): void {
    this.#panel.hidden = false
    this.#button.setAttribute('aria-expanded', 'true')
    this.#input.value = ''
    this.#drawChoices()
    this.#input.focus()
    if (this.#options.spec.asks) void this.#ask()
  }

  #close(): boolean {
    const wasOpen = !this.#panel.hidden
    this.#asking?.abort()
    this.#panel.hidden = true
    this.#button.setAttribute('aria-expanded', 'false')
    return wasOpen
  }

  async #ask(): Promise<void> {
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    this.#note = word('loading')
    this.#drawChoices()
    const answer = await this.#options.candidates(asking.signal).catch(() => undefined)
    if (asking.signal.aborted) return
    this.#note = answer === undefined ? word('serverGone') : answer.kind === 'failed' ? answer.message : ''
    if (answer?.kind === 'candidates') {
      const own = new Set(this.#options.spec.choices.map(({ value }) => value))
      const others = answer.values.filter((value) => !own.has(value)).map((value) => ({ value, label: value }))
      this.#choices = [...this.#options.spec.choices, ...others]
    }
    this.#drawChoices()
  }

  #onKey(event: KeyboardEvent): void {
    const typed = this.#input.value.trim()
    if (event.key !== 'Enter' || typed === '') return
    event.preventDefault()
    const matching = this.#matching()
    const exact = matching.find(({ value }) => value === typed) ?? (matching.length === 1 ? matching[0] : undefined)
    if (exact === undefined && !this.#options.spec.free) return
    this.#toggle(exact?.value ?? typed, true)
    this.#input.value = ''
  }

  #matching(): readonly Choice[] {
    const typed = this.#input.value.trim().toLowerCase()
    const known = new Set(this.#choices.map(({ value }) => value))
    const kept = this.#chosen.filter((value) => !known.has(value)).map((value) => ({ value, label: value }))
    return [...kept, ...this.#choices].filter(
      ({ value, label }) => value.toLowerCase().includes(typed) || label.toLowerCase().includes(typed)
    )
  }

  #drawChoices(): void {
    const matching = this.#matching()
    const typed = this.#input.value.trim()
    const offer = this.#options.spec.free && typed !== '' && !matching.some(({ value }) => value === typed)
    fill(
      this.#list,
      ...matching.slice(0, MAX_SHOWN).map((choice) => this.#choice(choice)),
      offer &&
        h('button', {
          ...{ type: 'button', class: 'quiet-button offer', text: `${word('addValue')} “${typed}”` },
          onclick: () => this.#toggle(typed, true)
        }),
      matching.length > MAX_SHOWN &&
        h('p', { class: 'soft', text: `${matching.length - MAX_SHOWN} ${word('moreValues')}` }),
      this.#note !== '' && h('p', { class: 'soft', role: 'status', text: this.#note })
    )
  }

  #choice({ value, label }: Choice): HTMLElement {
    const { many, key } = this.#options.spec
    const box = h('input', {
      type: many ? 'checkbox' : 'radio',
      name: key,
      checked: this.#chosen.includes(value),
      onchange: () => this.#toggle(value, box.checked)
    })
    return h('label', { class: 'choice' }, box, h('span', { text: label }))
  }

  #toggle(value: string, on: boolean): void {
    const others = this.#options.spec.many ? this.#chosen.filter((each) => each !== value) : []
    this.#choose(on ? [...others, value] : others)
  }

  #choose(values: readonly string[]): void {
    this.#chosen = values
    this.#drawButton()
    this.#options.onChoice(values)
    if (this.#options.spec.many) {
      this.#drawChoices()
      return
    }
    this.#close()
    this.#button.focus()
  }

  #drawButton(): void {
    const { chart, spec } = this.#options
    const labelOf = (value: string): string => spec.choices.find((choice) => choice.value === value)?.label ?? value
    const own = this.#chosen.length > 2 ? String(this.#chosen.length) : this.#chosen.map(labelOf).join(', ')
    const unset = spec.auto ? word('auto') : spec.defaults.map(labelOf).join(', ') || word('all')
    this.#button.classList.toggle('set', own !== '')
    fill(
      this.#button,
      h('span', { class: 'control-name', text: chart.title }),
      h('span', { class: 'control-value', text: own || unset }),
      h('span', { 'aria-hidden': 'true', text: '▾' })
    )
  }
}
