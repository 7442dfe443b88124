import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import type { OperationStatusTold, RestlessLog } from '../support/restless-fleet.ts'
import { ordered } from '../support/rows.ts'
import { begin } from './action-truth.ts'
import { DAY, grouped } from './facts.ts'

const FINAL = ['Executed', 'Avoided', 'Canceled', 'Failed']

/** The questions on maintenance and failures, with their true answers. */
export function maintenanceAnswers(log: RestlessLog): TrueAnswer[] {
  const rows = [...grouped(log.operations, ({ eventId }) => eventId).values()].map(operation)
  const open = rows.filter(({ ended_ms: endedMs }) => endedMs === undefined)
  return [
    { question: 'maintenance', rows: ordered(rows, '-first_ms', 'instance_id', 'operation_id') },
    { question: 'maintenance-open', rows: ordered(open, 'planned_ms', 'first_ms', 'instance_id', 'operation_id') },
    { question: 'chart-maintenance', rows: chart(log, DAY) },
    { question: 'chart-maintenance', parameters: { minutes: '120' }, rows: chart(log, DAY / 12) }
  ]
}

function operation(statuses: readonly OperationStatusTold[]): ExpectedRow {
  const oldestFirst = statuses.toSorted((a, b) => a.toldMs - b.toldMs)
  const [first] = oldestFirst
  const final = oldestFirst.findLast(({ status }) => FINAL.includes(status))
  return {
    ...{ instance_id: first?.instanceId, region_id: first?.regionId, account_id: first?.accountId },
    ...{ operation_id: first?.eventId, event_type: first?.eventType, outcome: (final ?? oldestFirst.at(-1))?.status },
    ...{ first_ms: first?.toldMs, planned_ms: first?.plannedMs, ended_ms: final?.toldMs, events: statuses.length },
    executing_ms: oldestFirst.find(({ status }) => status === 'Executing')?.toldMs
  }
}

function chart({ operations }: RestlessLog, everyMs: number): ExpectedRow[] {
  const points = grouped(operations, ({ toldMs, status }) => `${begin(toldMs, everyMs)} ${status}`)
  const rows = [...points].map(([key, told]) => {
    const [t, status] = key.split(' ')
    return { t: Number(t), status, events: told.length }
  })
  return ordered(rows, 't', 'status')
}
