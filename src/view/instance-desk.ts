import { DAY } from '../config/units.ts'
import type { Clock } from '../lib/clock.ts'
import { cellOf } from '../logstore/sls-reader.ts'
import type { FoundAnswer, InstanceAnswer, InstanceFacts } from './answers.ts'
import { BadRequest } from './bad-request.ts'
import type { TimeWindow } from './chart-range.ts'
import { instanceLife } from './instance-life.ts'
import {
  FACTS,
  factsQuery,
  INSTANCE_ID,
  MAX_RECORDS,
  type RecordRow,
  recordsQuery,
  SEARCH_TEXT,
  searchQuery
} from './instance-records.ts'
import type { LogstoreDesk } from './logstore-desk.ts'

/** The longest that a logstore keeps logs (SLS CreateLogstore, `ttl`), short of for ever. */
const LOOK_BACK_MS = 3_650 * DAY

/** Tells lives of instances, and finds instances. */
export class InstanceDesk {
  readonly #desk: LogstoreDesk
  readonly #clock: Clock

  constructor(desk: LogstoreDesk, clock: Clock) {
    this.#desk = desk
    this.#clock = clock
  }

  /** @throws BadRequest for what is no id */
  async life(instanceId: string, signal: AbortSignal): Promise<InstanceAnswer> {
    if (!INSTANCE_ID.test(instanceId))
      throw new BadRequest('Not the id of an instance: expected one like i-bp1x001demo.')
    const window = this.#everything()
    const [records, facts] = await Promise.all([
      this.#desk.ask(recordsQuery(instanceId), window, signal),
      this.#desk.ask(factsQuery(instanceId), window, signal)
    ])
    if (records.kind === 'failed') return records
    if (facts.kind === 'failed') return facts
    const known = readFacts(facts.rows[0])
    if (records.rows.length === 0 && known.length === 0) return { kind: 'nothing' }
    const life = instanceLife(instanceId, records.rows.map(plainRow))
    return {
      kind: 'life',
      instanceId,
      ...life,
      regionId: life.regionId || (cellOf(facts.rows[0]?.['region_id']) ?? ''),
      accountId: life.accountId || (cellOf(facts.rows[0]?.['account_id']) ?? ''),
      createdMs: life.createdMs ?? createdMs(known),
      facts: known.filter(({ field }) => field !== 'created_ms'),
      nowMs: this.#clock.now(),
      complete: records.complete && facts.complete,
      cut: records.rows.length >= MAX_RECORDS,
      tookMs: Math.max(records.tookMs, facts.tookMs)
    }
  }

  /** @throws BadRequest for a text that can't be looked for */
  async find(text: string, signal: AbortSignal): Promise<FoundAnswer> {
    if (!SEARCH_TEXT.test(text)) throw new BadRequest('Expected 2 to 64 letters, digits and . _ -')
    const outcome = await this.#desk.ask(searchQuery(text), this.#everything(), signal)
    if (outcome.kind === 'failed') return outcome
    return {
      kind: 'found',
      instances: outcome.rows.map((row) => ({
        instanceId: row['instance_id'] ?? '',
        regionId: cellOf(row['region_id']) ?? '',
        state: cellOf(row['state']) ?? '',
        lastMs: Number(cellOf(row['last_ms'])) || undefined
      }))
    }
  }

  #everything(): TimeWindow {
    const nowMs = this.#clock.now()
    // Logs may be a little ahead of this machine's clock.
    return { fromMs: Math.max(0, nowMs - LOOK_BACK_MS), toMs: nowMs + DAY }
  }
}

function plainRow(row: Readonly<Record<string, string>>): RecordRow {
  const plain = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value) ?? '']))
  return plain as RecordRow
}

function readFacts(row: Readonly<Record<string, string>> | undefined): InstanceFacts {
  return FACTS.map((field) => ({ field, value: cellOf(row?.[field]) ?? '' })).filter(({ value }) => value !== '')
}

function createdMs(facts: InstanceFacts): number | undefined {
  return Number(facts.find(({ field }) => field === 'created_ms')?.value) || undefined
}
