/** Why the service is not ready, and what to do. `/readyz`, the health records and the documentation take them from here. */
export const HEALTH_REASONS = {
  starting: {
    means: 'No queue has answered yet',
    do: 'Wait: an empty queue answers within queue.waitSeconds, and counts as well after 5 s without a fault.'
  },
  stopping: { means: 'The service was told to stop', do: 'Nothing: what is held is stored or given back.' },
  'queue-missing': {
    means: 'A queue does not exist (told at once)',
    do: 'Create it, or correct queue.name and queue.endpoint.'
  },
  'queue-down': {
    means: 'Receives have failed for longer than health.outageAfter, or ever since the start',
    do: 'Events stay on the queue for its retention. Do what the advice of the fault says.'
  },
  'delete-failing': {
    means: 'Stored messages cannot be deleted, for longer than health.outageAfter or ever since the start',
    do: 'Each will be delivered and stored again. Look at the permission for mns:BatchDeleteMessage and at the fault.'
  },
  'logstore-down': {
    means: 'Puts have failed or been refused for longer than health.outageAfter, or ever since the start',
    do: 'Events stay on the queue for its retention. Do what the advice of the fault says.'
  },
  lagging: {
    means: 'The newest message had waited on its queue for longer than health.maxLag when it was received',
    do: 'Add replicas, or raise queue.receivers, limits.maxMessages and logstore.puts (docs/operations.md, Capacity).'
  },
  stuck: {
    means: 'No call to any queue or the logstore has ended for longer than health.stuckAfter: also /healthz fails',
    do: 'Restart the process (nothing is lost), and report its log.'
  }
} as const satisfies Record<string, { readonly means: string; readonly do: string }>

export type HealthReason = keyof typeof HEALTH_REASONS
