import { isObject } from '../lib/is-object.ts'
import { type IndexKey, indexConfiguration } from '../logstore/index-configuration.ts'
import { type Difference, differences } from './differences.ts'
import type { Comparison, Document, Resource } from './resource.ts'

export interface IndexWish {
  readonly logstore: string
  /** Change the type of a field that somebody has indexed with another one; else that is told, and left alone. */
  readonly changeTypes: boolean
}

/** What GetIndex answers and UpdateIndex does not take. */
const ANSWER_ONLY: readonly string[] = ['index_mode', 'storage', 'ttl', 'lastModifyTime']

/**
 * The logstore's index: every field of a record, each with statistics. An index that is there is widened: keys of others
 * stay, and so does a full-text index.
 */
export function indexResource({ logstore, changeTypes }: IndexWish): Resource {
  const path = `/logstores/${logstore}/index`
  const wanted: Document = { ...indexConfiguration() }
  return {
    kind: 'index',
    name: logstore,
    wanted,
    read: { operation: 'GetIndex', method: 'GET', path, answer: 'json' },
    create: { operation: 'CreateIndex', method: 'POST', path, body: wanted, answer: 'none' },
    update: (actual) => {
      const body = widened(actual, changeTypes)
      return { operation: 'UpdateIndex', method: 'PUT', path, body, answer: 'none' }
    },
    compare: (actual) => compare(actual, changeTypes),
    otherForm: (call) => ({ ...call, body: mapTokens(call.body, (token) => (token.length === 0 ? NO_BREAK : token)) })
  }
}

/**
 * A value that is one term, as a logstore may have it that takes no empty list of delimiters (its pages say neither): it is
 * parted at what no id holds.
 */
const NO_BREAK: readonly string[] = ['\n']

function compare(actual: Document, changeTypes: boolean): Comparison {
  const { keys, line, max_text_len } = indexConfiguration()
  const found = keysOf(actual)
  const changes: Difference[] = []
  const obstacles: string[] = []
  for (const [name, key] of Object.entries(keys)) {
    const there = found[name]
    if (there !== undefined && there['type'] !== key.type && !changeTypes)
      obstacles.push(typeObstacle(name, key, there))
    else changes.push(...differences(key, there, `keys.${name}`))
  }
  if (actual['line'] === undefined) changes.push({ path: 'line', wanted: line, actual: undefined })
  if (textLength(actual) < max_text_len) {
    changes.push({ path: 'max_text_len', wanted: max_text_len, actual: actual['max_text_len'] })
  }
  return { changes, obstacles, remarks: [] }
}

function widened(actual: Document, changeTypes: boolean): Document {
  const { keys, line, max_text_len } = indexConfiguration()
  const found = keysOf(actual)
  const ours = Object.entries(keys).map(([name, key]) => {
    const there = found[name]
    if (there === undefined) return [name, key] as const
    if (there['type'] === key.type) return [name, { ...there, ...key }] as const
    return [name, changeTypes ? key : there] as const
  })
  const kept = Object.fromEntries(Object.entries(actual).filter(([name]) => !ANSWER_ONLY.includes(name)))
  return {
    line,
    ...kept,
    keys: { ...found, ...Object.fromEntries(ours) },
    max_text_len: Math.max(textLength(actual), max_text_len)
  }
}

/** Every list of delimiters in a document, changed. */
function mapTokens(value: unknown, change: (token: readonly unknown[]) => readonly unknown[]): Document {
  const entries = Object.entries(value ?? {}).map(([key, member]: [string, unknown]) => {
    if (key === 'token' && Array.isArray(member)) return [key, change(member)]
    return [key, isObject(member) ? mapTokens(member, change) : member]
  })
  return Object.fromEntries(entries) as Document
}

function typeObstacle(name: string, { type }: IndexKey, there: Document): string {
  return `${name} is indexed as ${String(there['type'])}, the queries need ${type}: "setup --change-types" changes it, for logs that come in from then on`
}

function keysOf({ keys }: Document): Readonly<Record<string, Document>> {
  const whole = (token: readonly unknown[]) => (token.length === 1 && token[0] === NO_BREAK[0] ? [] : token)
  return mapTokens(keys, whole) as Readonly<Record<string, Document>>
}

function textLength({ max_text_len: length }: Document): number {
  return typeof length === 'number' ? length : 0
}
