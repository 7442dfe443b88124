import { grouped } from '../truth/facts.ts'
import type { StoredRecord } from './log-variants.ts'

/** One stored record, by field. */
export type Fields = Readonly<Record<string, string>>

/** Every record of a log. */
export function fieldsOf(log: readonly StoredRecord[]): Fields[] {
  return log.map(({ record: { fields } }) => {
    const pairs = Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at], fields[2 * at + 1]] as const)
    return Object.fromEntries(pairs)
  })
}

/** Those of one kind. */
export function ofKind(log: readonly StoredRecord[], kind: string): Fields[] {
  return fieldsOf(log).filter((fields) => fields['kind'] === kind)
}

/** Events, test events left out. */
export function realEvents(log: readonly StoredRecord[]): Fields[] {
  return ofKind(log, 'event').filter(({ test }) => test === undefined)
}

/** Records by what they tell of, in the order of storing: the first arrival comes first. */
export function keysOf(records: readonly Fields[]): Map<string, Fields[]> {
  return grouped(records, ({ event_key: key = '' }) => key)
}

/** Of each thing told the record that arrived first. */
export function firstOf(records: readonly Fields[]): Fields[] {
  return [...keysOf(records).values()].flatMap((copies) => copies.slice(0, 1))
}

/** The values of a field of numbers, where there is one. */
export function numbersOf(records: Iterable<Fields>, name: string): number[] {
  return [...records].flatMap((fields) => (fields[name] === undefined ? [] : Number(fields[name])))
}

/** The latest time of an event among them, epoch ms. */
export function newest(records: readonly Fields[]): number | undefined {
  const times = numbersOf(records, 'event_ms')
  return times.length === 0 ? undefined : Math.max(...times)
}

/** The earliest. */
export function oldest(records: readonly Fields[]): number | undefined {
  const times = numbersOf(records, 'event_ms')
  return times.length === 0 ? undefined : Math.min(...times)
}

/** How long each event took to its first arrival, ms. */
export function delaysOf(records: readonly Fields[]): number[] {
  return [...keysOf(records).values()].flatMap((copies) => {
    const delays = numbersOf(copies, 'lag_ms')
    return delays.length === 0 ? [] : Math.min(...delays)
  })
}
