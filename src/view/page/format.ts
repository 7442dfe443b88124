import type { Bilingual, NumberStyle, Threshold, ValueKind } from '../answers.ts'

/** The page's languages. */
export type Language = keyof Bilingual

export interface FormatOptions {
  readonly language: Language
  /** An IANA name; undefined: the browser's. */
  readonly zone?: string | undefined
}

/** What stands for a missing value. */
const NOTHING = '–'

/** A value as people read it, by the kind of its column: times in the reader's zone, durations in two units. */
export function formatValue(value: string | null, kind: ValueKind, options: FormatOptions): string {
  if (value === null || value === '') return NOTHING
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  switch (kind) {
    case 'time':
      return formatTime(number, options)
    case 'duration':
      return formatDuration(number)
    case 'count':
    case 'number':
      return formatNumber(number, options)
    case 'percent':
      return `${formatNumber(number, options)} %`
    case 'text':
    case 'id':
    case 'json':
      return value
    default: {
      const never: never = kind
      return never
    }
  }
}

/** `2026-11-22 18:30:05`: sorts as it reads, in every language. */
export function formatTime(ms: number, { zone }: FormatOptions, withMs = false): string {
  if (Math.abs(ms) > 8.64e15) return String(ms)
  const parts = Object.fromEntries(
    timeFormat(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value])
  )
  const { year, month, day, hour, minute, second, fractionalSecond } = parts
  return `${year}-${month}-${day} ${hour}:${minute}:${second}${withMs ? `.${fractionalSecond}` : ''}`
}

/** A length of time in its two largest units: `3d 4h`, `12m 5s`, `840 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${Math.round(ms / 100) / 10}s`
  const total = Math.round(ms / 1_000)
  const units: ReadonlyArray<readonly [name: string, amount: number]> = [
    ['d', Math.floor(total / 86_400)],
    ['h', Math.floor(total / 3_600) % 24],
    ['m', Math.floor(total / 60) % 60],
    ['s', total % 60]
  ]
  const first = units.findIndex(([, amount]) => amount > 0)
  return units
    .slice(first, first + 2)
    .filter(([, amount]) => amount > 0)
    .map(([name, amount]) => `${amount}${name}`)
    .join(' ')
}

/** At most three decimals, grouped as the language groups. */
export function formatNumber(value: number, { language }: FormatOptions, decimals?: number): string {
  const options = decimals === undefined ? { maximumFractionDigits: Math.abs(value) < 10 ? 3 : 1 } : fixed(decimals)
  return value.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-US', options)
}

/** A number as its chart wants it (`standardOption.format`); the column's kind where the chart says nothing. */
export function formatStyled(
  value: string | null,
  kind: ValueKind,
  style: NumberStyle,
  options: FormatOptions
): string {
  const number = Number(value)
  if (value === null || value === '' || !Number.isFinite(number)) return formatValue(value, kind, options)
  switch (style.format) {
    case 'KMB':
      return formatCompact(number, options)
    case 'percent':
      return `${formatNumber(number, options, style.decimals)} %`
    case 'percent_decimal':
      return `${formatNumber(number * 100, options, style.decimals)} %`
    case 'ms':
      return formatDuration(number)
    case 's':
      return formatDuration(number * 1_000)
    case 'localtime':
      return formatTime(number < 1e11 ? number * 1_000 : number, options)
    default:
      if (kind === 'time' || kind === 'duration') return formatValue(value, kind, options)
      if (kind === 'percent') return `${formatNumber(number, options, style.decimals)} %`
      return style.decimals === undefined
        ? formatNumber(number, options)
        : formatNumber(number, options, style.decimals)
  }
}

/** The tone of the last threshold that holds; '' for none. */
export function toneOf(value: number, thresholds: readonly Threshold[]): Threshold['tone'] | '' {
  return thresholds.filter(({ rule, value: bound }) => holds(value, rule, bound)).at(-1)?.tone ?? ''
}

function holds(value: number, rule: string, bound: number): boolean {
  switch (rule) {
    case '>=':
      return value >= bound
    case '>':
      return value > bound
    case '<=':
      return value <= bound
    case '<':
      return value < bound
    default:
      return rule.startsWith('=') && value === bound
  }
}

/** `12.3K`, where the number itself would be long: small ones are told exactly. */
function formatCompact(value: number, { language }: FormatOptions): string {
  if (Math.abs(value) < 100_000) return formatNumber(value, { language })
  return value.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-US', { notation: 'compact', maximumFractionDigits: 1 })
}

/** True for kinds that stand to the right in a table. */
export function isNumeric(kind: ValueKind): boolean {
  return kind === 'count' || kind === 'number' || kind === 'percent' || kind === 'duration'
}

function fixed(decimals: number): Intl.NumberFormatOptions {
  const digits = Math.min(Math.max(0, Math.trunc(decimals)), 9)
  return { minimumFractionDigits: digits, maximumFractionDigits: digits }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function timeFormat(zone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(zone ?? '')
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    ...{ fractionalSecondDigits: 3, hourCycle: 'h23' },
    ...(zone !== undefined && { timeZone: zone })
  })
  formats.set(zone ?? '', made)
  return made
}
