import { AuditError } from '../lib/errors.ts'
import { CONTENT_TAG } from './protobuf.ts'
import type { LogRecord } from './sink.ts'
import type { Slab } from './slab.ts'

/** Where an encoded log lies, and behind it, up to `rawEnd`, the message's body. */
export interface LogPlace {
  readonly slab: Slab
  readonly start: number
  readonly end: number
  readonly rawEnd: number
}

/** A record in the form in which it goes into a LogGroup, its tag and length included. */
export class EncodedLog implements LogRecord {
  readonly topic: string
  readonly timeS: number
  readonly eventMs: number | undefined
  readonly bytes: number
  /** Undefined when it has been let go. */
  #slab: Slab | undefined
  readonly #start: number
  readonly #rawEnd: number
  /** A body that is more than ASCII. */
  readonly #rawText: string | undefined

  constructor(
    told: { readonly topic: string; readonly timeS: number; readonly eventMs: number | undefined },
    place: LogPlace,
    rawText: string | undefined
  ) {
    this.topic = told.topic
    this.timeS = told.timeS
    this.eventMs = told.eventMs
    this.bytes = place.end - place.start
    this.#slab = place.slab
    this.#start = place.start
    this.#rawEnd = place.rawEnd
    this.#rawText = rawText
    place.slab.hold()
  }

  /** Read back from the bytes: only a refused record is asked for it, and people who want to see one. */
  get fields(): readonly string[] {
    const bytes = this.#held()
    const end = this.#start + this.bytes
    const fields: string[] = []
    // Past the log's tag and length, its time's tag and the time.
    let at = pastVarint(bytes, pastVarint(bytes, this.#start + 1) + 1)
    while (at < end) {
      at = pastVarint(bytes, at + 1)
      for (let part = 0; part < PARTS; part += 1) {
        const from = pastVarint(bytes, at + 1)
        const to = from + readVarint(bytes, at + 1)
        fields.push(bytes.toString('utf8', from, to))
        at = to
      }
    }
    return fields
  }

  get raw(): string {
    return this.#rawText ?? this.#held().toString('latin1', this.#start + this.bytes, this.#rawEnd)
  }

  /** @returns where the next one goes */
  copyTo(buffer: Buffer, at: number): number {
    return at + this.#held().copy(buffer, at, this.#start, this.#start + this.bytes)
  }

  /** Its memory may be used anew: it has been stored, and nobody will ask for it again. Idempotent. */
  letGo(): void {
    this.#slab?.letGo()
    this.#slab = undefined
  }

  /** What was let go may hold another record by now, and must never be stored in this one's place. */
  #held(): Buffer {
    if (this.#slab === undefined) throw new AuditError('internal', 'Cannot read a log that has been let go')
    return this.#slab.bytes
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
