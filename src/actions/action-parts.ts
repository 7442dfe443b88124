import type { Balancing } from '../cloud/balancing.ts'
import type { Compute } from '../cloud/compute.ts'
import type { ActionsConfig } from '../config/actions-schema.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../telemetry/log.ts'
import type { ActionJournal } from './journal.ts'

/** What an action on instances and their load balancers works with. */
export interface ActionParts {
  readonly config: ActionsConfig
  /** ECS in a region. */
  readonly compute: (regionId: string) => Compute
  /** The load balancers of a region. */
  readonly balancing: (regionId: string) => Balancing
  readonly journal: ActionJournal
  readonly clock: Clock
  readonly log: Log
}
