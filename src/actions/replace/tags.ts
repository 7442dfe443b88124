import { hash } from 'node:crypto'

/** On a replacement: the id of the instance that it replaces. It is looked for by this tag before anything is bought. */
export const REPLACES_TAG = 'ecs-audit:replaces'
/** On a replacement: which notice it was bought for. */
export const NOTICE_TAG = 'ecs-audit:notice'
/** On a replacement: generation and index of the candidate that it was bought as, `0.2`. */
export const CANDIDATE_TAG = 'ecs-audit:candidate'
/** On every replacement: `replacement`. They are counted by it while the logstore can't be asked. */
export const ROLE_TAG = 'ecs-audit:role'
export const ROLE_REPLACEMENT = 'replacement'
/** On the interrupted instance: who is buying its replacement, and since when. */
export const CLAIM_TAG = 'ecs-audit:replacing'
/** On the interrupted instance: the id of its replacement. */
export const REPLACED_BY_TAG = 'ecs-audit:replaced-by'

/** A notice as a tag's value: short, and the same for every delivery of it. */
export function noticeTag(causedBy: string): string {
  return hash('sha256', causedBy).slice(0, 16)
}
