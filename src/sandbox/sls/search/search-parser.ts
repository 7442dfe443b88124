import { SlsError } from '../sls-error.ts'
import { type SearchToken, searchError, searchTokens } from './search-lexer.ts'

/** What a search asks for (SLS "Search syntax"). */
export type SearchNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly left: SearchNode; readonly right: SearchNode }
  | { readonly kind: 'not'; readonly inner: SearchNode }
  /** `key: *` */
  | { readonly kind: 'exists'; readonly key: string }
  | { readonly kind: 'compare'; readonly key: string; readonly operator: CompareOperator; readonly value: number }
  | { readonly kind: 'range'; readonly key: string; readonly from: RangeEnd; readonly to: RangeEnd }
  /** A text to find in a field; without a key in any. */
  | { readonly kind: TextMatch; readonly key: string | undefined; readonly value: string }

/**
 * `words`: every word of the value, in any order; an empty value is an empty field. `phrase`: the words one behind the other
 * as written. `wildcard`: one word in which `*` stands for any letters and `?` for one.
 */
export type TextMatch = 'words' | 'phrase' | 'wildcard'

export type CompareOperator = '>' | '>=' | '<' | '<=' | '='

/** One end of a numeric range, itself included or not. */
export interface RangeEnd {
  readonly value: number
  readonly included: boolean
}

/** SLS "Common errors in queries": the vendor's answer to one more. */
const MAX_CONDITIONS = 30
const MAX_DEPTH = 32
const MAX_WILDCARD_LENGTH = 64

/**
 * Reads a search. `not` binds closest, then `and` (two conditions side by side are one too), then `or`. The vendor's pages
 * disagree whether `not` or `and` binds closer: put parentheses where it matters.
 *
 * @throws SlsError ParameterInvalid, with the place of the mistake
 */
export function parseSearch(search: string): SearchNode {
  const tokens = searchTokens(search)
  if (tokens.length === 1) return { kind: 'all' }
  return new Parser(tokens).parse()
}

class Parser {
  readonly #tokens: readonly SearchToken[]
  #next = 0
  #conditions = 0
  #depth = 0

  constructor(tokens: readonly SearchToken[]) {
    this.#tokens = tokens
  }

  parse(): SearchNode {
    const node = this.#or()
    if (this.#peek().kind !== 'end') throw this.#unexpected()
    if (this.#conditions > MAX_CONDITIONS) {
      throw new SlsError('ParameterInvalid', `condition number ${this.#conditions} is more than ${MAX_CONDITIONS}`)
    }
    requirePhrasesInAnd(node, true)
    return node
  }

  #or(): SearchNode {
    let left = this.#and()
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): SearchNode {
    let left = this.#not()
    while (this.#takeWord('and') || this.#startsCondition()) left = { kind: 'and', left, right: this.#not() }
    return left
  }

  #not(): SearchNode {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new SlsError('ParameterInvalid', 'The search is nested too deeply.')
    const node: SearchNode = this.#takeWord('not') ? { kind: 'not', inner: this.#not() } : this.#condition()
    this.#depth -= 1
    return node
  }

  #condition(): SearchNode {
    if (this.#takePunctuation('(')) {
      const inner = this.#or()
      if (!this.#takePunctuation(')')) throw this.#unexpected()
      return inner
    }
    this.#conditions += 1
    if (this.#takeWord('and') || this.#takeWord('or')) throw this.#unexpected()
    const subject = this.#text()
    if (subject.kind === 'phrase') return textNode(undefined, subject)
    if (this.#takePunctuation(':')) return this.#fieldCondition(subject.text)
    for (const operator of ['>=', '<=', '>', '<', '='] as const) {
      if (this.#takePunctuation(operator)) {
        return { kind: 'compare', key: subject.text, operator, value: numberOf(this.#text()) }
      }
    }
    const range = this.#peek()
    if (range.kind === 'range') {
      this.#next += 1
      return rangeNode(subject.text, range)
    }
    if (subject.kind === 'word' && subject.text === '*') return { kind: 'all' }
    return textNode(undefined, subject)
  }

  #fieldCondition(key: string): SearchNode {
    const value = this.#text()
    return value.kind === 'word' && value.text === '*' ? { kind: 'exists', key } : textNode(key, value)
  }

  #text(): SearchToken {
    const token = this.#peek()
    if (token.kind !== 'word' && token.kind !== 'quoted' && token.kind !== 'phrase') throw this.#unexpected()
    this.#next += 1
    return token
  }

  #startsCondition(): boolean {
    const { kind, text } = this.#peek()
    if (kind === 'word') return text.toLowerCase() !== 'or'
    return kind === 'quoted' || kind === 'phrase' || text === '('
  }

  #takeWord(keyword: string): boolean {
    const { kind, text } = this.#peek()
    const taken = kind === 'word' && text.toLowerCase() === keyword
    if (taken) this.#next += 1
    return taken
  }

  #takePunctuation(wanted: string): boolean {
    const { kind, text } = this.#peek()
    const taken = kind === 'punctuation' && text === wanted
    if (taken) this.#next += 1
    return taken
  }

  #peek(): SearchToken {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 0 }
  }

  #unexpected(): SlsError {
    const { text, at } = this.#peek()
    return searchError(text, at)
  }
}

function textNode(key: string | undefined, { kind, text }: SearchToken): SearchNode {
  if (kind === 'phrase') return { kind: 'phrase', key, value: text }
  if (kind !== 'word' || !/[*?]/.test(text)) return { kind: 'words', key, value: text }
  if (/^[*?]/.test(text)) {
    throw new SlsError('ParameterInvalid', 'only support * or ? in the middle or end of the query')
  }
  if (text.length > MAX_WILDCARD_LENGTH) {
    throw new SlsError('ParameterInvalid', `a fuzzy keyword may have ${MAX_WILDCARD_LENGTH} characters`)
  }
  return { kind: 'wildcard', key, value: text }
}

function rangeNode(key: string, token: SearchToken): SearchNode {
  const [, open, from = '', to = '', close] = /^in\s*(\[|\()\s*(\S+)\s+([^\s\])]+)\s*(\]|\))$/.exec(token.text) ?? []
  return {
    kind: 'range',
    key,
    from: { value: numberOf({ ...token, text: from }), included: open === '[' },
    to: { value: numberOf({ ...token, text: to }), included: close === ']' }
  }
}

function numberOf({ text, at }: SearchToken): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw searchError(text, at)
  return value
}

/** SLS "Phrase search": a phrase may be joined to other conditions by `and` only. */
function requirePhrasesInAnd(node: SearchNode, allowed: boolean): void {
  if (node.kind === 'phrase' && !allowed) {
    throw new SlsError('ParameterInvalid', 'A phrase search cannot be used with or, not.')
  }
  if (node.kind === 'not') requirePhrasesInAnd(node.inner, false)
  if (node.kind === 'and' || node.kind === 'or') {
    requirePhrasesInAnd(node.left, allowed && node.kind === 'and')
    requirePhrasesInAnd(node.right, allowed && node.kind === 'and')
  }
}
