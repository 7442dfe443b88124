import { isUtf8 } from 'node:buffer'
import { startsWith } from '../lib/bytes.ts'
import { isDigit, PlainTokens } from './plain-tokens.ts'

/** A field that is looked at. */
export interface LeanField {
  readonly name: string
  /** Mostly the same in all events: the text of the last one serves, where it fits, instead of one more. */
  readonly repeats?: boolean
}

/** What a scan looks for: fields of the message, and fields of the object in its field `content`. */
export interface LeanFields {
  readonly message: readonly LeanField[]
  readonly content: readonly LeanField[]
  /** Fields that make the message one for the full parser. */
  readonly refused: readonly string[]
}

interface Known {
  readonly name: Buffer
  /** Place among the values, or what else to do with it. */
  readonly index: number
  readonly repeats: boolean
  last: string
}

const REFUSED = -1
const CONTENT = -2

/** Deeper nesting is left to the full parser. */
const MAX_DEPTH = 8
/** More names in objects that are open are left to it, too. */
const MAX_NAMES = 256
/** The longest text that is kept for the next message. */
const MAX_REPEATED = 64

/**
 * Reads a message of the plainest form right off its bytes: a JSON object of texts without escapes and of plain numbers, with an
 * object `content` in which no blanks stand. Makes texts only of the fields that are looked at. Whatever else it meets, it
 * gives up, and the full parser reads the message: what both can read they read the same.
 *
 * Nearly all events have this form. Decoding takes a little over half of the time that it takes by `JSON.parse` (7.4 instead of
 * 13.3 us, measured on a busy machine), since neither the whole text nor most values are made, nor `content` written out again.
 */
export class LeanJson {
  /** Of the last message, in the order of the fields; undefined for those that it has not. */
  readonly message: Array<string | undefined>
  readonly content: Array<string | undefined>
  /** The JSON of `content`, undefined without one. */
  contentText: string | undefined
  readonly #messageFields: ReadonlyMap<number, Known>
  readonly #contentFields: ReadonlyMap<number, Known>
  readonly #tokens = new PlainTokens()
  /** Hashes of the names in the objects that are open. */
  readonly #names = new Int32Array(MAX_NAMES)
  #named = 0

  constructor({ message, content, refused }: LeanFields) {
    this.message = message.map(() => undefined)
    this.content = content.map(() => undefined)
    const special = [...refused.map((name) => knownField({ name }, REFUSED)), knownField({ name: 'content' }, CONTENT)]
    this.#messageFields = byHash([...message.map(knownField), ...special])
    this.#contentFields = byHash(content.map(knownField))
  }

  /**
   * @param bytes with room for one byte behind the text, which is overwritten
   * @returns false for a message that the full parser must read
   */
  read(bytes: Buffer, length: number): boolean {
    const tokens = this.#tokens
    tokens.begin(bytes, length)
    this.#named = 0
    this.message.fill(undefined)
    this.content.fill(undefined)
    this.contentText = undefined
    return this.#readMessage() && tokens.at === length && (tokens.bits < 0x80 || isUtf8(bytes.subarray(0, length)))
  }

  #readMessage(): boolean {
    const tokens = this.#tokens
    if (!tokens.takes(OPEN)) return false
    do {
      tokens.skipBlanks()
      if (!tokens.name()) return false
      const field = this.#find(this.#messageFields)
      tokens.skipBlanks()
      if (!tokens.takes(COLON)) return false
      tokens.skipBlanks()
      if (!this.#messageValue(field)) return false
      tokens.skipBlanks()
    } while (tokens.takes(COMMA))
    return tokens.takes(CLOSE)
  }

  #messageValue(field: Known | undefined): boolean {
    const tokens = this.#tokens
    if (field === undefined) return tokens.text() || tokens.plainValue()
    if (field.index === CONTENT) return this.#contentValue()
    if (field.index === REFUSED || !tokens.text()) return false
    this.message[field.index] = this.#textOf(field)
    return true
  }

  #contentValue(): boolean {
    const tokens = this.#tokens
    const start = tokens.at
    if (this.contentText !== undefined || !this.#object(0)) return false
    this.contentText = tokens.bytes.toString(tokens.bits < 0x80 ? 'latin1' : 'utf8', start, tokens.at)
    return true
  }

  /** As `JSON.stringify` would write it: no blanks, no name twice, no name that is a number (those are put in order). */
  #object(depth: number): boolean {
    const tokens = this.#tokens
    if (depth > MAX_DEPTH || !tokens.takes(OPEN)) return false
    if (tokens.takes(CLOSE)) return true
    const first = this.#named
    do {
      if (!tokens.name() || isDigit(tokens.bytes[tokens.from]) || !this.#isNew(tokens.hash, first)) return false
      const field = depth === 0 ? this.#find(this.#contentFields) : undefined
      if (!tokens.takes(COLON)) return false
      if (tokens.text()) {
        if (field !== undefined) this.content[field.index] = this.#textOf(field)
      } else if (field !== undefined || !(tokens.plainValue() || this.#object(depth + 1))) return false
    } while (tokens.takes(COMMA))
    this.#named = first
    return tokens.takes(CLOSE)
  }

  /** Takes note of a name. @returns false when one since `first` has its hash, or there is no room for more */
  #isNew(hash: number, first: number): boolean {
    const names = this.#names
    for (let at = first; at < this.#named; at += 1) if (names[at] === hash) return false
    names[this.#named] = hash
    this.#named += 1
    return this.#named < MAX_NAMES
  }

  #find(fields: ReadonlyMap<number, Known>): Known | undefined {
    const tokens = this.#tokens
    const field = fields.get(tokens.hash)
    const same = field?.name.length === tokens.to - tokens.from && startsWith(tokens.bytes, field.name, tokens.from)
    return same ? field : undefined
  }

  #textOf(field: Known): string {
    const tokens = this.#tokens
    if (field.repeats && tokens.is(field.last)) return field.last
    const text = tokens.bytes.toString('utf8', tokens.from, tokens.to)
    // Of ASCII alone: one character is one byte, so that `#is` can tell.
    if (field.repeats && tokens.textBits < 0x80 && text.length <= MAX_REPEATED) field.last = text
    return text
  }
}

function knownField({ name, repeats = false }: LeanField, index: number): Known {
  return { name: Buffer.from(name), index, repeats, last: '' }
}

function byHash(fields: readonly Known[]): ReadonlyMap<number, Known> {
  const found = new Map(fields.map((field) => [hashOf(field.name), field]))
  if (found.size < fields.length) throw new Error('Cannot tell two field names apart: they have the same hash')
  return found
}

function hashOf(name: Buffer): number {
  return name.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0)
}

const OPEN = 0x7b
const CLOSE = 0x7d
const COLON = 0x3a
const COMMA = 0x2c
