import { createHash } from 'node:crypto'
import type { Instance } from '../cloud/compute.ts'
import { auditRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'

/**
 * The record of an instance as it is now. Its `event_key` holds a digest of what it tells, so that the same snapshot, taken
 * twice or by two replicas, is one, and a changed one is another.
 *
 * @param accountId the owner, as an event told; ECS itself does not
 */
export function snapshotRecord(instance: Instance, accountId: string, nowMs: number): LogRecord {
  const facts = {
    region_id: instance.regionId,
    account_id: accountId,
    instance_id: instance.instanceId,
    instance_name: instance.name,
    instance_type: instance.instanceType,
    zone_id: instance.zoneId,
    vpc_id: instance.vpcId,
    private_ip: instance.privateIps.join(','),
    public_ip: instance.publicIps.join(','),
    spot_strategy: instance.spotStrategy,
    charge_type: instance.chargeType,
    tags: tagsText(instance.tags),
    created_ms: instance.createdMs,
    image_id: instance.imageId,
    resource_group_id: instance.resourceGroupId
  }
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
  return auditRecord('instance', nowMs, nowMs, {
    ...facts,
    event_key: `instance/${instance.instanceId}/${digest}`,
    event_time: new Date(nowMs).toISOString(),
    event_ms: nowMs,
    state: instance.status
  })
}

/** A JSON object with sorted keys; '' for none. */
function tagsText(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries))
}
