import type { Backend, Membership } from '../../cloud/balancing.ts'
import type { Instance } from '../../cloud/compute.ts'
import { membershipKey } from '../drain/server-group.ts'

/**
 * The entries that put the new instance where the old one was: same groups, ports and descriptions, and the weights from
 * before the drain.
 *
 * | the old entry was | the new one is |
 * |---|---|
 * | the instance (`ecs`) | the new instance |
 * | one of its network interfaces (`eni`) | the new primary interface, with its first address where the old one told an address |
 * | an address (`Ip`) | the new instance's first private address |
 *
 * Several interfaces of the old instance on one port become one entry, of the largest weight.
 *
 * @param restored the weight of an entry that was found with 0
 * @returns undefined while interfaces or addresses that are needed are not known yet
 */
export function newEntries(
  memberships: readonly Membership[],
  instance: Instance,
  restored: (membership: Membership) => number
): Membership[] | undefined {
  const entries = new Map<string, Membership>()
  for (const membership of memberships) {
    const place = placeOf(membership.backend, instance)
    if (place === undefined) return undefined
    const { group, backend } = membership
    const moved = { ...backend, ...place }
    const key = membershipKey({ group, backend: moved })
    const found = backend.weight > 0 ? backend.weight : restored(membership)
    const weight = Math.max(found, entries.get(key)?.backend.weight ?? 0)
    entries.set(key, { group, backend: { ...moved, weight } })
  }
  return [...entries.values()]
}

function placeOf(
  { serverType, serverIp }: Backend,
  { instanceId, networkInterfaceIds, privateIps }: Instance
): Pick<Backend, 'serverId' | 'serverIp'> | undefined {
  const [networkInterfaceId] = networkInterfaceIds
  const [privateIp] = privateIps
  switch (serverType.toLowerCase()) {
    case 'eni':
      if (networkInterfaceId === undefined || privateIp === undefined) return undefined
      return { serverId: networkInterfaceId, serverIp: serverIp === '' ? '' : privateIp }
    case 'ip':
      return privateIp === undefined ? undefined : { serverId: privateIp, serverIp: privateIp }
    default:
      return { serverId: instanceId, serverIp: '' }
  }
}
