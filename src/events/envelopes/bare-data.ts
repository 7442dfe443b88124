import { isInstanceId } from '../instance-id.ts'
import { asText } from '../json.ts'
import type { Reading } from './reading.ts'

/**
 * An event's content alone: an EventBridge rule with Body=JSONPATH and `$.data`. It has no name, time, region or
 * account, so the name is told by the fields that only one event has; like EventBridge's own it has no status suffix.
 */
export function readBareData(data: object): Reading | undefined {
  const name = nameByContent(data)
  if (name === undefined) return undefined
  return {
    envelope: 'bare-data',
    eventId: '',
    identity: '',
    name,
    timeMs: undefined,
    product: 'ECS',
    level: '',
    status: '',
    regionId: '',
    accountId: '',
    resourceArn: '',
    content: data
  }
}

interface BareData {
  readonly resourceId?: unknown
  readonly resourceType?: unknown
  readonly state?: unknown
  readonly instanceId?: unknown
  readonly action?: unknown
  readonly diskId?: unknown
  readonly eventType?: unknown
  readonly eventStatus?: unknown
}

function nameByContent(data: BareData): string | undefined {
  const resourceId = asText(data.resourceId)
  if (resourceId !== '' && asText(data.state) !== '') return stateChangeName(resourceId, asText(data.resourceType))
  const instanceId = asText(data.instanceId)
  // Somebody's own {instanceId, action} must not pass for a notice: only the documented action does.
  if (data.action === 'delete' && isInstanceId(instanceId)) return 'Instance:PreemptibleInstanceInterruption'
  const eventType = asText(data.eventType)
  if (instanceId !== '' && eventType !== '' && asText(data.eventStatus) !== '') return `Instance:${eventType}`
  if (eventType !== '' && has(data, ['diskId', 'ecsInstanceId', 'executeStartTime'])) {
    return eventType === 'Stalled' ? 'Disk:Stalled' : 'Disk:ErrorDetected'
  }
  return SIGNATURES.find(([, keys]) => has(data, keys))?.[0]
}

function stateChangeName(resourceId: string, resourceType: string): string | undefined {
  const kind = /^ALIYUN::ECS::(\w+)$/.exec(resourceType)?.[1]
  if (kind !== undefined) return `${kind}:StateChange`
  return resourceId.startsWith('i-') ? 'Instance:StateChange' : undefined
}

/** Names by the keys that no other event has together (ECS documentation, "Event notifications"). */
const SIGNATURES: ReadonlyArray<readonly [name: string, keys: readonly string[]]> = [
  ['Instance:LiveMigrationAcrossDDH', ['instanceId', 'sourceDedicatedHostId']],
  ['Instance:PerformanceModeChange', ['instanceId', 'creditSpecification']],
  ['Instance:BurstablePerformanceRestricted', ['instanceId', 'intervalStart', 'intervalEnd']],
  ['Instance:VSwitchChanged', ['instanceId', 'vswitchId', 'vpcId']],
  ['CloudAssistant:TaskCompleted', ['instanceId', 'commandId', 'invocationStatus']],
  ['Disk:DiskOperationCompleted', ['diskId', 'operation', 'result']],
  ['Snapshot:CreateSnapshotCompleted', ['snapshotId', 'diskId', 'result']],
  ['NetworkInterface:NetworkInterfaceOperateCompleted', ['eniId', 'operation', 'eniStatus']]
]

function has(data: object, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(data, key))
}
