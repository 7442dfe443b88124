import type { ChartRows, ChartView } from '../../answers.ts'
import { nothingToEnd } from './drawing.ts'
import { markdown } from './markdown.ts'
import { drawPie } from './pie-chart.ts'
import { drawAggregate, drawBar, drawLine } from './series-chart.ts'
import { drawStat } from './stat-chart.ts'
import { drawTable } from './table-chart.ts'

/**
 * Draws an answer as its chart says.
 *
 * @returns ends it; undefined when the answer lacks a column that the chart names
 */
export function drawChart(
  container: HTMLElement,
  { spec }: ChartView,
  answer: ChartRows,
  title: string
): (() => void) | undefined {
  switch (spec.kind) {
    case 'line':
      return drawLine({ container, spec, answer, title })
    case 'aggregate':
      return drawAggregate({ container, spec, answer, title })
    case 'bar':
      return drawBar({ container, spec, answer, title })
    case 'pie':
      return drawPie({ container, spec, answer, title })
    case 'stat':
      return drawStat({ container, spec, answer, title })
    case 'table':
      return drawTable({ container, spec, answer, title })
    case 'markdown':
      container.append(markdown(spec.text, answer))
      return nothingToEnd
    case 'section':
    case 'control':
    case 'unknown':
      return nothingToEnd
    default: {
      const never: never = spec
      return never
    }
  }
}
