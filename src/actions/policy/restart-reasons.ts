import type { ApiReason, CommonReason, EventReason, ReasonTable } from './reasons.ts'

/** Why a restart was decided as it was, beside the reasons that all actions share. */
export const RESTART_REASONS = {
  start: 'The instance stopped, and nothing speaks against starting it.',
  started: 'ECS accepted the start.',
  recovered: 'The instance runs again.',
  disabled: '`actions.restart.enabled` was switched off.',
  'already-running': 'The instance runs, or is starting: somebody was faster, or it was a reboot.',
  'hold-off': "The instance's hold tag (`actions.holdTag`) says `off`.",
  'hold-until': "The time in the instance's hold tag has not come yet.",
  'hold-unreadable': "The instance's hold tag says neither `off` nor a time: it is taken for `off`.",
  'lock-financial': 'Locked: an overdue payment.',
  'lock-security': 'Locked: a security reason.',
  'lock-recycling': 'Locked: a preemptible instance that is about to be released.',
  'lock-dedicated-host-financial': 'Locked: an overdue payment for its dedicated host.',
  'lock-refunded': 'Locked: it was refunded.',
  'lock-unknown': 'Locked, for a reason that this version does not know.',
  'spot-interrupted': 'An interruption notice came within the last 10 minutes: the instance is being taken away.',
  'stop-charging': 'Stopped in economical mode: on purpose, or for an overdue payment.',
  expired: 'Its subscription has ended.',
  'expires-soon': 'Its subscription ends within `actions.restart.expiryMargin`.',
  'release-due': 'The time of its automatic release is past.',
  'releases-soon': 'It is to be released automatically within `actions.restart.expiryMargin`.',
  'stopped-by-person': 'ActionTrail names a person who stopped it.',
  'maintenance-hours': 'It is one of the hours of `actions.maintenance`.',
  'storm-count':
    'More instances than `actions.restart.storm.stops` stopped within the window: something larger is wrong.',
  'storm-percent': "More than `actions.restart.storm.percent` of the region's instances stopped within the window.",
  'restart-loop': 'It was started `actions.restart.maxPerHour` times within the hour: starting it does not help.',
  'attempts-used-up': 'It was started `actions.restart.maxAttempts` times since its first stop and does not stay up.',
  'refused-by-ecs': 'ECS refused the call; trying again would not help.',
  starting: 'It is starting: looked at again later.',
  stopping: 'It is still stopping: looked at again later.',
  pending: 'It is still being created: looked at again later.',
  'status-unknown': 'Its status is a word that this version does not know: looked at again later.',
  'maintenance-in-flight': 'ECS is maintaining or recovering it: looked at again later.',
  'other-replica': 'Another replica is starting it at this moment: looked at again later.',
  'no-stock': 'ECS has no stock to start it with, or not at its price: tried again later.',
  'journal-incomplete':
    'The logstore could not be asked how often it was started, and this process knows of one start within the hour: looked at again later.',
  'fleet-unknown': 'Several instances stopped, and ECS could not say out of how many: looked at again later.',
  'stopper-unknown': 'ActionTrail could not say who stopped it: asked again later.'
} as const satisfies ReasonTable

export type RestartReason = keyof typeof RESTART_REASONS | EventReason | CommonReason | ApiReason

/** Reasons to look again later instead of deciding now. */
export type RestartWait = Extract<
  RestartReason,
  | 'starting'
  | 'stopping'
  | 'pending'
  | 'status-unknown'
  | 'maintenance-in-flight'
  | 'journal-incomplete'
  | 'fleet-unknown'
  | 'stopper-unknown'
  | 'no-stock'
  | 'other-replica'
  | ApiReason
>
