import type { ApiReason, CommonReason, EventReason, ReasonTable } from '../policy/reasons.ts'

/** Why a drain, or its part in one group, ended as it did: the codes that are its own. */
export const DRAIN_REASONS = {
  interrupted: 'The instance is about to be taken away: its entries leave the group.',
  removed: "The instance's entries are out of the group.",
  'last-healthy-backend': "The instance's entries are out of the group, and nothing healthy is left in it.",
  'already-gone': "The instance's entries were out of the group already.",
  'group-gone': 'The group does not exist any more.',
  'primary-secondary': 'A primary/secondary group has two fixed members: it can be reported, not changed.',
  'still-there': 'The service took the removal, but the entries are in the group all the same: who adds them again?',
  refused: 'The load balancer refused the change: a person must look at it.',
  drained: 'The instance is in no group any more.',
  late: 'The instance is in no group any more, but was until after its deadline.',
  'already-drained': 'An earlier run drained the instance: nothing was left to do.',
  'no-membership': 'The instance is in no server group.',
  'search-incomplete': 'What was found is drained, but not every load balancer could be asked until the deadline.',
  'instance-unknown': '`match` asks for what only ECS can tell, and ECS gave no answer until the deadline.'
} as const satisfies ReasonTable

/** Every reason in a record of a drain. */
export type DrainReason = keyof typeof DRAIN_REASONS | CommonReason | EventReason | ApiReason
