import type { ChartConfiguration } from 'chart.js'
import { formatNumber, formatStyled } from '../format.ts'
import { cssColour, seriesColour } from '../palette.ts'
import { formatOptions } from '../settings.ts'
import { commonOptions, drawCanvas } from './canvas.ts'
import type { Draw } from './drawing.ts'

/** More slices than this can't be told apart: the smallest become one. */
const MAX_SLICES = 9

/** Shares of a whole (`piepro`). */
export const drawPie: Draw<'pie'> = ({ container, spec, answer, title }) => {
  const labelAt = answer.columns.findIndex(({ name }) => name === spec.label)
  const valueAt = answer.columns.findIndex(({ name }) => name === spec.value)
  if (labelAt < 0 || valueAt < 0) return undefined
  const slices = largest(answer.rows.map((row) => ({ label: row[labelAt] || '–', value: Number(row[valueAt] ?? 0) })))
  const total = slices.reduce((sum, { value }) => sum + value, 0)
  const kind = answer.columns[valueAt]?.kind ?? 'number'
  const write = (value: number): string => {
    const share = formatNumber(total === 0 ? 0 : (100 * value) / total, formatOptions(), 1)
    return `${formatStyled(String(value), kind, spec.number, formatOptions())} (${share} %)`
  }
  const options = commonOptions(true, container.clientWidth > 420 ? 'right' : 'bottom')
  const configuration: ChartConfiguration<'doughnut'> = {
    type: 'doughnut',
    data: {
      labels: slices.map(({ label, value }) => `${label}  ${write(value)}`),
      datasets: [
        {
          data: slices.map(({ value }) => value),
          backgroundColor: slices.map(({ label }, place) => seriesColour(label, place)),
          borderColor: cssColour('surface'),
          borderWidth: 2
        }
      ]
    },
    options: {
      ...options,
      cutout: spec.hole ? '62%' : '0%',
      plugins: {
        ...options.plugins,
        tooltip: { ...options.plugins.tooltip, callbacks: { label: ({ label }) => ` ${label}` } }
      }
    }
  }
  return drawCanvas(
    container,
    [title, ...slices.map(({ label, value }) => `${label}: ${write(value)}`)].join('. '),
    configuration
  )
}

interface Slice {
  readonly label: string
  readonly value: number
}

function largest(slices: readonly Slice[]): readonly Slice[] {
  const sorted = [...slices].sort((a, b) => b.value - a.value)
  if (sorted.length <= MAX_SLICES) return sorted
  const rest = sorted.slice(MAX_SLICES - 1).reduce((sum, { value }) => sum + value, 0)
  return [...sorted.slice(0, MAX_SLICES - 1), { label: '…', value: rest }]
}
