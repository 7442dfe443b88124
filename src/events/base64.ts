import { isUtf8 } from 'node:buffer'

export type Base64Text =
  | { readonly kind: 'text'; readonly text: string }
  /** A character outside the alphabets, or a length that base64 can't have. */
  | { readonly kind: 'not-base64' }
  /** Base64, but not of UTF-8. */
  | { readonly kind: 'not-text' }

/**
 * Decodes base64 strictly: standard and URL-safe alphabet (RFC 4648, 4 and 5), padding may be missing, blanks and line
 * breaks may stand anywhere.
 */
export function decodeBase64(text: string): Base64Text {
  // Of a character above 0xff Node decodes the low byte alone, which may be in the alphabet.
  if (Buffer.byteLength(text) !== text.length) return { kind: 'not-base64' }
  let bytes = Buffer.from(text, 'base64')
  // Node skips what is not in the alphabet and says nothing; fewer bytes than the length promises give it away.
  if (bytes.length !== decodedLength(text)) {
    const compact = text.replace(/[ \t\r\n]+/g, '')
    bytes = Buffer.from(compact, 'base64')
    if (bytes.length !== decodedLength(compact)) return { kind: 'not-base64' }
  }
  return isUtf8(bytes) ? { kind: 'text', text: bytes.toString('utf8') } : { kind: 'not-text' }
}

/** Bytes that a text of base64 characters alone decodes to; -1 when no base64 has its length. */
function decodedLength(text: string): number {
  let digits = text.length
  if (text.endsWith('=')) digits -= text.endsWith('==') ? 2 : 1
  if (digits % 4 === 1) return -1
  return Math.floor((digits * 3) / 4)
}
