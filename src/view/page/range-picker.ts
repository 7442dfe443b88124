import { fill, h } from './dom.ts'
import { formatDuration } from './format.ts'
import type { PickedRange } from './route.ts'
import { isUtc, word } from './settings.ts'
import type { Word } from './words.ts'

const HOUR_MS = 3_600_000
const LASTS: ReadonlyArray<readonly [name: Word, ms: number]> = [
  ['rangeHour', HOUR_MS],
  ['rangeDay', 24 * HOUR_MS],
  ['rangeWeek', 7 * 24 * HOUR_MS],
  ['rangeMonth', 30 * 24 * HOUR_MS]
]

/** Chooses the time that all charts show. */
export function rangePicker(picked: PickedRange, onPick: (range: PickedRange) => void): HTMLElement {
  const custom = h('div', { class: 'custom-range', hidden: picked.kind !== 'window' })
  const option = (value: string, name: Word): HTMLElement =>
    h('option', { value, selected: value === optionOf(picked), text: word(name) })
  const onchange = (): void => {
    custom.hidden = select.value !== 'window'
    if (select.value === 'default') onPick({ kind: 'default' })
    else if (select.value !== 'window') onPick({ kind: 'last', lastMs: Number(select.value) })
    else custom.querySelector('input')?.focus()
  }
  const select = h(
    'select',
    { 'aria-label': word('range'), 'data-part': 'range', onchange },
    option('default', 'rangeDefault'),
    ...LASTS.map(([name, ms]) => option(String(ms), name)),
    option('window', 'rangeCustom')
  )
  // A time that an address names and the list does not know.
  if (picked.kind === 'last' && !LASTS.some(([, ms]) => ms === picked.lastMs)) {
    select.append(
      h('option', {
        value: String(picked.lastMs),
        selected: true,
        text: `${word('rangeLast')} ${formatDuration(picked.lastMs)}`
      })
    )
  }
  fillCustom(custom, picked, onPick)
  return h('div', { class: 'range' }, select, custom)
}

function fillCustom(custom: HTMLElement, picked: PickedRange, onPick: (range: PickedRange) => void): void {
  const now = Date.now()
  const { fromMs, toMs } = picked.kind === 'window' ? picked : { fromMs: now - HOUR_MS, toMs: now }
  const moment = (ms: number, name: Word): HTMLInputElement =>
    h('input', { type: 'datetime-local', step: 1, value: localMoment(ms), 'aria-label': word(name), required: true })
  const [from, to] = [moment(fromMs, 'from'), moment(toMs, 'to')]
  const pick = (): void => {
    const range = { kind: 'window' as const, fromMs: momentOf(from.value), toMs: momentOf(to.value) }
    to.setCustomValidity(range.fromMs < range.toMs ? '' : `${word('from')} < ${word('to')}`)
    if (from.reportValidity() && to.reportValidity()) onPick(range)
  }
  fill(
    custom,
    from,
    h('span', { 'aria-hidden': 'true', text: '–' }),
    to,
    h('button', { type: 'button', text: word('apply'), onclick: pick })
  )
}

/** As an input of type datetime-local takes it, in the reader's zone. */
function localMoment(ms: number): string {
  const offsetMs = isUtc() ? 0 : new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - offsetMs).toISOString().slice(0, 19)
}

/** The other way; NaN for what is no time. */
function momentOf(text: string): number {
  return Date.parse(isUtc() ? `${text}Z` : text)
}

function optionOf(picked: PickedRange): string {
  return picked.kind === 'last' ? String(picked.lastMs) : picked.kind
}
