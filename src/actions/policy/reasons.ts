import type { ApiFailure } from '../../cloud/api-outcome.ts'

/**
 * Why something was decided: the records' `reason`, each code with one sentence for a person. A table is a closed set:
 * an action's own reasons are the keys of its table and of the common ones, and the documentation prints them all.
 */
export type ReasonTable = Readonly<Record<string, string>>

/** Why an event calls for no action at all, whatever the action. */
export const EVENT_REASONS = {
  'test-event': 'It is a test event, or its values are masked: nothing has really happened.',
  'no-instance': 'The event names no instance.',
  'no-time': 'The event tells no time, so nobody knows how old it is.',
  'event-too-old': 'The event is older than `actions.maxAge`.',
  'event-from-future': 'The event claims to be from the future: its clock or ours is wrong.',
  paused: '`actions.paused` is set.'
} as const satisfies ReasonTable

export type EventReason = keyof typeof EVENT_REASONS

/** What several actions find out about an instance or about their own earlier steps. */
export const COMMON_REASONS = {
  'no-match': 'The action is not for this instance: `match` does not hold.',
  released: 'ECS knows no such instance: it was released, or these credentials may not see it.',
  'owned-by-auto-scaling': 'Auto Scaling owns the instance (tag `acs:autoscaling:scalingGroupId`) and looks after it.',
  'owned-by-kubernetes':
    'A Kubernetes cluster owns the instance (tag `ack.aliyun.com` or `kubernetes.io/cluster...`) and looks after it.',
  superseded: 'A newer event or step has moved this on already.',
  deadline: 'Time ran out.',
  'bad-follow-up': 'The follow-up message could not be understood: another version wrote it, or a stranger.'
} as const satisfies ReasonTable

export type CommonReason = keyof typeof COMMON_REASONS

/** Why a call did not succeed though it may succeed later; `refused` is each action's own affair. */
export const API_REASONS = {
  'api-busy': 'Somebody else was changing the resource.',
  'api-throttled': 'The account made too many calls.',
  'api-unavailable': 'The service could not be reached, or could not serve: the call was surely not carried out.',
  'api-unknown': 'No answer, or one that could not be read: the call may have been carried out, or not.'
} as const satisfies ReasonTable

export type ApiReason = keyof typeof API_REASONS

/** The reason that goes with an outcome that may change by itself. */
export function apiReason(kind: Exclude<ApiFailure['kind'], 'refused'>): ApiReason {
  return `api-${kind}`
}

/** The reason of a call that did not succeed, for actions whose own table has the code `refused`. */
export function failureReason({ kind }: ApiFailure): ApiReason | 'refused' {
  return kind === 'refused' ? 'refused' : apiReason(kind)
}
