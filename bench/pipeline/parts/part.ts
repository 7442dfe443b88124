import type { Spread } from '../stats.ts'

/** JSON of one event, bytes: as an event subscription sends a state change. */
export const EVENT_BYTES = 789

/** What every part may be told on the command line. */
export interface PartOptions {
  readonly rounds: number
  /** Of each measure: 1 is what docs/performance.md tells of, less is quicker and noisier. */
  readonly scale: number
  readonly print: (line: string) => void
}

/** A part of the benchmark that can be run by itself. */
export interface Part {
  readonly name: string
  readonly summary: string
  /** Part of a run that names no parts. */
  readonly usual: boolean
  /** @returns what `--json` prints of it */
  run(options: PartOptions): Promise<Readonly<Record<string, unknown>>>
}

/** `12,345 (11,000 to 13,000)` */
export function thousands({ median, min, max }: Spread): string {
  const [middle, least, most] = [median, min, max].map((value) => Math.round(value).toLocaleString('en'))
  return `${middle} (${least} to ${most})`
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
