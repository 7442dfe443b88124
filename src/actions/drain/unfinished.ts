import type { MissedGroup } from '../../cloud/balancing.ts'
import type { DrainContext } from './drain-context.ts'
import { groupContent } from './group-content.ts'
import type { GroupEnd } from './group-drain.ts'
import type { GroupDrains } from './group-drains.ts'
import { identityOf, type Sighting } from './instance-sight.ts'
import type { ServerGroup } from './server-group.ts'

/** The look at groups that an earlier run left unfinished, ms. */
const LOOK_MS = 15_000

/**
 * Finishes what an earlier run began and did not tell the end of. What is still in a group is drained, by the network
 * interfaces too that the earlier run knew, for ECS may have forgotten the instance since; not by its addresses, which may
 * be another's by now. What is out of its group is recorded as gone.
 *
 * @returns how the groups ended that had nothing left to drain; the others' ends are told by `drains`
 */
export async function closeUnfinished(
  unfinished: readonly ServerGroup[],
  sighting: Sighting,
  drains: GroupDrains,
  context: DrainContext
): Promise<GroupEnd[]> {
  const { balancing, clock, job } = context
  const identity = identityOf(job.instanceId, sighting)
  const interfaces = unfinished.flatMap(({ backends }) => backends.filter(isInterface).map(({ serverId }) => serverId))
  const known = { ...identity, networkInterfaceIds: [...new Set([...identity.networkInterfaceIds, ...interfaces])] }
  const limits = { deadlineMs: clock.elapsed() + LOOK_MS, signal: job.signal }
  const groupIds = unfinished.map(({ group }) => group.groupId)
  const { memberships, missed } = await balancing.find(known, groupIds, limits)
  job.signal.throwIfAborted()
  drains.start(memberships)
  return unfinished
    .filter(({ group }) => !drains.has(group))
    .map((part) =>
      closeOne(
        part,
        missed.find((lack) => covers(lack, part)),
        context
      )
    )
}

function closeOne(part: ServerGroup, lack: MissedGroup | undefined, { record }: DrainContext): GroupEnd {
  const { groupId } = part.group
  const decision = lack === undefined ? 'done' : 'gave_up'
  const reason = lack === undefined ? 'already-gone' : 'api-unavailable'
  record({
    step: `remove/${groupId}`,
    decision,
    reason,
    detail: lack?.reason ?? 'An earlier run began to remove them, and was stopped before it could tell the end.',
    target: groupId,
    content: { ...groupContent(part) }
  })
  return { groupId, decision, reason, entries: part.backends.length, marginMs: undefined }
}

function isInterface({ serverType }: { serverType: string }): boolean {
  return serverType.toLowerCase() === 'eni'
}

function covers({ kind, groupId }: MissedGroup, { group }: ServerGroup): boolean {
  return kind === group.kind && (groupId === '' || groupId === group.groupId)
}
