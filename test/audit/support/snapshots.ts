import type { FieldValues } from '../../../src/logstore/fields.ts'
import { auditRecord } from '../../../src/logstore/record.ts'
import type { FleetLog, ToldLife } from './fleet-log.ts'
import type { Arrival } from './log-variants.ts'

/** What a snapshot tells of an instance. */
export type SnapshotField =
  | 'region_id'
  | 'account_id'
  | 'instance_name'
  | 'instance_type'
  | 'zone_id'
  | 'vpc_id'
  | 'private_ip'
  | 'public_ip'
  | 'spot_strategy'
  | 'charge_type'
  | 'tags'
  | 'image_id'
  | 'resource_group_id'

/** One look at an instance; what was not known is absent. */
export interface Snapshot {
  readonly atMs: number
  /** As ECS said, which lags. */
  readonly state: string
  /** When the instance was created, epoch ms. */
  readonly createdMs: number
  readonly values: Readonly<Partial<Record<SnapshotField, string>>>
}

/** ECS shows an instance some seconds after its event. */
const AFTER_MS = 15_000

/**
 * The snapshots of a log's instances, by instance: when one first ran and when it ran again, unless it was gone by then.
 * One instance in eight has none at all. The first one often sees an instance half made: another type, no tags yet.
 */
export function snapshotsOf(log: FleetLog): Map<string, readonly Snapshot[]> {
  const lives = [...log.lives.values()].filter((_, index) => index % 8 !== 3)
  const taken = lives.map((life, index): [string, Snapshot[]] => [life.truth.instanceId, take(life, index)])
  return new Map(taken.filter(([, snapshots]) => snapshots.length > 0))
}

function take({ truth, states }: ToldLife, index: number): Snapshot[] {
  const { tags, publicIpAddress, ...profile } = truth
  const releasedMs = states.find(({ state }) => state === 'Deleted')?.atMs ?? Number.POSITIVE_INFINITY
  const known = {
    ...{ region_id: profile.regionId, account_id: profile.accountId, instance_name: profile.instanceName },
    ...{ instance_type: profile.instanceType, zone_id: profile.zoneId, vpc_id: profile.vpcId },
    ...{
      private_ip: `${profile.privateIpAddress},192.168.0.${index % 250}`,
      spot_strategy: profile.spotStrategy,
      charge_type: profile.chargeType
    },
    ...{ image_id: profile.imageId, resource_group_id: profile.resourceGroupId }
  }
  const whole = { ...known, tags: JSON.stringify(tags), ...(publicIpAddress !== '' && { public_ip: publicIpAddress }) }
  const half = { ...known, instance_type: 'ecs.t6-c1m1.large' }
  return states
    .filter(({ state, atMs }) => state === 'Running' && atMs + AFTER_MS < releasedMs)
    .slice(0, 2)
    .map(({ atMs }, at) => {
      const values = at === 0 && index % 2 === 0 ? half : whole
      return { atMs: atMs + AFTER_MS, state: at === 0 ? 'Pending' : 'Running', createdMs: truth.createdMs, values }
    })
}

/** The snapshots as they come to the logstore. */
export function snapshotArrivals(snapshots: ReadonlyMap<string, readonly Snapshot[]>): Arrival[] {
  return [...snapshots].flatMap(([instanceId, taken]) => taken.map((snapshot) => arrivalOf(instanceId, snapshot)))
}

function arrivalOf(instanceId: string, { atMs, state, createdMs, values: texts }: Snapshot): Arrival {
  const values: FieldValues = {
    ...texts,
    ...{ event_key: `instance/${instanceId}/${state}`, event_ms: atMs, instance_id: instanceId, state },
    created_ms: createdMs
  }
  return { atMs, record: (receivedMs) => auditRecord('instance', atMs, receivedMs, values) }
}
