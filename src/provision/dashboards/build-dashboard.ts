import { AuditError } from '../../lib/errors.ts'
import { buildChart, chartId } from './build-chart.ts'
import type { BuildContext } from './chart-parts.ts'
import type { DashboardDefinition, RowDefinition } from './dashboard-definition.ts'
import type { Dashboard } from './dashboard-form.ts'

/** Columns of the console's grid. */
const COLUMNS = 24

/**
 * A dashboard in the form that the SLS console imports ("Import and export dashboards") and CreateDashboard takes.
 *
 * @throws AuditError `internal` for a definition that can't be drawn: a row too wide, an unknown question, column or parameter
 */
export function buildDashboard(definition: DashboardDefinition, { questions, lang }: BuildContext): Dashboard {
  const { name, title, description, rangeMs, rows } = definition
  const tops = rows.map((_, at) => rows.slice(0, at).reduce((sum, { height }) => sum + height, 0))
  const charts = rows.flatMap((row, at) =>
    placesOf(row, tops[at] ?? 0).map(({ chart, ...place }) => {
      const built = buildChart(chart, { questions, lang, rangeMs })
      return { title: chartId(chart), ...built, display: { ...built.display, ...place }, action: {} }
    })
  )
  const attribute = { type: 'grid' } as const
  return { dashboardName: name, displayName: title[lang], description: description[lang], attribute, charts }
}

/** Charts of a row from the left to the right. */
function placesOf({ height, charts }: RowDefinition, yPos: number) {
  let xPos = 0
  const places = charts.map(([width, chart]) => {
    const place = { chart, xPos, yPos, width, height }
    xPos += width
    return place
  })
  if (xPos <= COLUMNS) return places
  throw new AuditError('internal', `Cannot lay out ${charts.map(([, chart]) => chartId(chart)).join(', ')}: too wide`)
}
