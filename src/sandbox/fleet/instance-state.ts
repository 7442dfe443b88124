/**
 * The values of `state` in Instance:StateChange. Creation is `Pending` or `Created`: the vendor's pages disagree, so
 * the simulation sends both.
 */
export type InstanceState = 'Pending' | 'Created' | 'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Deleted'

/**
 * What may follow a state. `Stopping` also announces a restart; `Stopped` right after `Running` is a stop that nobody
 * asked for; `Stopped` after `Starting` a start that failed; `Deleted` is the last (CloudMonitor, "Process ECS status
 * change events").
 */
export const NEXT_STATES: Readonly<Record<InstanceState, readonly InstanceState[]>> = {
  Pending: ['Starting', 'Deleted'],
  Created: ['Starting', 'Deleted'],
  Starting: ['Running', 'Stopped'],
  Running: ['Stopping', 'Stopped', 'Deleted'],
  Stopping: ['Stopped', 'Starting'],
  Stopped: ['Starting', 'Deleted'],
  Deleted: []
}
