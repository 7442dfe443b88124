import { z } from 'zod'
import { AuditError } from '../lib/errors.ts'
import { configSchema, queueSchema } from './schema.ts'
import { unwrap } from './unwrap.ts'

/** One thing that is wrong with the configuration. */
export interface Problem {
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** What the problems are of. */
export interface Given {
  /** The options as they were written. */
  readonly written: Readonly<Record<string, unknown>>
  /** The same as the schema sees them: `queue` merged into each of `queues`. */
  readonly whole: unknown
  /** The environment variables that options came from, by the options' paths. */
  readonly variables: ReadonlyMap<string, string>
}

type Path = readonly PropertyKey[]

/** Zod's issues as problems, each by the path at which it was written. */
export function problemsOf(error: z.ZodError, given: Given): Problem[] {
  const single = given.written['queues'] === undefined
  return error.issues.flatMap((issue) => {
    const path = single && issue.path[0] === 'queues' ? ['queue', ...issue.path.slice(2)] : issue.path
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : undefined
    if (keys !== undefined) return keys.map((key) => unknownKey([...path, key], variableText([...path, key], given)))
    const found = `${foundAt(given.whole, issue.path)}${variableText(path, given)}`
    return [{ path: pathText(path), expected: expectation(issue), found }]
  })
}

/** ` in ECS_AUDIT_...` for what an environment variable says: nobody looks for it in the file then. */
function variableText(path: Path, { written, variables }: Given): string {
  const [first, place, ...rest] = path
  // An entry of `queues` that leaves an option out takes that of `queue`.
  const shared = first === 'queues' && rest.length > 0 && valueAt(written, path) === undefined
  const steps = shared ? ['queue', ...rest] : [first, place, ...rest].filter((step) => step !== undefined)
  for (let length = steps.length; length > 0; length--) {
    const variable = variables.get(pathText(steps.slice(0, length)))
    if (variable !== undefined) return ` in ${variable}`
  }
  return ''
}

/** The most problems that are told one by one. */
const MAX_TOLD = 100

/** Where a configuration comes from. */
export interface Origin {
  /** Undefined: there is none at all. */
  readonly source: string | undefined
  /** What to say of it after the problems; '' for nothing. */
  readonly hint: string
}

/** All problems in one error for a person. */
export function reportProblems({ source, hint }: Origin, problems: readonly Problem[]): AuditError {
  const told = problems.slice(0, MAX_TOLD)
  const lines = told.map(({ path, expected, found }) => `  ${path}: expected ${expected}; found ${found}`)
  if (told.length < problems.length) lines.push(`  ... and ${problems.length - told.length} more`)
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const heading =
    source === undefined
      ? 'Cannot find a configuration. It needs:'
      : `Cannot use the configuration from ${source}: ${count}.`
  return new AuditError('config', [heading, ...lines, ...(hint === '' ? [] : [hint])].join('\n'))
}

function unknownKey(path: Path, where: string): Problem {
  const known = knownKeys(path.slice(0, -1))
  const key = String(path.at(-1))
  const near = nearest(key, known)
  const expected = near === undefined ? `one of ${known.join(', ')}` : `${near} (is it this?)`
  return { path: pathText(path), expected, found: `an unknown key${where}` }
}

/** The known name that `name` may be a slip of. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const slips = Math.min(2, name.length / 3)
  const near = known.filter((other) => Math.abs(other.length - name.length) <= slips)
  return near.find((other) => distance(other.toLowerCase(), name.toLowerCase()) <= slips)
}

function knownKeys(path: Path): string[] {
  let schema: z.core.$ZodType = configSchema
  for (const step of path) {
    if (typeof step === 'number') continue
    if (step === 'queue' || step === 'queues') {
      schema = queueSchema
      continue
    }
    const inner: z.core.$ZodType = unwrap(schema)
    const child: z.core.$ZodType | undefined = inner instanceof z.ZodObject ? inner.shape[String(step)] : undefined
    if (child === undefined) return []
    schema = child
  }
  const inner = unwrap(schema)
  const keys = inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
  return path.length === 0 ? ['queue', ...keys] : keys
}

const KINDS: Readonly<Record<string, string>> = { object: 'options below it', array: 'a list', string: 'a text' }

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return KINDS[issue.expected] ?? issue.expected
  }
  return issue.message.replace(/^expected /, '')
}

/** `queues[1].name` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

/** What stands there, cut short; nothing of what may be a secret. */
function foundAt(tree: unknown, path: Path): string {
  if (path[0] === 'credentials') return 'something else'
  const value = valueAt(tree, path)
  if (value === undefined) return 'nothing'
  const text = written(value).replace(/\/\/[^/"]*@/, '//(hidden)@')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function valueAt(tree: unknown, path: Path): unknown {
  let value = tree
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined
  }
  return value
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'something that contains itself'
  }
}

/** Levenshtein distance, for "did you mean". */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
