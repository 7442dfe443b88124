import { auditRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import { snapshotRecord } from '../snapshots/snapshot-record.ts'
import type { Finding } from './compare-states.ts'

/**
 * The records that close a gap of the log, marked by the envelope `reconciled`: the change of state that was missed, at the
 * time when it was found, because nobody knows when it happened; and what an instance is while it still exists.
 */
export function reconciledRecords(finding: Finding, nowMs: number): LogRecord[] {
  const { instanceId, regionId, accountId, actual, instance, loggedMs, difference } = finding
  const state = actual === '' ? 'Deleted' : actual
  const change = auditRecord('event', nowMs, nowMs, {
    // The same gap, closed twice, is one happening.
    event_key: `reconciled/${instanceId}/${loggedMs}/${state}`,
    event_name: 'Instance:StateChange',
    event_time: new Date(nowMs).toISOString(),
    event_ms: nowMs,
    product: 'ECS',
    level: 'INFO',
    status: 'Normal',
    region_id: regionId,
    account_id: accountId,
    instance_id: instanceId,
    state,
    content: JSON.stringify({ resourceId: instanceId, resourceType: 'ALIYUN::ECS::Instance', state }),
    envelope: 'reconciled',
    received_ms: nowMs,
    reason: difference
  })
  return instance === undefined ? [change] : [change, snapshotRecord(instance, accountId, nowMs)]
}
