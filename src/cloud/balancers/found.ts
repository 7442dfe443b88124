import type { BalancedInstance, GroupRef, Membership, MissedGroup } from '../balancing.ts'
import { describeFault, type Fault } from '../fault.ts'
import type { GroupEntry } from './group-service.ts'

/** What a search brought, and what it could not look at. */
export interface Found {
  readonly memberships: readonly Membership[]
  readonly missed: readonly MissedGroup[]
}

/** A group, and the VPC in which the addresses among its entries count; '' when that is not told. */
export interface PlacedGroup {
  readonly ref: GroupRef
  readonly vpcId: string
}

/** Everything that an entry of this instance may be named by. */
export function namesOf({ instanceId, networkInterfaceIds, privateIps }: BalancedInstance): string[] {
  return [...new Set([instanceId, ...networkInterfaceIds, ...privateIps])].filter((name) => name !== '')
}

/**
 * The entries of a group that are this instance. An address is one only within the instance's own VPC: an equal address
 * elsewhere is another machine, so that one whose VPC is not told is not taken for it, and told as missed.
 */
export function membershipsIn(
  { ref, vpcId }: PlacedGroup,
  entries: readonly GroupEntry[],
  instance: BalancedInstance
): Found {
  const ids = new Set([instance.instanceId, ...instance.networkInterfaceIds])
  const memberships: Membership[] = []
  const missed: MissedGroup[] = []
  for (const { backend, remote, state } of entries) {
    // On its way out: connections may be let finish for up to a quarter of an hour, but it gets no new ones.
    if (state === 'removing') continue
    const byId = backend.serverId !== '' && ids.has(backend.serverId)
    const byAddress = !byId && !remote && isAddress(backend) && instance.privateIps.includes(backend.serverId)
    if (byId || (byAddress && vpcId !== '' && vpcId === instance.vpcId)) memberships.push({ group: ref, backend })
    else if (byAddress && (vpcId === '' || instance.vpcId === '')) {
      const reason = `its entry ${backend.serverId} may be this instance: in which VPC the address lies is not told`
      missed.push({ kind: ref.kind, groupId: ref.groupId, reason, lasting: true })
    }
  }
  return { memberships, missed }
}

/** Whether an entry names its server by an address. */
export function isAddress({ serverType }: { readonly serverType: string }): boolean {
  return serverType.toLowerCase() === 'ip'
}

/** Several searches as one: each entry once, and each missed group once. */
export function joinFound(parts: readonly Found[]): Found {
  const memberships = new Map<string, Membership>()
  const missed = new Map<string, MissedGroup>()
  for (const part of parts) {
    for (const membership of part.memberships) memberships.set(keyOf(membership), membership)
    for (const group of part.missed) {
      const key = `${group.kind}/${group.groupId}`
      if (!missed.has(key)) missed.set(key, group)
    }
  }
  return { memberships: [...memberships.values()], missed: [...missed.values()] }
}

function keyOf({ group, backend }: Membership): string {
  const { serverId, serverIp, port = '' } = backend
  return [group.kind, group.role, group.groupId, serverId, serverIp, port].join('/')
}

/** @param groupId '' for a whole kind */
export function missedGroup(kind: MissedGroup['kind'], groupId: string, fault: Fault): MissedGroup {
  const lasting = fault.class === 'rejected' || fault.class === 'credentials'
  return { kind, groupId, reason: describeFault(fault), ...(lasting && { lasting }) }
}
