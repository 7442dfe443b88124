import { reasonMeaning } from '../actions/reason-meaning.ts'
import { describeEvent } from '../events/event-catalogue.ts'
import { isCreation } from '../events/instance-state.ts'
import type { InstanceLife, InstanceRecord, RecordFamily, StateSpan } from './answers.ts'
import type { RecordRow } from './instance-records.ts'

type Life = Pick<InstanceLife, 'regionId' | 'accountId' | 'createdMs' | 'releasedMs' | 'states' | 'records'>

/**
 * The life of an instance from its records: its states from creation to release with their durations, and every other
 * happening beside them. The order in which the records came does not matter.
 *
 * @param rows one for each happening
 */
export function instanceLife(instanceId: string, rows: readonly RecordRow[]): Life {
  const records = rows.map((row) => readRecord(instanceId, row)).sort(byTime)
  const states = stateSpans(records)
  const own = rows.find((row) => row.instance_id === instanceId && row.region_id !== '')
  const first = states[0]
  const last = states.at(-1)
  const lasted = new Map(states.map((span) => [span.fromMs, span]))
  return {
    regionId: own?.region_id ?? '',
    accountId: own?.account_id ?? '',
    createdMs: first !== undefined && isCreation(first.state) ? first.fromMs : undefined,
    releasedMs: last?.state === 'Deleted' ? last.fromMs : undefined,
    states,
    records: records.map((record) => withDuration(record, lasted))
  }
}

/** Equal states in a row are one; nothing comes after the release. */
function stateSpans(records: readonly InstanceRecord[]): StateSpan[] {
  const spans: Array<{ state: string; fromMs: number; toMs: number | undefined }> = []
  for (const { family, atMs, state } of records) {
    const last = spans.at(-1)
    if (family !== 'state' || atMs === undefined || last?.state === state || last?.state === 'Deleted') continue
    if (last !== undefined) last.toMs = atMs
    spans.push({ state, fromMs: atMs, toMs: undefined })
  }
  return spans
}

function withDuration(record: InstanceRecord, lasted: ReadonlyMap<number, StateSpan>): InstanceRecord {
  const span = record.atMs === undefined ? undefined : lasted.get(record.atMs)
  if (record.family !== 'state' || span?.state !== record.state || span.toMs === undefined) return record
  return { ...record, lastedMs: span.toMs - span.fromMs }
}

function readRecord(instanceId: string, row: RecordRow): InstanceRecord {
  const isAction = row.kind === 'action'
  const family = isAction ? 'action' : eventFamily(row)
  return {
    key: row.event_key,
    family,
    atMs: numberOf(row.at_ms),
    name: isAction ? row.action : row.event_name,
    meaning: isAction ? '' : (describeEvent(row.event_name)?.title ?? ''),
    level: row.level,
    status: row.status,
    state: row.state,
    lastedMs: undefined,
    group: isAction ? `${row.action}/${row.caused_by}` : maintenanceId(row.content),
    step: row.step,
    decision: row.decision,
    reason: row.reason,
    reasonMeaning: isAction ? reasonMeaning(row.action, row.reason) : '',
    detail: row.detail,
    target: row.target,
    attempt: numberOf(row.attempt),
    durationMs: numberOf(row.duration_ms),
    marginMs: numberOf(row.deadline_margin_ms),
    lostMs: numberOf(row.lost_ms),
    lagMs: numberOf(row.lag_ms),
    ofInstance: row.instance_id === instanceId ? '' : row.instance_id,
    content: row.content
  }
}

function eventFamily({ event_name: name, state, interruption }: RecordRow): RecordFamily {
  if (state !== '') return 'state'
  if (interruption !== '') return 'notice'
  const family = describeEvent(name)?.family
  return family === 'maintenance' || family === 'failure' || family === 'expiry' ? 'maintenance' : 'event'
}

/** `eventId` of an O&M event: the same from its first announcement to its end (ECS system events, notifications). */
function maintenanceId(content: string): string {
  try {
    const read: unknown = JSON.parse(content)
    const id = typeof read === 'object' && read !== null && 'eventId' in read ? read.eventId : ''
    return typeof id === 'string' ? id : ''
  } catch {
    return ''
  }
}

/** Oldest first; of one moment creation first, release last; what has no time comes at the end. */
function byTime(a: InstanceRecord, b: InstanceRecord): number {
  const at = ({ atMs }: InstanceRecord): number => atMs ?? Number.MAX_SAFE_INTEGER
  return at(a) - at(b) || rank(a) - rank(b) || (a.key < b.key ? -1 : 1)
}

function rank({ family, state }: InstanceRecord): number {
  if (family !== 'state') return 1
  if (isCreation(state)) return 0
  return state === 'Deleted' ? 3 : 2
}

function numberOf(text: string): number | undefined {
  return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text)
}
