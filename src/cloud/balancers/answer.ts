import { isObject } from '../../lib/is-object.ts'
import type { Fault, FaultClass } from '../fault.ts'

/** A JSON object as a service wrote it. */
export type Answer = Readonly<Record<string, unknown>>

/** A text; '' where there is none. */
export function textOf(answer: Answer, name: string): string {
  const value = answer[name]
  return typeof value === 'string' ? value : ''
}

/** A whole number, also one written as a text; undefined where there is none. */
export function numberOf(answer: Answer, name: string): number | undefined {
  const value = answer[name]
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** A list of texts; others in it are passed over. */
export function textsOf(answer: Answer, name: string): string[] {
  const value = answer[name]
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : []
}

/**
 * The objects of a list, found by its path; CLB wraps each list once more (`BackendServers.BackendServer`). The services
 * leave empty lists out, but not the wrapping, and not without saying a TotalCount of 0.
 *
 * @returns undefined for what cannot be read as one
 */
export function rowsOf(answer: Answer, path: readonly [string, string?]): readonly Answer[] | undefined {
  const [outer, inner] = path
  const value = answer[outer] ?? undefined
  if (value === undefined) return answer['TotalCount'] === 0 ? [] : undefined
  const list = inner === undefined ? value : isObject(value) ? (value[inner] ?? []) : undefined
  return Array.isArray(list) && list.every(isObject) ? list : undefined
}

/** Reads every row; undefined as soon as one cannot be read: it may be the one that matters. */
export function readAll<Row>(
  rows: readonly Answer[] | undefined,
  read: (row: Answer) => Row | undefined
): Row[] | undefined {
  if (rows === undefined) return undefined
  const all: Row[] = []
  for (const row of rows) {
    const value = read(row)
    if (value === undefined) return undefined
    all.push(value)
  }
  return all
}

/** A fault that no service told. */
export function ownFault(faultClass: FaultClass, code: string, message: string): Fault {
  return { class: faultClass, code, status: 0, message, requestId: '' }
}
