import type { Instance } from '../../src/cloud/compute.ts'
import type { DescribedInstance } from '../../src/sandbox/fleet/described-instance.ts'

/** An instance of the fleet as the client of ECS would bring it. */
export function instanceOf(described: DescribedInstance): Instance {
  const { instanceName, state, publicIpAddress, privateIpAddress, networkInterfaceId, ...profile } = described
  return {
    ...{ instanceId: profile.instanceId, name: instanceName, regionId: profile.regionId, zoneId: profile.zoneId },
    ...{ status: state, stoppedMode: profile.stoppedMode, locks: profile.locks.map((lock) => lock.toLowerCase()) },
    ...{ chargeType: profile.chargeType, spotStrategy: profile.spotStrategy },
    spotInterruptionBehavior: profile.spotInterruptionBehavior,
    ...{ createdMs: profile.createdMs, expiresMs: profile.expiresMs, autoReleaseMs: profile.autoReleaseMs },
    ...{ tags: profile.tags, instanceType: profile.instanceType, vpcId: profile.vpcId, vSwitchId: profile.vSwitchId },
    ...{ imageId: profile.imageId, resourceGroupId: profile.resourceGroupId, privateIps: [privateIpAddress] },
    publicIps: publicIpAddress === '' ? [] : [publicIpAddress],
    networkInterfaceIds: [networkInterfaceId]
  }
}
