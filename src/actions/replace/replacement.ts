import type { ApiOutcome, CallLimits } from '../../cloud/api-outcome.ts'
import type { Compute, Instance } from '../../cloud/compute.ts'
import { CANDIDATE_TAG, NOTICE_TAG, REPLACES_TAG } from './tags.ts'

/** A replacement made for another notice counts when it is not older than this at the time of the notice, ms. */
const SAME_LOSS_MS = 30 * 60_000

/** Which loss of capacity a replacement is for. */
export interface Loss {
  /** The interrupted instance. */
  readonly instanceId: string
  /** The notice, as a tag. */
  readonly notice: string
  /** Time of the notice, epoch ms. */
  readonly noticeMs: number
}

/** A replacement, and as what it was bought. */
export interface Replacement {
  readonly instanceId: string
  readonly generation: number
  readonly index: number
}

/** The replacements that exist for a loss, the one to keep first: every replica puts them in the same order. */
export async function findReplacements(
  compute: Compute,
  loss: Loss,
  limits: CallLimits
): Promise<ApiOutcome<readonly Replacement[]>> {
  const answer = await compute.findByTags({ [REPLACES_TAG]: loss.instanceId }, limits)
  if (answer.kind !== 'done') return answer
  const found = answer.value.filter((instance) => isFor(instance, loss) && !isLost(instance))
  return { kind: 'done', value: found.map(replacementOf).sort(byClaim) }
}

/** Whether an instance was bought for this loss. */
export function isFor({ tags, createdMs }: Instance, { instanceId, notice, noticeMs }: Loss): boolean {
  if (tags[REPLACES_TAG] !== instanceId) return false
  return tags[NOTICE_TAG] === notice || createdMs === undefined || createdMs >= noticeMs - SAME_LOSS_MS
}

/** Whether it will not serve any more: released, or about to be reclaimed itself. */
export function isLost(instance: Instance | undefined): boolean {
  return instance === undefined || instance.locks.includes('recycling')
}

/** An instance as the replacement that its tags say it is. */
export function replacementOf({ instanceId, tags }: Instance): Replacement {
  const [, generation = '0', index = '0'] = /^(\d{1,6})\.(\d{1,6})$/.exec(tags[CANDIDATE_TAG] ?? '') ?? []
  return { instanceId, generation: Number(generation), index: Number(index) }
}

/**
 * Which of two replacements is kept: the earlier generation, then the earlier candidate, then the smaller id. Not the age:
 * ECS tells it by the minute.
 */
export function byClaim(a: Replacement, b: Replacement): number {
  return a.generation - b.generation || a.index - b.index || (a.instanceId < b.instanceId ? -1 : 1)
}
