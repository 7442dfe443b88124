import type { Backend, GroupRef, Membership } from '../../cloud/balancing.ts'

/** Entries of one instance in one group. */
export interface ServerGroup {
  readonly group: GroupRef
  readonly backends: readonly Backend[]
}

/** Memberships by group, in the order in which the groups first appear. */
export function byGroup(memberships: readonly Membership[]): ServerGroup[] {
  const groups = new Map<string, { group: GroupRef; backends: Backend[] }>()
  for (const { group, backend } of memberships) {
    const known = groups.get(groupKey(group))
    if (known === undefined) groups.set(groupKey(group), { group, backends: [backend] })
    else known.backends.push(backend)
  }
  return [...groups.values()]
}

/** Names a group among those of all kinds. */
export function groupKey({ kind, role, groupId }: GroupRef): string {
  return `${kind} ${role} ${groupId}`
}

/** Names an entry in its group, whatever its weight. */
export function backendKey({ serverId, serverIp, port }: Backend): string {
  return `${serverId} ${serverIp} ${port ?? ''}`
}

/** Names an entry among those of all groups, whatever its weight. */
export function membershipKey({ group, backend }: Membership): string {
  return `${groupKey(group)} ${backendKey(backend)}`
}
