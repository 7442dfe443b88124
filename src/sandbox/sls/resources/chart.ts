import { z } from 'zod'
import { SlsError } from '../sls-error.ts'
import { anyObject, readForm } from './resource-kind.ts'

const form = z.object({
  title: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,98}[a-z0-9]$/),
  type: z.string().min(1),
  search: anyObject,
  display: anyObject,
  action: anyObject
})

/** One chart of a dashboard. Members that the service does not know are dropped. */
export type Chart = z.output<typeof form>

const place = z.object({
  xPos: z.int().min(0),
  yPos: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1)
})
type Place = z.output<typeof place>

/** What the charts of the current generation carry, those whose type ends in `pro`. */
const newForm = z.object({
  display: z.object({ basicOptions: z.object({ displayName: z.string() }) }),
  search: z.object({
    chartQueries: z.array(
      z
        .object({ name: z.string().min(1), datasource: z.string().min(1) })
        .and(
          z.union([
            z.object({ datasource: z.string().refine((source) => source !== 'logstore') }),
            z.object({ project: z.string().min(1), logstore: z.string().min(1), query: z.string() })
          ])
        )
    ),
    start: z.union([z.string(), z.int()]),
    end: z.union([z.string(), z.int()])
  })
})

const GRID_COLUMNS = 24

/**
 * The charts of a dashboard. On a grid each has its place, and no two share one.
 *
 * @throws SlsError PostBodyInvalid
 */
export function readCharts(bodies: readonly unknown[], layout: 'grid' | 'free'): Chart[] {
  const charts = bodies.map((body) => readForm(body, form))
  const titles = new Set<string>()
  for (const chart of charts) {
    if (titles.has(chart.title)) throw new SlsError('PostBodyInvalid', `Duplicate chart title: ${chart.title}`)
    titles.add(chart.title)
    if (chart.type.endsWith('pro')) checkNewForm(chart)
  }
  if (layout === 'grid') checkGrid(charts)
  return charts
}

function checkNewForm(chart: Chart): void {
  const { search } = readForm(chart, newForm)
  const names = search.chartQueries.map(({ name }) => name)
  if (new Set(names).size < names.length) throw refusal(chart, 'two of its queries have one name')
}

function checkGrid(charts: readonly Chart[]): void {
  const placed: Array<{ chart: Chart; at: Place }> = []
  for (const chart of charts) {
    const at = readForm(chart.display, place)
    if (at.xPos + at.width > GRID_COLUMNS) throw refusal(chart, `it ends beyond column ${GRID_COLUMNS}`)
    const other = placed.find((each) => overlap(each.at, at))
    if (other !== undefined) throw refusal(chart, `it overlaps ${other.chart.title}`)
    placed.push({ chart, at })
  }
}

function overlap(one: Place, other: Place): boolean {
  const across = one.xPos < other.xPos + other.width && other.xPos < one.xPos + one.width
  const down = one.yPos < other.yPos + other.height && other.yPos < one.yPos + one.height
  return across && down
}

function refusal({ title }: Chart, why: string): SlsError {
  return new SlsError('PostBodyInvalid', `chart ${title}: ${why}`)
}
