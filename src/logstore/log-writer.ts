import { EncodedLog } from './encoded-log.ts'
import { BYTES_PER_UNIT, CONTENT_BYTES, type FieldKey, fieldKey, writeContent } from './log-content.ts'
import { LOG_TAG, LOGS_TAG, varintSize, writeVarint } from './protobuf.ts'
import { SLAB_BYTES, SlabPool } from './slab.ts'

/** A log's tag, its length as far as it is mostly 2 bytes, and its time with tag. */
const HEAD_BYTES = 1 + 2 + 1 + 5
/** Texts longer than this have their bytes counted, so that they waste no slab. */
const MAX_GUESS = 4 * 1024
/** The longest body that is kept in a slab: larger ones would take most of one each. */
const MAX_RAW = 16 * 1024

/**
 * Writes logs as SLS takes them, one after another into shared slabs, each in one pass: what is kept of an event until it is
 * stored is a range of bytes, not its two dozen strings and its body, which the garbage collector would copy twice (a third of
 * its work), and a put is little more than copying ranges. Half surrogate pairs become U+FFFD.
 *
 * Use: `begin`, `text` and `integer` for each content, `end`.
 */
export class LogWriter {
  readonly #pool = new SlabPool()
  #slab = this.#pool.take(SLAB_BYTES)
  #bytes = this.#slab.bytes
  #start = 0
  #at = 0

  /** @param timeS the log's own time, epoch seconds */
  begin(timeS: number): void {
    // From the end of the last one, or of one that was never ended.
    this.#start = this.#at
    this.#reserve(HEAD_BYTES)
    this.#bytes[this.#at + 3] = LOG_TAG.time
    this.#at = writeVarint(this.#bytes, this.#at + 4, timeS)
  }

  /** Contents that are the same in every log, written before: see `constantContents`. */
  constant(contents: Uint8Array): void {
    this.#reserve(contents.length)
    this.#bytes.set(contents, this.#at)
    this.#at += contents.length
  }

  /** A content; one without a value is left out. */
  text(key: FieldKey, value: string | undefined): void {
    if (value !== undefined && value !== '') this.content(key, value)
  }

  /** A content, whatever its value. */
  content(key: FieldKey, value: string): void {
    this.#reserve(key.length + CONTENT_BYTES + roomFor(value))
    this.#at = writeContent(this.#bytes, this.#at, key, value)
  }

  /** An integer in plain digits, which is what the service's `long` index reads; what is no number is left out. */
  integer(key: FieldKey, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return
    this.content(key, Number.isSafeInteger(value) ? String(value) : BigInt(Math.trunc(value)).toString())
  }

  /**
   * @param told the topic, told by the group and not in the log itself, the log's own time, and the event's
   * @param raw the message's body as it was received, kept beside the log
   */
  end(
    told: { readonly topic: string; readonly timeS: number; readonly eventMs?: number | undefined },
    raw = ''
  ): EncodedLog {
    const length = this.#at - this.#start - 3
    const shift = varintSize(length) - 2
    // A log of under 128 bytes, or over 16 KiB: its length does not take 2 bytes.
    if (shift !== 0) {
      this.#reserve(Math.max(shift, 0))
      this.#bytes.copyWithin(this.#start + 3 + shift, this.#start + 3, this.#start + 3 + length)
      this.#at += shift
    }
    this.#bytes[this.#start] = LOGS_TAG
    writeVarint(this.#bytes, this.#start + 1, length)
    const logBytes = this.#at - this.#start
    const rawText = this.#keep(raw) ? undefined : raw
    const place = { slab: this.#slab, start: this.#start, end: this.#start + logBytes, rawEnd: this.#at }
    return new EncodedLog({ topic: told.topic, timeS: told.timeS, eventMs: told.eventMs }, place, rawText)
  }

  /** Writes a body behind its log. @returns false for one that is large or more than ASCII, which must be kept as a text */
  #keep(raw: string): boolean {
    if (raw === '') return true
    if (raw.length > MAX_RAW) return false
    this.#reserve(roomFor(raw))
    const bytes = this.#bytes.write(raw, this.#at)
    // More bytes than characters: not ASCII alone.
    if (bytes !== raw.length) return false
    this.#at += bytes
    return true
  }

  /** Makes room; a log that is begun moves to a new slab when it does not fit. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const begun = this.#at - this.#start
    const slab = this.#pool.take(begun + bytes <= SLAB_BYTES ? SLAB_BYTES : 2 * (begun + bytes))
    this.#bytes.copy(slab.bytes, 0, this.#start, this.#at)
    this.#slab.letGo()
    this.#slab = slab
    this.#bytes = slab.bytes
    this.#start = 0
    this.#at = begun
  }
}

/** Bytes that a text may take. */
function roomFor(text: string): number {
  return text.length <= MAX_GUESS ? BYTES_PER_UNIT * text.length : Buffer.byteLength(text)
}

/** The writer of this process: logs are written whole, one at a time. */
export const logWriter = new LogWriter()

/** A log of any fields: key and value by turns. */
export function encodeLog(topic: string, timeS: number, fields: readonly string[]): EncodedLog {
  logWriter.begin(timeS)
  for (let at = 0; at < fields.length; at += 2) logWriter.content(fieldKey(fields[at] ?? ''), fields[at + 1] ?? '')
  return logWriter.end({ topic, timeS })
}
