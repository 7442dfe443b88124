import type { ApiReason, CommonReason, EventReason, ReasonTable } from '../policy/reasons.ts'

/** Why a replacement, or a step on its way, ended as it did: the codes that are its own. */
export const REPLACE_REASONS = {
  interrupted: 'The instance is about to be taken away: a replacement is going to be bought.',
  buy: 'A replacement is being bought from this candidate.',
  bought: 'A replacement was bought.',
  found: 'A replacement was there already: bought for the same notice, or for the same instance a moment ago.',
  attached: 'The replacement is in the server group, with the ports and weights of the old instance.',
  replaced: 'The replacement runs, is in the server groups of the old instance, and is healthy.',
  'already-replaced': 'The instance was replaced already.',
  'not-in-service':
    'The instance is itself a replacement that was not in service yet: the one that bought it goes on to its next candidate.',
  budget:
    'As many replacements as `actions.replace.maxPerHour` allows were bought in the last hour, those that were lost among them.',
  'dry-run': '`actions.dryRun` was set while the replacement was under way: nothing more is changed.',
  'no-stock': 'No stock for this candidate now; in the end: for none of them until the deadline.',
  'candidate-refused': 'ECS refuses this candidate; the next one is tried.',
  refused: 'ECS or a load balancer refused the call: a person must look at it.',
  'settings-changed': 'ECS knows the token with other settings: they changed since. The instance is looked for first.',
  lost: 'The replacement was gone before it was in service: the next candidate is tried.',
  surplus: 'A second replacement of the same instance: it runs unused. A person must release it.',
  'group-gone': 'The server group does not exist any more.',
  'primary-secondary': 'A primary/secondary group has two fixed members: a person must change it.',
  'not-running': 'The replacement did not run until the deadline.',
  'not-attached':
    'Until the deadline the replacement could not be added to every server group, or not all of them could be known.',
  'not-healthy': 'The replacement was not healthy in every server group until the deadline.'
} as const satisfies ReasonTable

/** Every reason in a record of a replacement. */
export type ReplaceReason = keyof typeof REPLACE_REASONS | CommonReason | EventReason | ApiReason
