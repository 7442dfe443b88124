import { loadCatalogue } from '../../../src/audit/catalogue.ts'
import type { SlsReader } from '../../../src/logstore/sls-reader.ts'
import { type AuditStore, openAuditStore } from './audit-store.ts'
import { difference, type ExpectedRow } from './compare.ts'
import { type Arrival, LATEST_MS, logOf, type StoredRecord, VARIANTS, type Variant } from './log-variants.ts'

/** A test of the large histories takes no longer, ms. */
export const PATIENCE_MS = 600_000

/** One question, asked with some parameters, and the rows that are its true answer: of the log that is asked, where that makes them true. */
export interface TrueAnswer {
  readonly question: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly rows: readonly ExpectedRow[] | ((log: readonly StoredRecord[]) => readonly ExpectedRow[])
}

/** One history in the logstore, in every variant. */
export interface Proof {
  /** Asks every variant. @returns what differs first from the truth, which must not be empty, by variant; empty when nothing does */
  differences(answer: TrueAnswer): Promise<Partial<Record<Variant, string>>>
  close(): Promise<void>
}

/** @param history what arrives, and the span in which it happened, epoch ms */
export async function openProof(history: {
  readonly arrivals: readonly Arrival[]
  readonly fromMs: number
  readonly untilMs: number
  readonly seed: number
}): Promise<Proof> {
  const catalogue = loadCatalogue()
  const store = await openAuditStore()
  const logs = VARIANTS.map((variant) => ({ variant, log: logOf(history.arrivals, variant, history.seed) }))
  const readers = await storeAll(store, logs)
  const span = { fromMs: history.fromMs, untilMs: history.untilMs + LATEST_MS }
  return {
    differences: async ({ question: name, rows, parameters = {} }) => {
      const question = catalogue.get(name)
      if (question === undefined) throw new Error(`There is no question ${name}`)
      const found: Partial<Record<Variant, string>> = {}
      for (const { variant, log, reader } of readers) {
        const expected = typeof rows === 'function' ? rows(log) : rows
        const asked = { question, parameters, ...span }
        const differs = expected.length === 0 ? 'there is nothing to tell' : await difference(reader, asked, expected)
        if (differs !== '') found[variant] = differs
      }
      return found
    },
    close: () => store.close()
  }
}

interface KeptLog {
  readonly variant: Variant
  readonly log: readonly StoredRecord[]
  readonly reader: SlsReader
}

async function storeAll(store: AuditStore, logs: ReadonlyArray<Omit<KeptLog, 'reader'>>): Promise<KeptLog[]> {
  const kept: KeptLog[] = []
  for (const each of logs) kept.push({ ...each, reader: await store.keep(each.log) })
  return kept
}
