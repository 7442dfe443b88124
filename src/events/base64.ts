import { isUtf8 } from 'node:buffer'

export type Base64Text =
  | { readonly kind: 'text'; readonly text: string }
  /** A character outside the alphabets, or a length that base64 can't have. */
  | { readonly kind: 'not-base64' }
  /** Base64, but not of UTF-8. */
  | { readonly kind: 'not-text' }

/** The largest message body of MNS is 64 KiB of base64. */
const MAX_QUICK = 65_536

/**
 * What a text decodes to lies here until the next one is decoded: a buffer of its own for each would be one more to collect.
 * With a byte to spare behind the longest.
 */
export const decodedBytes: Buffer = Buffer.allocUnsafeSlow((MAX_QUICK * 3) / 4 + 1)

/**
 * Decodes base64 strictly: standard and URL-safe alphabet (RFC 4648, 4 and 5), padding may be missing, blanks and line
 * breaks may stand anywhere.
 */
export function decodeBase64(text: string): Base64Text {
  // Of a character above 0xff Node decodes the low byte alone, which may be in the alphabet.
  if (Buffer.byteLength(text) !== text.length) return { kind: 'not-base64' }
  const length = writeDecoded(text)
  if (length >= 0) return textOf(decodedBytes, length)
  // Node skips what is not in the alphabet and says nothing; fewer bytes than the length promises give it away.
  const compact = text.replace(/[ \t\r\n]+/g, '')
  const bytes = Buffer.from(compact, 'base64')
  return bytes.length === decodedLength(compact) ? textOf(bytes, bytes.length) : { kind: 'not-base64' }
}

/**
 * Decodes base64 that has no blanks in it to `decodedBytes`.
 *
 * @returns bytes decoded; -1 for everything else
 */
export function decodeQuickly(text: string): number {
  return Buffer.byteLength(text) === text.length ? writeDecoded(text) : -1
}

function writeDecoded(text: string): number {
  if (text.length > MAX_QUICK) return -1
  const length = decodedBytes.write(text, 'base64')
  return length === decodedLength(text) ? length : -1
}

function textOf(bytes: Buffer, length: number): Base64Text {
  const text = bytes.toString('utf8', 0, length)
  // What is not UTF-8 was replaced by U+FFFD; or that is what it said.
  const isText = !text.includes('\ufffd') || isUtf8(bytes.subarray(0, length))
  return isText ? { kind: 'text', text } : { kind: 'not-text' }
}

/** Bytes that a text of base64 characters alone decodes to; -1 when no base64 has its length. */
function decodedLength(text: string): number {
  let digits = text.length
  if (text.endsWith('=')) digits -= text.endsWith('==') ? 2 : 1
  if (digits % 4 === 1) return -1
  return Math.floor((digits * 3) / 4)
}
