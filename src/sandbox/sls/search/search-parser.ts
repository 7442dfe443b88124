import { type SearchToken, searchError, searchTokens } from './search-lexer.ts'
import { SlsError } from '../sls-error.ts'

/** What a search asks for (SLS "Search syntax"). */
export type SearchNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly left: SearchNode; readonly right: SearchNode }
  | { readonly kind: 'not'; readonly inner: SearchNode }
  /** Words that some field must hold. */
  | { readonly kind: 'text'; readonly value: string }
  /** `key: value`; the value's words must all be in the field. An empty value means an empty field. */
  | { readonly kind: 'match'; readonly key: string; readonly value: string }
  /** `key: *` */
  | { readonly kind: 'exists'; readonly key: string }
  | { readonly kind: 'compare'; readonly key: string; readonly operator: CompareOperator; readonly value: number }

export type CompareOperator = '>' | '>=' | '<' | '<=' | '='

const MAX_CONDITIONS = 128
const MAX_DEPTH = 32

/**
 * Reads a search. `not` binds closest, then `and` (two conditions side by side are one too), then `or`.
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
    if (this.#conditions > MAX_CONDITIONS) {
      throw new SlsError('ParameterInvalid', `A search may hold ${MAX_CONDITIONS} conditions.`)
    }
    if (this.#takeWord('and') || this.#takeWord('or')) throw this.#unexpected()
    const subject = this.#text()
    if (this.#takePunctuation(':')) return this.#fieldCondition(subject.text)
    for (const operator of ['>=', '<=', '>', '<', '='] as const) {
      if (this.#takePunctuation(operator)) {
        return { kind: 'compare', key: subject.text, operator, value: this.#number() }
      }
    }
    if (subject.kind === 'word' && subject.text === '*') return { kind: 'all' }
    return { kind: 'text', value: plainWords(subject) }
  }

  #fieldCondition(key: string): SearchNode {
    const value = this.#text()
    return value.kind === 'word' && value.text === '*'
      ? { kind: 'exists', key }
      : { kind: 'match', key, value: plainWords(value) }
  }

  #number(): number {
    const token = this.#text()
    const value = Number(token.text)
    if (token.text.trim() === '' || !Number.isFinite(value)) throw searchError(token.text, token.at)
    return value
  }

  #text(): SearchToken {
    const token = this.#peek()
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.#unexpected()
    this.#next += 1
    return token
  }

  #startsCondition(): boolean {
    const { kind, text } = this.#peek()
    if (kind === 'word') return text.toLowerCase() !== 'or'
    return kind === 'quoted' || text === '('
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

/** Wildcards and phrases are refused, so that nobody takes an answer without them for the service's. */
function plainWords({ kind, text }: SearchToken): string {
  if (kind === 'word' && /[*?]|^#/.test(text)) {
    throw new SlsError('NotImplemented', `Wildcard and phrase searches are not served by the sandbox yet: ${text}`)
  }
  return text
}
