import type { FoundInstance } from '../answers.ts'
import { fetchFound } from './api.ts'
import { fill, h } from './dom.ts'
import { formatTime } from './format.ts'
import { closeElsewhere } from './menu.ts'
import { formatRoute } from './route.ts'
import { formatOptions, settings, word } from './settings.ts'
import { stateIn } from './words.ts'

const INSTANCE_ID = /^i-[a-z0-9]{1,60}$/
const SEARCH_TEXT = /^[A-Za-z0-9._-]{2,64}$/
const PAUSE_MS = 200

/** Finds an instance by its id, name or address, and leads to its page. A combobox as the ARIA practices describe it. */
export class SearchBox {
  readonly element: HTMLElement
  readonly #input: HTMLInputElement
  readonly #list = h('ul', { id: 'found', class: 'found', role: 'listbox', 'aria-label': word('found'), hidden: true })
  #found: readonly FoundInstance[] = []
  #active = -1
  #asking = new AbortController()
  #timer = 0

  constructor() {
    this.#input = h('input', {
      ...{ type: 'search', id: 'search', role: 'combobox', autocomplete: 'off', spellcheck: 'false', maxlength: 64 },
      ...{
        'aria-label': word('search'),
        'aria-expanded': 'false',
        'aria-controls': 'found',
        'aria-autocomplete': 'list'
      },
      ...{ placeholder: word('searchHint'), title: word('searchKey') },
      oninput: () => this.#askSoon(),
      onkeydown: (event) => this.#onKey(event as KeyboardEvent)
    })
    this.element = h(
      'div',
      { class: 'search', role: 'search' },
      this.#input,
      h('kbd', { 'aria-hidden': 'true', text: '/' }),
      this.#list
    )
    closeElsewhere(this.element, () => this.#close(), this.#input)
  }

  focus(): void {
    this.#input.focus()
    this.#input.select()
  }

  #askSoon(): void {
    this.#asking.abort()
    clearTimeout(this.#timer)
    const text = this.#input.value.trim()
    if (!SEARCH_TEXT.test(text)) {
      this.#close()
      return
    }
    this.#asking = new AbortController()
    const { signal } = this.#asking
    this.#timer = window.setTimeout(() => void this.#ask(text, signal), PAUSE_MS)
  }

  async #ask(text: string, signal: AbortSignal): Promise<void> {
    const answer = await fetchFound(text, signal).catch(() => undefined)
    if (signal.aborted) return
    this.#found = answer?.kind === 'found' ? answer.instances : []
    this.#active = -1
    const failed = answer === undefined ? word('serverGone') : answer.kind === 'failed' ? answer.message : ''
    this.#draw(failed || (this.#found.length === 0 ? word('foundNothing') : ''))
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const count = this.#found.length
      if (count > 0)
        this.#active =
          (this.#active +
            (event.key === 'ArrowDown' ? 1 : count - 1) +
            (this.#active < 0 && event.key === 'ArrowUp' ? 1 : 0)) %
          count
      this.#draw('')
    }
    if (event.key !== 'Enter') return
    event.preventDefault()
    const typed = this.#input.value.trim()
    const only = this.#found.length === 1 ? this.#found[0] : undefined
    const id = this.#found[this.#active]?.instanceId ?? (INSTANCE_ID.test(typed) ? typed : only?.instanceId)
    if (id !== undefined) this.#go(id)
  }

  #go(id: string): void {
    this.#close()
    this.#input.value = ''
    this.#input.blur()
    location.hash = formatRoute({ page: 'instance', id })
  }

  #close(): boolean {
    const wasOpen = !this.#list.hidden
    this.#asking.abort()
    clearTimeout(this.#timer)
    this.#list.hidden = true
    this.#found = []
    this.#input.setAttribute('aria-expanded', 'false')
    this.#input.removeAttribute('aria-activedescendant')
    return wasOpen
  }

  #draw(note: string): void {
    const entry = ({ instanceId, regionId, state, lastMs }: FoundInstance, place: number): HTMLElement => {
      const last = lastMs === undefined ? '' : formatTime(lastMs, formatOptions())
      const facts = [regionId, stateIn(settings.language, state), last].filter((text) => text !== '').join(' · ')
      return h(
        'li',
        {
          ...{ id: `found-${place}`, role: 'option', 'aria-selected': String(place === this.#active) },
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => this.#go(instanceId)
        },
        h('span', { class: 'id', text: instanceId }),
        h('span', { class: 'soft', text: facts })
      )
    }
    fill(
      this.#list,
      ...this.#found.map(entry),
      note !== '' && h('li', { class: 'soft', role: 'presentation', text: note })
    )
    this.#list.hidden = false
    this.#input.setAttribute('aria-expanded', 'true')
    if (this.#active >= 0) this.#input.setAttribute('aria-activedescendant', `found-${this.#active}`)
    else this.#input.removeAttribute('aria-activedescendant')
  }
}
