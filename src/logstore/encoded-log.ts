import { CONTENT_TAG } from './protobuf.ts'
import type { LogRecord } from './sink.ts'

/** Where an encoded log lies. */
export interface LogRange {
  readonly slab: Buffer
  readonly start: number
  readonly end: number
}

/** A record in the form in which it goes into a LogGroup, its tag and length included. */
export class EncodedLog implements LogRecord {
  readonly topic: string
  readonly timeS: number
  readonly range: LogRange
  readonly eventMs: number | undefined

  constructor(
    times: { readonly topic: string; readonly timeS: number; readonly eventMs: number | undefined },
    range: LogRange
  ) {
    this.topic = times.topic
    this.timeS = times.timeS
    this.eventMs = times.eventMs
    this.range = range
  }

  get bytes(): number {
    return this.range.end - this.range.start
  }

  /** Read back from the bytes: only a refused record is asked for it, and people who want to see one. */
  get fields(): readonly string[] {
    const { slab, start, end } = this.range
    const fields: string[] = []
    // Past the log's tag and length, its time's tag and the time.
    let at = pastVarint(slab, pastVarint(slab, start + 1) + 1)
    while (at < end) {
      at = pastVarint(slab, at + 1)
      for (let part = 0; part < PARTS; part += 1) {
        const from = pastVarint(slab, at + 1)
        const to = from + readVarint(slab, at + 1)
        fields.push(slab.toString('utf8', from, to))
        at = to
      }
    }
    return fields
  }
}

/** A content is a key and a value. */
const PARTS = Object.keys(CONTENT_TAG).length

function pastVarint(bytes: Buffer, start: number): number {
  let at = start
  while ((bytes[at] ?? 0) > 0x7f) at += 1
  return at + 1
}

function readVarint(bytes: Buffer, start: number): number {
  let value = 0
  for (let at = start, factor = 1; ; at += 1, factor *= 0x80) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * factor
    if (byte <= 0x7f) return value
  }
}
