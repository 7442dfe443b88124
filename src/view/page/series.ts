import type { Bilingual, ChartRows, ChartSpec, ValueKind } from '../answers.ts'
import type { Language } from './format.ts'

/** A point: its place on the axis (epoch ms, or the number of its category) and its value; null is a gap. */
export interface Point {
  readonly x: number
  readonly y: number | null
}

export interface Series {
  readonly label: string
  readonly points: readonly Point[]
}

/** What a line or bar chart draws. */
export interface ChartSeries {
  readonly series: readonly Series[]
  /** The regular steps of an axis of time, ms; 0 where there are none. */
  readonly stepMs: number
  /** Names of the categories; undefined for an axis of time. */
  readonly categories: readonly string[] | undefined
  readonly kind: ValueKind
  readonly categoryKind: ValueKind
}

type SeriesSpec = Extract<ChartSpec, { kind: 'line' | 'aggregate' | 'bar' }>

/** A chart with more colours than these says nothing: the smallest series become one. */
const MAX_SERIES = 9
const MAX_FILLED = 5_000

/** The rows of an answer as series. Undefined when the answer lacks a column that the chart names. */
export function chartSeries(spec: SeriesSpec, answer: ChartRows, language: Language): ChartSeries | undefined {
  const at = (name: string): number => answer.columns.findIndex((column) => column.name === name)
  const xAt = at(spec.x)
  const ys = spec.kind === 'aggregate' ? [spec.y] : spec.ys
  const yAts = ys.map(at)
  const seriesAt = spec.kind === 'line' || spec.series === '' ? -1 : at(spec.series)
  if (xAt < 0 || yAts.includes(-1)) return undefined
  const keys = answer.rows.map((row) => row[xAt] ?? '')
  const moments = spec.kind !== 'bar' && spec.time ? keys.map(momentOf) : undefined
  const isTime = moments?.every((moment) => moment !== undefined) === true
  const categories = isTime ? undefined : [...new Set(keys)]
  const places = new Map(categories?.map((category, place) => [category, place]))
  const lines = new Map<string, Map<number, number | null>>()
  for (const [index, row] of answer.rows.entries()) {
    const x = isTime ? (moments[index] ?? 0) : (places.get(keys[index] ?? '') ?? 0)
    for (const yAt of yAts) {
      const label = seriesAt < 0 ? titleOf(answer.columns[yAt]?.title, language) : (row[seriesAt] ?? '–')
      const line = lines.get(label) ?? new Map<number, number | null>()
      lines.set(label, line)
      line.set(x, numberOf(row[yAt] ?? null))
    }
  }
  const kind = answer.columns[yAts[0] ?? -1]?.kind ?? 'number'
  const counts = kind === 'count'
  const series = Array.from(lines, ([label, line]) => ({ label, points: pointsOf(line) })).sort(byLife)
  return {
    stepMs: isTime ? stepOf(series, spec.x) : 0,
    series: fillGaps(mergeSmall(series), { counts, isTime, size: categories?.length ?? 0 }),
    ...{ categories, kind, categoryKind: answer.columns[xAt]?.kind ?? 'text' }
  }
}

/** Epoch ms of seconds, ms, or a date as SQL prints it (taken as UTC, as the service's dates are). */
export function momentOf(text: string): number | undefined {
  const number = Number(text)
  if (text !== '' && Number.isFinite(number)) return Math.abs(number) < 1e11 ? number * 1_000 : number
  const [, day, time = '00:00:00'] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?/.exec(text) ?? []
  const parsed = day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`)
  return Number.isNaN(parsed) ? undefined : parsed
}

const STATES = ['Pending', 'Created', 'Starting', 'Running', 'Stopping', 'Stopped', 'Deleted']

/** States in the order of a life; everything else as it came. */
function byLife(a: Series, b: Series): number {
  const [left, right] = [STATES.indexOf(a.label), STATES.indexOf(b.label)]
  return left < 0 || right < 0 ? 0 : left - right
}

function pointsOf(line: ReadonlyMap<number, number | null>): Point[] {
  return Array.from(line, ([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x)
}

function mergeSmall(series: readonly Series[]): readonly Series[] {
  if (series.length <= MAX_SERIES) return series
  const total = ({ points }: Series): number => points.reduce((sum, { y }) => sum + (y ?? 0), 0)
  const bySize = [...series].sort((a, b) => total(b) - total(a))
  const rest = new Map<number, number>()
  for (const { points } of bySize.slice(MAX_SERIES - 1)) {
    for (const { x, y } of points) rest.set(x, (rest.get(x) ?? 0) + (y ?? 0))
  }
  return [...bySize.slice(0, MAX_SERIES - 1), { label: '…', points: pointsOf(rest) }]
}

/**
 * Where a query counts by regular steps of time, a step without a row counted nothing: 0. Other values have a gap there.
 */
function fillGaps(
  series: readonly Series[],
  { counts, isTime, size }: { counts: boolean; isTime: boolean; size: number }
): readonly Series[] {
  const places = isTime ? regularPlaces(series) : Array.from({ length: size }, (_, place) => place)
  if (places === undefined) return series
  return series.map(({ label, points }) => {
    const known = new Map(points.map(({ x, y }) => [x, y]))
    return { label, points: places.map((x) => ({ x, y: known.get(x) ?? (counts && !known.has(x) ? 0 : null) })) }
  })
}

/** Every step from the first moment to the last; undefined when they are not steps of one length. */
function regularPlaces(series: readonly Series[]): number[] | undefined {
  const moments = momentsOf(series)
  const step = regularStep(moments)
  const [first = 0, last = 0] = [moments[0], moments.at(-1)]
  const count = (last - first) / step + 1
  if (step === 0 || count > MAX_FILLED) return undefined
  return Array.from({ length: count }, (_, index) => first + index * step)
}

function momentsOf(series: readonly Series[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
}

/** 0 where moments are not steps of one length, a second or more. */
function regularStep(moments: readonly number[]): number {
  const [first = 0] = moments
  const step = Math.min(...moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0)))
  if (!Number.isFinite(step) || step < 1_000) return 0
  return moments.every((moment) => (moment - first) % step === 0) ? step : 0
}

/** A single point has no step but for what its axis is called by: `day`, `hour`. */
function stepOf(series: readonly Series[], axis: string): number {
  const named = /(^|_)day(_|$)/.test(axis) ? 86_400_000 : /(^|_)hour(_|$)/.test(axis) ? 3_600_000 : 0
  return Math.max(regularStep(momentsOf(series)), named)
}

function numberOf(text: string | null): number | null {
  if (text === null || text === '') return null
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

function titleOf(title: Bilingual | undefined, language: Language): string {
  return title?.[language] ?? ''
}
