import type { ChartConfiguration } from 'chart.js'
import { h, setVariables } from '../dom.ts'
import { formatNumber, formatStyled } from '../format.ts'
import { cssColour, seriesColour } from '../palette.ts'
import { formatOptions } from '../settings.ts'
import { commonOptions, drawCanvas } from './canvas.ts'
import type { Draw } from './drawing.ts'

/** More slices than this can't be told apart: the smallest become one. */
const MAX_SLICES = 9

interface Slice {
  readonly label: string
  readonly value: number
}

/** Shares of a whole (`piepro`), with a legend that tells each one. */
export const drawPie: Draw<'pie'> = ({ container, spec, answer, title }) => {
  const labelAt = answer.columns.findIndex(({ name }) => name === spec.label)
  const valueAt = answer.columns.findIndex(({ name }) => name === spec.value)
  if (labelAt < 0 || valueAt < 0) return undefined
  const slices = largest(answer.rows.map((row) => ({ label: row[labelAt] || '–', value: Number(row[valueAt] ?? 0) })))
  const total = slices.reduce((sum, { value }) => sum + value, 0)
  const kind = answer.columns[valueAt]?.kind ?? 'number'
  const write = (value: number): string => formatStyled(String(value), kind, spec.number, formatOptions())
  const share = (value: number): string =>
    `${formatNumber(total === 0 ? 0 : (100 * value) / total, formatOptions(), 1)} %`
  const told = slices.map(({ label, value }) => `${label}: ${write(value)} (${share(value)})`)
  const stage = h('div', { class: 'pie-stage' })
  const entries = slices.map(({ label, value }, place) => {
    const dot = h('span', { class: 'dot', 'aria-hidden': 'true' })
    setVariables(dot, { tone: seriesColour(label, place) })
    const name = h('span', { class: 'pie-label', text: label, title: label })
    return h('li', {}, dot, name, h('span', { text: write(value) }), h('span', { class: 'soft', text: share(value) }))
  })
  container.append(h('div', { class: 'pie' }, stage, h('ul', { class: 'pie-legend' }, ...entries)))
  return drawCanvas(stage, [title, ...told].join('. '), configuration(slices, told, spec.hole))
}

function configuration(
  slices: readonly Slice[],
  told: readonly string[],
  hole: boolean
): ChartConfiguration<'doughnut'> {
  const options = commonOptions(false)
  const dataset = {
    data: slices.map(({ value }) => value),
    backgroundColor: slices.map(({ label }, place) => seriesColour(label, place)),
    borderColor: cssColour('surface'),
    borderWidth: 2
  }
  const callbacks = { label: ({ label }: { label: string }) => ` ${label}` }
  return {
    type: 'doughnut',
    data: { labels: [...told], datasets: [dataset] },
    options: {
      ...options,
      cutout: hole ? '62%' : '0%',
      plugins: {
        ...options.plugins,
        tooltip: { ...options.plugins.tooltip, callbacks: { ...callbacks, title: () => '' } }
      }
    }
  }
}

/** Rows of one label are one slice. */
function largest(rows: readonly Slice[]): readonly Slice[] {
  const sums = new Map<string, number>()
  for (const { label, value } of rows) sums.set(label, (sums.get(label) ?? 0) + value)
  const sorted = Array.from(sums, ([label, value]) => ({ label, value })).sort((a, b) => b.value - a.value)
  if (sorted.length <= MAX_SLICES) return sorted
  const rest = sorted.slice(MAX_SLICES - 1).reduce((sum, { value }) => sum + value, 0)
  return [...sorted.slice(0, MAX_SLICES - 1), { label: '…', value: rest }]
}
