/** Deeper nesting than any event has, and far less than what overflows the stack when it is written out again. */
const MAX_DEPTH = 500
/** The most characters that a text field keeps. */
const MAX_TEXT = 1_024

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'too-deep' }

/**
 * Parses JSON without throwing. Integers that a number can't hold exactly become texts: account ids have 16 to 19
 * digits, and some producers send them as numbers.
 */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text)
    if (isTooDeep(text)) return { kind: 'too-deep' }
    return { kind: 'value', value: LONG_INTEGER.test(text) ? JSON.parse(quoteUnsafeIntegers(text)) : value }
  } catch {
    return { kind: 'not-json' }
  }
}

/** The value when it is an object and no array; otherwise undefined. */
export function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

/** The object itself or the one that a JSON text holds: several producers send nested parts either way. */
export function asObjectOrJsonText(value: unknown): object | undefined {
  if (typeof value !== 'string') return asObject(value)
  const parsed = parseJson(value)
  return parsed.kind === 'value' ? asObject(parsed.value) : undefined
}

/** A text or number as a text of at most 1,024 characters; '' for everything else. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value.length <= MAX_TEXT ? value : cut(value)
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}

/** @param text valid JSON */
function isTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false // each level takes two brackets
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}

/** Cheap: tells almost all texts without one. A hit may still be inside a string. */
const LONG_INTEGER = /[:[,]\s*-?\d{16}/
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** @param text valid JSON */
function quoteUnsafeIntegers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) => {
    const unsafe = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
    return unsafe ? `"${token}"` : token
  })
}

function cut(text: string): string {
  const last = text.charCodeAt(MAX_TEXT - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? MAX_TEXT - 1 : MAX_TEXT)
}
