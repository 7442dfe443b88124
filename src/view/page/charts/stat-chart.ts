import { h } from '../dom.ts'
import { formatStyled, formatValue, toneOf } from '../format.ts'
import { formatOptions, settings } from '../settings.ts'
import { type Draw, nothingToEnd } from './drawing.ts'

/** Numbers in large letters (`statpro`), each with its column's title when there are several. */
export const drawStat: Draw<'stat'> = ({ container, spec, answer }) => {
  const row = spec.pick === 'last' ? answer.rows.at(-1) : answer.rows[0]
  const places = spec.fields.map((field) => answer.columns.findIndex(({ name }) => name === field))
  if (places.includes(-1)) return undefined
  const figures = places.map((place) => {
    const column = answer.columns[place]
    const value = row?.[place] ?? null
    const style = spec.columns[column?.name ?? ''] ?? spec.number
    const kind = column?.kind ?? 'number'
    return h(
      'div',
      { class: 'figure' },
      h('span', {
        class: `figure-value ${value === null ? '' : toneOf(Number(value), style.thresholds)}`,
        title: formatValue(value, kind, formatOptions()),
        text: formatStyled(value, kind, style, formatOptions())
      }),
      places.length > 1 && h('span', { class: 'figure-title', text: column?.title[settings.language] ?? '' })
    )
  })
  container.append(h('div', { class: 'figures' }, ...figures))
  return nothingToEnd
}
