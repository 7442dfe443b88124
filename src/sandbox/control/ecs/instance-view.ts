import type { DescribedInstance } from '../../fleet/described-instance.ts'
import { utcMinutes } from '../../fleet/times.ts'

/** What DescribeInstances says of an instance without an end. */
const NO_EXPIRY = '2099-12-31T15:59Z'

/**
 * An instance in the form of DescribeInstances. Its times are in whole minutes, and lists are wrapped in an object each,
 * as in the service.
 */
export function instanceView(instance: DescribedInstance): object {
  const { instanceId, instanceType, regionId, zoneId, startedMs, expiresMs, autoReleaseMs } = instance
  return {
    InstanceId: instanceId,
    InstanceName: instance.instanceName,
    HostName: instance.instanceName,
    Description: '',
    Status: statusOf(instance),
    StoppedMode: instance.stoppedMode,
    OperationLocks: { LockReason: instance.locks.map((reason) => ({ LockReason: reason })) },
    RegionId: regionId,
    ZoneId: zoneId,
    InstanceType: instanceType,
    InstanceTypeFamily: instanceType.split('.').slice(0, 2).join('.'),
    ImageId: instance.imageId,
    OSType: 'linux',
    InstanceNetworkType: 'vpc',
    ResourceGroupId: instance.resourceGroupId,
    InstanceChargeType: instance.chargeType,
    SpotStrategy: instance.spotStrategy,
    SpotPriceLimit: instance.spotPriceLimit,
    SpotInterruptionBehavior: instance.spotInterruptionBehavior,
    CreationTime: utcMinutes(instance.createdMs),
    StartTime: startedMs === undefined ? '' : utcMinutes(startedMs),
    ExpiredTime: expiresMs === undefined ? NO_EXPIRY : utcMinutes(expiresMs),
    AutoReleaseTime: autoReleaseMs === undefined ? '' : utcMinutes(autoReleaseMs),
    DeletionProtection: instance.deletionProtection,
    DeviceAvailable: true,
    IoOptimized: true,
    Tags: { Tag: Object.entries(instance.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
    SecurityGroupIds: { SecurityGroupId: ['sg-sandbox'] },
    ...addresses(instance)
  }
}

/** The service has no state `Created`: only events spell creation in two ways. */
export function statusOf({ state }: Pick<DescribedInstance, 'state'>): string {
  return state === 'Created' ? 'Pending' : state
}

function addresses(instance: DescribedInstance): object {
  const { networkInterfaceId, privateIpAddress, publicIpAddress, secondaryInterfaces, vpcId, vSwitchId } = instance
  const interfaces = [{ networkInterfaceId, privateIpAddress }, ...secondaryInterfaces]
  return {
    VpcAttributes: {
      VpcId: vpcId,
      VSwitchId: vSwitchId,
      PrivateIpAddress: { IpAddress: [privateIpAddress] },
      NatIpAddress: ''
    },
    PublicIpAddress: { IpAddress: publicIpAddress === '' ? [] : [publicIpAddress] },
    InnerIpAddress: { IpAddress: [] },
    EipAddress: { AllocationId: '', IpAddress: '', InternetChargeType: '' },
    NetworkInterfaces: {
      NetworkInterface: interfaces.map((each, index) => ({
        NetworkInterfaceId: each.networkInterfaceId,
        Type: index === 0 ? 'Primary' : 'Secondary',
        PrimaryIpAddress: each.privateIpAddress,
        PrivateIpSets: { PrivateIpSet: [{ PrivateIpAddress: each.privateIpAddress, Primary: true }] }
      }))
    }
  }
}
