/** What the service counts, from its start. One table: the log's counters, the metrics and their documentation come from it. */
export const TOTALS = {
  received: 'Messages received from all queues',
  polls: 'Receive calls answered, with messages or empty',
  receiveFaults: 'Receive calls that failed',
  undecodable: 'Messages that could not be understood, stored with their raw body',
  stored: 'Records that the logstore confirmed',
  puts: 'PutLogs calls made',
  putFaults: 'PutLogs calls that failed by a fault of the logstore or the way to it',
  isolated: 'Records that the logstore refused, stored in another form',
  refused: 'Records that the logstore refused in every form: their messages stay on the queue',
  acknowledged: 'Messages deleted from their queue',
  deletes: 'Delete calls made',
  unconfirmed: 'Messages whose delete was refused or not confirmed: they may be delivered again',
  extended: 'Extensions of a visibility timeout',
  givenBack: 'Messages given back to their queue',
  parked: 'Messages given back with a long visibility timeout while the logstore was down',
  actionRuns: 'Runs of an action, for an event or a follow-up',
  actionRecords: 'Action records written: decisions and steps',
  snapshots: 'Snapshots of instances stored',
  followUps: 'Follow-ups sent: delayed messages by which an action goes on later',
  followUpsDue: 'Follow-ups that came due and were received'
} as const

export type Total = keyof typeof TOTALS
export type Totals = Record<Total, number>

/** Every counter at 0. */
export function createTotals(): Totals {
  return Object.fromEntries(Object.keys(TOTALS).map((name) => [name, 0])) as Totals
}
