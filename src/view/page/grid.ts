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

/** A chart's place in rows that are as high as what stands in them. */
export interface Cell extends Placed {
  /** From 0. */
  readonly row: number
  /** How many it takes. */
  readonly rows: number
  /** Its row may be lower than the chart wants, when nothing in it needs the height. */
  readonly fits: boolean
}

const FIXED_ROW = 'var(--unit)'

/**
 * Charts that stand side by side with one height share one row, which may shrink; where heights are mixed, every unit of the
 * grid is a row.
 *
 * @returns `template` for `grid-template-rows`
 */
export function gridRows(placed: readonly Placed[]): { template: string; cells: readonly Cell[] } {
  const template: string[] = []
  const cells = bands(placed).flatMap((band) => {
    const [first] = band
    const top = Math.min(...band.map(({ place }) => place.y))
    const bottom = Math.max(...band.map(({ place }) => place.y + place.height))
    const even = band.every(({ place }) => place.y === first?.place.y && place.height === first.place.height)
    const row = template.length
    template.push(...(even ? ['auto'] : Array.from({ length: bottom - top }, () => FIXED_ROW)))
    return band.map((one): Cell => {
      if (even) return { ...one, row, rows: 1, fits: true }
      return { ...one, row: row + one.place.y - top, rows: one.place.height, fits: false }
    })
  })
  return { template: template.join(' '), cells }
}

/** Charts that stand beside each other, wholly or in part, from top to bottom. */
function bands(placed: readonly Placed[]): Placed[][] {
  const found: Placed[][] = []
  let bottom = Number.NEGATIVE_INFINITY
  for (const one of [...placed].sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x)) {
    if (one.place.y >= bottom) found.push([])
    found.at(-1)?.push(one)
    bottom = Math.max(bottom, one.place.y + one.place.height)
  }
  return found
}
