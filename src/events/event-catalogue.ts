/** What an event is about, coarsely: what a dashboard groups by. */
export type EventFamily =
  | 'state'
  | 'interruption'
  | 'maintenance'
  | 'failure'
  | 'expiry'
  | 'instance'
  | 'disk'
  | 'snapshot'
  | 'network'
  | 'image'
  | 'assistant'
  | 'alarm'

export interface EventDescription {
  /** What happens or happened, for a person. */
  readonly title: string
  readonly family: EventFamily
}

/**
 * What is known of an event of this name, with or without its status suffix; undefined for a name that no vendor page
 * lists. Names are those of the CloudMonitor page "ECS system events" and the EventBridge page "ECS events".
 */
export function describeEvent(name: string): EventDescription | undefined {
  const [type = '', event = ''] = name.split(':', 2)
  const alarm = ALARM_TYPES.get(type)
  if (alarm !== undefined) return { title: alarm, family: 'alarm' }
  return EVENTS.get(`${type}:${event}`)
}

const ALARM_TYPES: ReadonlyMap<string, string> = new Map([
  ['MetricAlert', 'A metric crossed the threshold of an alert rule, or came back'],
  ['LegacyAlarm', 'A metric crossed the threshold of an alarm, or came back']
])

const EVENTS: ReadonlyMap<string, EventDescription> = new Map(
  (
    [
      ['Instance:StateChange', 'state', 'The instance changed its state'],
      ['Instance:PreemptibleInstanceInterruption', 'interruption', 'The preemptible instance is about to be reclaimed'],
      ['Instance:SystemMaintenance.Reboot', 'maintenance', 'Restart for system maintenance'],
      ['Instance:SystemMaintenance.Redeploy', 'maintenance', 'Redeployment for system maintenance'],
      ['Instance:SystemMaintenance.Stop', 'maintenance', 'Stop for system maintenance'],
      ['Instance:SystemMaintenance.IsolateErrorDisk', 'maintenance', 'Isolation of a damaged local disk'],
      ['Instance:SystemMaintenance.ReInitErrorDisk', 'maintenance', 'Re-initialization of a damaged local disk'],
      [
        'Instance:SystemMaintenance.RebootAndIsolateErrorDisk',
        'maintenance',
        'Restart and isolation of a damaged disk'
      ],
      [
        'Instance:SystemMaintenance.RebootAndReInitErrorDisk',
        'maintenance',
        'Restart and replacement of a damaged disk'
      ],
      [
        'Instance:SystemMaintenance.PerformanceImpact',
        'maintenance',
        'Maintenance that impairs performance for a while'
      ],
      ['Instance:SystemMaintenance.CleanInactiveDisks', 'maintenance', 'Clean-up of inactive disks'],
      ['Instance:SystemMaintenance.CleanReleasedDisks', 'maintenance', 'Clean-up of released disks'],
      ['Instance:SystemUpgrade.Migrate', 'maintenance', 'Migration for a system upgrade'],
      ['Instance:SystemFailure.Reboot', 'failure', 'Restart after a system error'],
      ['Instance:SystemFailure.Redeploy', 'failure', 'Redeployment after a system error'],
      ['Instance:SystemFailure.Stop', 'failure', 'Stop after a system error'],
      ['Instance:SystemFailure.Delete', 'failure', 'Release because the instance could not be created'],
      ['Instance:InstanceFailure.Reboot', 'failure', 'Restart after an error inside the instance'],
      ['Instance:InstanceFailure.Alert', 'failure', 'An error inside the instance'],
      ['Instance:Security.TpmAlert', 'failure', 'The trusted boot found the instance changed'],
      ['Instance:InstanceExpiration.Stop', 'expiry', 'Stop because the subscription ended'],
      ['Instance:InstanceExpiration.Delete', 'expiry', 'Release because the subscription ended'],
      ['Instance:AccountUnbalanced.Stop', 'expiry', 'Stop because of an overdue payment'],
      ['Instance:AccountUnbalanced.Delete', 'expiry', 'Release because of an overdue payment'],
      ['Instance:AccountUnbalanced.PerformanceAffect', 'expiry', 'Less performance because of an overdue payment'],
      ['Instance:LiveMigrationAcrossDDH', 'instance', 'Live migration between dedicated hosts'],
      ['Instance:PerformanceModeChange', 'instance', 'The burstable instance changed its performance mode'],
      ['Instance:BurstablePerformanceRestricted', 'instance', 'The burstable instance has used up its credits'],
      ['Instance:SurplusCreditIncurCharge', 'instance', 'The burstable instance is charged for surplus credits'],
      ['Instance:AutoReactivateCompleted', 'instance', 'The instance was reactivated by itself'],
      ['Instance:VSwitchChanged', 'network', 'The instance moved to another vSwitch'],
      ['CloudAssistant:TaskCompleted', 'assistant', 'A Cloud Assistant command ended'],
      ['CloudAssistant:FirstHeartbeat', 'assistant', 'The Cloud Assistant agent reported for the first time'],
      ['Disk:StateChange', 'disk', 'The disk changed its state'],
      ['Disk:Stalled', 'disk', 'The disk hangs'],
      ['Disk:ErrorDetected', 'disk', 'The disk is damaged'],
      ['Disk:DiskOperationCompleted', 'disk', 'The disk was attached or detached'],
      ['Disk:ConvertToPostpaidCompleted', 'disk', 'The disk became pay-as-you-go'],
      ['Disk:OverduePaymentRelease', 'disk', 'Release of the disk because of an overdue payment'],
      ['Snapshot:CreateSnapshotInitiated', 'snapshot', 'A snapshot was begun'],
      ['Snapshot:CreateSnapshotCompleted', 'snapshot', 'A snapshot was completed, or failed'],
      ['Snapshot:SnapshotDeleted', 'snapshot', 'A snapshot was deleted'],
      ['NetworkInterface:StateChange', 'network', 'The network interface changed its state'],
      ['NetworkInterface:NetworkInterfaceOperateCompleted', 'network', 'An operation on the network interface ended'],
      ['NetworkInterface:PrivateIPAssigned', 'network', 'The network interface got private IPv4 addresses'],
      ['NetworkInterface:PrivateIPUnassigned', 'network', 'The network interface lost private IPv4 addresses'],
      ['NetworkInterface:PrivateIPv6Assigned', 'network', 'The network interface got IPv6 addresses'],
      ['NetworkInterface:PrivateIPv6Unassigned', 'network', 'The network interface lost IPv6 addresses'],
      ['NetworkInterface:SlaveEniWorkStateChanged', 'network', 'A member network interface changed its state'],
      ['Image:StateChange', 'image', 'The image changed its state']
    ] as const
  ).map(([name, family, title]) => [name, { title, family }])
)
