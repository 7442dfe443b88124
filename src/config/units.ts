import { z } from 'zod'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const KIB = 1_024
export const MIB = 1_024 * KIB

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/
const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|kB|MB)?$/
const SIZE_BYTES = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824, kB: 1_000, MB: 1_000_000 } as const

/** `500ms`, `30s`, `5m`, `2h`, `7d` as milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim())
  if (match === null) return undefined
  return Math.round(Number(match[1]) * DURATION_MS[match[2] as keyof typeof DURATION_MS])
}

/** `512KiB`, `64MiB`, `1000` as bytes; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim())
  if (match === null) return undefined
  return Math.round(Number(match[1]) * SIZE_BYTES[(match[2] ?? 'B') as keyof typeof SIZE_BYTES])
}

/** Milliseconds as the shortest duration text. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= DURATION_MS[unit] && ms % DURATION_MS[unit] === 0) return `${ms / DURATION_MS[unit]}${unit}`
  }
  return `${ms}ms`
}

/** Bytes as the shortest size text. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    if (bytes >= SIZE_BYTES[unit] && bytes % SIZE_BYTES[unit] === 0) return `${bytes / SIZE_BYTES[unit]}${unit}`
  }
  return `${bytes}`
}

interface Range {
  readonly min: number
  readonly max: number
}

/** A duration option; its value is in milliseconds. */
export function duration({ min, max }: Range): z.ZodType<number, string | number> {
  const expected = `a duration from ${formatDuration(min)} to ${formatDuration(max)}, such as 500ms, 30s, 5m or 2h`
  return quantity(parseDuration, { min, max }, expected)
}

/** A size option; its value is in bytes. */
export function size({ min, max }: Range): z.ZodType<number, string | number> {
  const expected = `a size from ${formatSize(min)} to ${formatSize(max)}, such as 512KiB or 64MiB`
  return quantity((text) => parseSize(text), { min, max }, expected)
}

function quantity(
  parse: (text: string) => number | undefined,
  { min, max }: Range,
  expected: string
): z.ZodType<number, string | number> {
  return z
    .union([z.string(), z.number()], { error: `expected ${expected}` })
    .transform((value, context) => {
      const amount = parse(String(value))
      if (amount !== undefined && amount >= min && amount <= max) return amount
      context.issues.push({ code: 'custom', input: value, message: `expected ${expected}` })
      return z.NEVER
    })
    .meta({ expected })
}

/** A whole number option. */
export function count({ min, max }: Range): z.ZodType<number, number> {
  const expected = `a whole number from ${min} to ${max}`
  const error = `expected ${expected}`
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ expected })
}
