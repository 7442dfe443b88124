import { FIELDS, type Field } from './fields.ts'

/** One field of an index as SLS's CreateIndex takes it. */
export interface IndexKey {
  readonly type: 'text' | 'long' | 'json'
  readonly doc_value: true
  readonly caseSensitive?: false
  readonly chn?: false
  readonly token?: readonly string[]
  readonly index_all?: true
  readonly max_depth?: number
}

/** Body of SLS's CreateIndex and UpdateIndex (which replaces the whole configuration). */
export interface IndexConfiguration {
  readonly line: { readonly token: readonly string[]; readonly caseSensitive: false; readonly chn: false }
  readonly keys: Readonly<Record<string, IndexKey>>
  /** Bytes of a text value that SQL sees; the most that the service offers. */
  readonly max_text_len: number
  readonly log_reduce: false
}

/** Parts text into words; the characters that the SLS console proposes. `-`, `.` and `_` stay inside ids and addresses. */
const WORD_BREAKS = [...`, '";=()[]{}?&<>/:\n\t\r`]

/** The index that every query relies on: all of `FIELDS` with statistics on, and full text over the whole log. */
export function indexConfiguration(): IndexConfiguration {
  return {
    line: { token: WORD_BREAKS, caseSensitive: false, chn: false },
    keys: Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, indexKey(field)])),
    max_text_len: 16_384,
    log_reduce: false
  }
}

function indexKey({ type, words }: Field): IndexKey {
  switch (type) {
    case 'long':
      return { type, doc_value: true }
    case 'json':
      return { ...textKey(words), type, index_all: true, max_depth: 4 }
    case 'text':
      return textKey(words)
  }
}

function textKey(words: boolean): IndexKey {
  return { type: 'text', doc_value: true, caseSensitive: false, chn: false, token: words ? WORD_BREAKS : [] }
}
