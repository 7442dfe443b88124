import { isObject } from '../lib/is-object.ts'
/** One member that is not as wanted; `undefined` for what is not there, or should not be. */
export interface Difference {
  /** `schedule.interval`, `charts.released.display.width`. */
  readonly path: string
  readonly wanted: unknown
  readonly actual: unknown
}

/**
 * In what an actual document falls short of the wanted one. Members that only the actual one has are no difference: the
 * service adds defaults, and people add what they need. A wanted member that is empty, 0 or false may be missing, as
 * services leave such out. Lists must agree item by item; those of charts by their titles.
 */
export function differences(wanted: unknown, actual: unknown, path = ''): Difference[] {
  if (isTitled(wanted) && isTitled(actual)) return differencesByTitle(wanted, actual, path)
  if (Array.isArray(wanted) && Array.isArray(actual)) {
    if (wanted.length !== actual.length) return [{ path, wanted, actual }]
    return wanted.flatMap((item: unknown, at) => differences(item, actual[at], join(path, String(at))))
  }
  if (isObject(wanted) && isObject(actual)) {
    return Object.entries(wanted).flatMap(([key, value]) => differences(value, actual[key], join(path, key)))
  }
  const same = actual === undefined ? isEmpty(wanted) : wanted === actual
  return same ? [] : [{ path, wanted, actual }]
}

/** A difference in one line. Of long texts the place where they part is shown. */
export function describeDifference({ path, wanted, actual }: Difference): string {
  if (typeof wanted === 'string' && typeof actual === 'string') {
    const parts = partingOf(actual, wanted)
    return `${path}: ${quote(actual, parts)} -> ${quote(wanted, parts)}`
  }
  return `${path}: ${brief(actual)} -> ${brief(wanted)}`
}

interface Titled {
  readonly title: string
}

function differencesByTitle(wanted: readonly Titled[], actual: readonly Titled[], path: string): Difference[] {
  const found = new Map(actual.map((item) => [item.title, item]))
  const asked = new Set(wanted.map(({ title }) => title))
  const surplus = actual.filter(({ title }) => !asked.has(title))
  return [
    ...wanted.flatMap((item) => differences(item, found.get(item.title), join(path, item.title))),
    ...surplus.map((item) => ({ path: join(path, item.title), wanted: undefined, actual: item }))
  ]
}

/** A list whose items are told apart by their titles. An empty one is any list. */
function isTitled(value: unknown): value is readonly Titled[] {
  if (!Array.isArray(value)) return false
  const titles = value.map((item: unknown) => (isObject(item) ? item['title'] : undefined))
  return titles.every((title) => typeof title === 'string') && new Set(titles).size === titles.length
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isObject(value)) return Object.values(value).every(isEmpty)
  return value === undefined || value === null || value === '' || value === 0 || value === false
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** Characters of a text that are shown, and how many of them stand before the place that counts. */
const SHOWN = 48
const BEFORE = 12

/** Where two texts part. */
function partingOf(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

function quote(text: string, at: number): string {
  const from = text.length <= SHOWN ? 0 : Math.max(0, Math.min(at - BEFORE, text.length - SHOWN))
  const shown = text.slice(from, from + SHOWN)
  return JSON.stringify(`${from > 0 ? '...' : ''}${shown}${from + SHOWN < text.length ? '...' : ''}`)
}

function brief(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return quote(value, 0)
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`
  return isObject(value) ? '{...}' : JSON.stringify(value)
}
