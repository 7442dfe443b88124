import { pastBlanks, startsWith } from '../lib/bytes.ts'

/** Goes over JSON of the plainest form, byte by byte: see `LeanJson`. What gives up returns false, and is asked nothing more. */
export class PlainTokens {
  /** Ends in a zero, at which no text goes on: nothing here needs to look at the length. */
  bytes: Buffer = Buffer.alloc(1)
  at = 0
  /** The last name or text, without its quotes. */
  from = 0
  to = 0
  /** Of the last name. */
  hash = 0
  /** All bytes of the last text, and of all so far, or-ed: below 0x80 for ASCII alone. */
  textBits = 0
  bits = 0

  /** @param bytes with room for one byte behind the text, which is overwritten */
  begin(bytes: Buffer, length: number): void {
    this.bytes = bytes
    this.at = 0
    this.bits = 0
    bytes[length] = 0
  }

  /** A name, and its hash. */
  name(): boolean {
    const bytes = this.bytes
    let at = this.at
    if (bytes[at] !== QUOTE) return false
    let hash = 0
    for (at += 1; ; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === QUOTE) break
      if (byte < 0x20 || byte >= 0x80 || byte === BACKSLASH) return false
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    this.hash = hash
    this.from = this.at + 1
    this.to = at
    this.at = at + 1
    return true
  }

  /** A text without escapes. */
  text(): boolean {
    const bytes = this.bytes
    let at = this.at
    if (bytes[at] !== QUOTE) return false
    let bits = 0
    for (at += 1; ; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === QUOTE) break
      if (byte < 0x20 || byte === BACKSLASH) return false
      bits |= byte
    }
    this.textBits = bits
    this.bits |= bits
    this.from = this.at + 1
    this.to = at
    this.at = at + 1
    return true
  }

  /** A whole number of at most 15 digits as JavaScript writes it, or a word of JSON. */
  plainValue(): boolean {
    const bytes = this.bytes
    let at = this.at
    if (bytes[at] === MINUS) at += 1
    const first = bytes[at]
    if (!isDigit(first)) return this.#word()
    while (isDigit(bytes[at])) at += 1
    const digits = at - this.at
    const next = bytes[at]
    // A zero in front, a minus zero, a fraction, an exponent.
    if ((first === ZERO && digits > 1) || digits > 15 || next === DOT || next === SMALL_E || next === CAPITAL_E)
      return false
    this.at = at
    return true
  }

  #word(): boolean {
    const word = WORDS.find((each) => startsWith(this.bytes, each, this.at))
    if (word === undefined) return false
    this.at += word.length
    return true
  }

  /** Whether the last text is this one, which is ASCII. */
  is(text: string): boolean {
    const length = this.to - this.from
    if (text.length !== length) return false
    for (let at = 0; at < length; at += 1) if (this.bytes[this.from + at] !== text.charCodeAt(at)) return false
    return true
  }

  /** Goes past a byte, if it is the next. */
  takes(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false
    this.at += 1
    return true
  }

  skipBlanks(): void {
    this.at = pastBlanks(this.bytes, this.at)
  }
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39
}

const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word))
const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const SMALL_E = 0x65
const CAPITAL_E = 0x45
