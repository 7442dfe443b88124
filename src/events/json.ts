import { isObject } from '../lib/is-object.ts'

/** Deeper nesting than any event has, and far less than what overflows the stack when it is written out again. */
const MAX_DEPTH = 500
/** The most characters that a text field keeps. */
const MAX_TEXT = 1_024

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'too-deep' }

/**
 * Parses JSON without throwing. Numbers that JavaScript would round or can't hold become texts: account ids have 16 to 19
 * digits, and some producers send them as numbers.
 */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text)
    const finding = inspect(value, 0)
    if (finding === 'too-deep') return { kind: 'too-deep' }
    return { kind: 'value', value: finding === 'fine' ? value : JSON.parse(quoteUnsafeNumbers(text)) }
  } catch {
    return { kind: 'not-json' }
  }
}

/** The value when it is an object and no array; otherwise undefined. */
export function asObject(value: unknown): object | undefined {
  return isObject(value) ? value : undefined
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

type Finding = 'fine' | 'unsafe-number' | 'too-deep'

/** Walks the value once: much cheaper than any look at its text. */
function inspect(value: unknown, depth: number): Finding {
  if (typeof value === 'number') return isUnsafe(value) ? 'unsafe-number' : 'fine'
  if (typeof value !== 'object' || value === null) return 'fine'
  if (depth === MAX_DEPTH) return 'too-deep'
  let finding: Finding = 'fine'
  // What JSON.parse made has no inherited properties that count; a list of values for each object would be one more to collect.
  for (const key in value) {
    const found = inspect(value[key as keyof typeof value], depth + 1)
    if (found === 'too-deep') return found
    if (found !== 'fine') finding = found
  }
  return finding
}

/** True when the JSON may have said something else: digits are lost, or the number is too large to be one. */
function isUnsafe(value: number): boolean {
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))
}

/** Makes texts of the numbers that would lose digits. @param text valid JSON */
function quoteUnsafeNumbers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"') || !isUnsafe(Number(token))) return token
    const isExponent = Number.isFinite(Number(token)) && !/^-?\d+$/.test(token)
    return isExponent ? token : `"${token}"`
  })
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

function cut(text: string): string {
  const last = text.charCodeAt(MAX_TEXT - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? MAX_TEXT - 1 : MAX_TEXT)
}
