import type { ChartView, Place } from '../answers.ts'

/** Where a chart stands once controls have moved to the bar above and closed sections are folded. */
export interface Placed {
  readonly chart: ChartView
  readonly place: Place
}

/**
 * The charts of a grid without the rows that nothing stands in any more, in the order of reading.
 *
 * @param folded sections whose charts are not shown
 */
export function placeCharts(charts: readonly ChartView[], folded: ReadonlySet<string>): Placed[] {
  const shown = charts.filter((chart) => chart.spec.kind !== 'control' && !isFolded(chart, charts, folded))
  const taken = new Set<number>()
  for (const { place } of shown) for (let row = 0; row < place.height; row += 1) taken.add(place.y + row)
  const rows = new Map([...taken].sort((a, b) => a - b).map((row, index) => [row, index]))
  return shown.map((chart) => ({ chart, place: { ...chart.place, y: rows.get(chart.place.y) ?? 0 } }))
}

/** A section holds what stands between it and the next one. */
function isFolded(chart: ChartView, charts: readonly ChartView[], folded: ReadonlySet<string>): boolean {
  if (chart.spec.kind === 'section') return false
  const above = charts.filter(({ spec, place }) => spec.kind === 'section' && place.y <= chart.place.y)
  const own = above.reduce<ChartView | undefined>(
    (nearest, section) => (nearest === undefined || section.place.y > nearest.place.y ? section : nearest),
    undefined
  )
  return own !== undefined && folded.has(own.id)
}
