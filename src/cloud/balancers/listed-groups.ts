import type { BalancedInstance, GroupRef, MissedGroup } from '../balancing.ts'
import { type Errand, isFailure } from './ask.ts'
import { type Found, joinFound, membershipsIn, missedGroup, type PlacedGroup } from './found.ts'
import type { GroupService } from './group-service.ts'
import type { ServerGroupDiscovery } from './server-group-discovery.ts'
import type { ServerGroup } from './server-groups.ts'

/** What it takes to look into groups that somebody named. */
export interface ListedGroupsTools {
  readonly services: Readonly<Record<GroupRef['kind'], GroupService>>
  readonly discoveries: Readonly<Record<'alb' | 'nlb', ServerGroupDiscovery>>
}

/**
 * The entries of an instance in the groups with these ids: `rsp-` a vServer group or a primary/secondary group, `lb-` the
 * default group of that CLB, `sgp-` a server group of ALB or of NLB: which of them has it must be asked. A group that does
 * not exist has no entries.
 */
export async function findInListedGroups(
  groupIds: readonly string[],
  instance: BalancedInstance,
  { tools, errand }: { readonly tools: ListedGroupsTools; readonly errand: Errand }
): Promise<Found> {
  const look = async (groupId: string): Promise<Found> => {
    const { groups, missed } = await placesOf(groupId, tools, errand)
    const found = await Promise.all(groups.map((group) => lookInto(group, instance, { tools, errand })))
    return joinFound([...found, { memberships: [], missed }])
  }
  return joinFound(await Promise.all([...new Set(groupIds)].map(look)))
}

interface Places {
  readonly groups: readonly PlacedGroup[]
  readonly missed: readonly MissedGroup[]
}

async function placesOf(groupId: string, { discoveries }: ListedGroupsTools, errand: Errand): Promise<Places> {
  if (groupId.startsWith('rsp-')) return { groups: [clbGroup(groupId, 'group')], missed: [] }
  if (groupId.startsWith('lb-')) return { groups: [clbGroup(groupId, 'default')], missed: [] }
  if (!groupId.startsWith('sgp-')) {
    const reason = 'not the id of a server group (rsp-, sgp-) nor of a CLB (lb-)'
    return { groups: [], missed: [{ kind: 'clb', groupId, reason }] }
  }
  return await serverGroupPlaces(groupId, discoveries, errand)
}

/** An id is of one kind: once that is found, the other need not answer. */
async function serverGroupPlaces(
  groupId: string,
  discoveries: ListedGroupsTools['discoveries'],
  errand: Errand
): Promise<Places> {
  const kinds = ['alb', 'nlb'] as const
  for (const kind of kinds) {
    const known = discoveries[kind].known(groupId)
    if (known !== undefined) return { groups: [place(kind, known)], missed: [] }
  }
  const answers = await Promise.all(
    kinds.map(async (kind) => ({ kind, outcome: await discoveries[kind].group(groupId, errand) }))
  )
  const groups = answers.flatMap(({ kind, outcome }) => {
    const group = outcome.kind === 'done' ? outcome.value : undefined
    return group === undefined ? [] : [place(kind, group)]
  })
  const missed = answers.flatMap(({ kind, outcome }) =>
    groups.length === 0 && isFailure(outcome) ? [missedGroup(kind, groupId, outcome.fault)] : []
  )
  return { groups, missed }
}

function place(kind: 'alb' | 'nlb', { groupId, vpcId }: ServerGroup): PlacedGroup {
  return { ref: { kind, role: 'group', groupId }, vpcId }
}

/** A CLB group names servers by their ids, so that its VPC does not matter. */
function clbGroup(groupId: string, role: 'group' | 'default'): PlacedGroup {
  return { ref: { kind: 'clb', role, groupId }, vpcId: '' }
}

async function lookInto(
  group: PlacedGroup,
  instance: BalancedInstance,
  { tools, errand }: { readonly tools: ListedGroupsTools; readonly errand: Errand }
): Promise<Found> {
  const { kind, groupId } = group.ref
  const outcome = await tools.services[kind].entries(group.ref, errand)
  if (outcome.kind === 'done') return membershipsIn(group, outcome.value, instance)
  if (outcome.kind === 'already' && isVServerGroup(group.ref)) {
    const primary: PlacedGroup = { ...group, ref: { ...group.ref, role: 'primary-secondary' } }
    return await lookInto(primary, instance, { tools, errand })
  }
  return { memberships: [], missed: isFailure(outcome) ? [missedGroup(kind, groupId, outcome.fault)] : [] }
}

function isVServerGroup({ kind, role }: GroupRef): boolean {
  return kind === 'clb' && role === 'group'
}
