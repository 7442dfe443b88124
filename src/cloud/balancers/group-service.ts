import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Backend, BackendHealth, GroupRef } from '../balancing.ts'
import type { Errand } from './ask.ts'

/** An entry of a group, with what the service does with it at this moment. */
export interface GroupEntry {
  readonly backend: Backend
  /** `changing`: being added or given another weight. CLB's entries are always settled: its changes are done at once. */
  readonly state: 'settled' | 'changing' | 'removing'
  /** An address outside the group's own VPC: it names no server of that VPC. */
  readonly remote: boolean
}

/** What is to become of some entries of one group. */
export type GroupChange =
  | { readonly verb: 'weight'; readonly group: GroupRef; readonly weight: number }
  | { readonly verb: 'remove' | 'add'; readonly group: GroupRef }

/** One kind of load balancer, as far as its groups are concerned. */
export interface GroupService {
  /** Entries that one changing call may name. */
  readonly maxServers: number
  /** Changes go on after their call is answered. */
  readonly asynchronous: boolean
  /**
   * All entries of a group. `already`: it does not exist.
   *
   * @param only servers that matter to the caller: others may be left out
   */
  entries(group: GroupRef, errand: Errand, only?: readonly string[]): Promise<ApiOutcome<readonly GroupEntry[]>>
  /** One changing call. `already`: the group does not exist, and nobody needs to be there. */
  send(change: GroupChange, backends: readonly Backend[], limits: CallLimits): Promise<ApiOutcome<void>>
  /** The health of each entry, in the order of `entries`. */
  health(
    group: GroupRef,
    limits: CallLimits
  ): Promise<ApiOutcome<ReadonlyArray<{ readonly backend: Backend; readonly health: BackendHealth }>>>
}

/**
 * Whether two descriptions mean the same entry: a server stands in a group once for each port, a network interface or
 * container also once for each of its addresses.
 */
export function isSameBackend(one: Backend, other: Backend): boolean {
  if (one.serverId !== other.serverId || one.port !== other.port) return false
  return isInstance(one) || one.serverIp === '' || other.serverIp === '' || one.serverIp === other.serverIp
}

/** Whether an entry names its server by the instance's id, in either spelling. */
export function isInstance({ serverType }: Pick<Backend, 'serverType'>): boolean {
  return serverType.toLowerCase() === 'ecs'
}
