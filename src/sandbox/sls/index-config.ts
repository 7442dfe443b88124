import { z } from 'zod'
import { SlsError } from './sls-error.ts'

/** How a text is cut into the words that a search compares. */
export interface TextRules {
  /** Characters that part words; none: the whole value is one word. */
  readonly delimiters: readonly string[]
  readonly caseSensitive: boolean
}

/** One searchable field of an index; a JSON key's subfields are fields of their own, named `key.path`. */
export interface IndexedField {
  readonly name: string
  /** The log's key that holds it. */
  readonly key: string
  /** Where it lies inside the key's JSON; undefined: the value itself. */
  readonly path: string | undefined
  readonly type: 'text' | 'long' | 'double' | 'json'
  /** Whether SQL sees it (`doc_value`). */
  readonly analysed: boolean
  /** Its name in SQL. */
  readonly sqlName: string
  readonly text: TextRules
  /** How deep the texts inside a JSON key can be searched although the index does not name them (`index_all`); else 0. */
  readonly depth: number
}

/** An index configuration, resolved. */
export interface IndexConfig {
  /** Full-text index: which keys it covers (`undefined`: all), less the excluded ones. */
  readonly line: { rules: TextRules; include: readonly string[] | undefined; exclude: readonly string[] } | undefined
  readonly fields: ReadonlyMap<string, IndexedField>
  /** SQL sees this many characters of a text, searches see all of it. */
  readonly maxTextLength: number
}

const token = z.array(z.string().length(1))
const keyList = z.array(z.string().min(1))
const textShape = { caseSensitive: z.boolean().default(false), chn: z.boolean().default(false) }
const commonShape = { doc_value: z.boolean().default(false), alias: z.string().default('') }
const numberField = z.object({ type: z.enum(['long', 'double']), ...commonShape })
const textSubfield = z.object({ type: z.literal('text'), ...commonShape })
const keyField = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), token, ...textShape, ...commonShape }),
  numberField,
  z.object({
    type: z.literal('json'),
    token,
    ...textShape,
    ...commonShape,
    index_all: z.boolean().default(false),
    max_depth: z.number().int().default(-1),
    json_keys: z.record(z.string().min(1), z.discriminatedUnion('type', [textSubfield, numberField])).default({})
  })
])
const lineIndex = z
  .object({ token, ...textShape, include_keys: keyList.optional(), exclude_keys: keyList.optional() })
  .refine((line) => line.include_keys === undefined || line.exclude_keys === undefined, {
    error: 'include_keys and exclude_keys exclude each other'
  })
const indexDocument = z
  .object({
    line: lineIndex.optional(),
    keys: z.record(z.string().min(1), keyField).default({}),
    max_text_len: z.number().int().min(64).max(16_384).default(2048)
  })
  .refine((index) => index.line !== undefined || Object.keys(index.keys).length > 0, {
    error: 'at least one of line and keys is required'
  })

const MAX_DOCUMENT_BYTES = 64 * 1024

/**
 * Reads an index document (SLS "CreateIndex"). Members that the service does not know are left aside, as it does.
 *
 * @throws SlsError IndexInfoInvalid, with the path of the first wrong member
 */
export function readIndexConfig(document: unknown): IndexConfig {
  if (JSON.stringify(document ?? null).length > MAX_DOCUMENT_BYTES) {
    throw new SlsError('IndexInfoInvalid', `The index is larger than ${MAX_DOCUMENT_BYTES} bytes.`)
  }
  const parsed = indexDocument.safeParse(document)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new SlsError('IndexInfoInvalid', `index ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
  }
  const { line, keys, max_text_len: maxTextLength } = parsed.data
  return {
    line: line && { rules: textRules(line), include: line.include_keys, exclude: line.exclude_keys ?? [] },
    fields: new Map(Object.entries(keys).flatMap(([key, field]) => indexedFields(key, field))),
    maxTextLength
  }
}

/** Every member that a key of an index has. The service drops others without a word: `docValue` for `doc_value` is lost. */
const KEY_MEMBERS = new Set(keyField.options.flatMap((option) => Object.keys(option.shape)))

/** An index document as GetIndex answers it: as it was sent, less the members of keys that the service does not know. */
export function keptDocument(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { keys } = document
  if (typeof keys !== 'object' || keys === null) return document
  const kept = (key: object) => Object.fromEntries(Object.entries(key).filter(([name]) => KEY_MEMBERS.has(name)))
  return { ...document, keys: Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, kept(key)])) }
}

function indexedFields(key: string, field: z.infer<typeof keyField>): Array<[string, IndexedField]> {
  const text = 'token' in field ? textRules(field) : NO_TEXT
  const own = { name: key, key, path: undefined, type: field.type, analysed: field.doc_value, text }
  const fields: IndexedField[] = [{ ...own, sqlName: field.alias || key, depth: depthOf(field) }]
  if (field.type === 'json') {
    for (const [path, sub] of Object.entries(field.json_keys)) {
      const name = `${key}.${path}`
      const sqlName = sub.alias || name
      fields.push({ name, key, path, type: sub.type, analysed: sub.doc_value, sqlName, text, depth: 0 })
    }
  }
  return fields.map((each) => [each.name, each])
}

function depthOf(field: z.infer<typeof keyField>): number {
  if (field.type !== 'json' || !field.index_all) return 0
  return field.max_depth < 0 ? Number.POSITIVE_INFINITY : field.max_depth
}

const NO_TEXT: TextRules = { delimiters: [], caseSensitive: false }

function textRules(source: { token: string[]; caseSensitive: boolean }): TextRules {
  return { delimiters: source.token, caseSensitive: source.caseSensitive }
}
