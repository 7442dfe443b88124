import type { Trail } from '../../cloud/actiontrail.ts'
import type { Compute } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import type { ActionJournal } from '../journal.ts'
import type { RestartPlan } from '../policy/decide-restart.ts'
import type { OpenEpisodes } from './open-episodes.ts'
import type { StormAlarm } from './storm-alarm.ts'

/**
 * Who stops instances, this program itself left out. ActionTrail allows two calls a second: it is asked only when nothing else
 * speaks against a start.
 */
export type StopTrail = Pick<Trail, 'stoppedBy'>

/** What restarts need from elsewhere. */
export interface RestartParts {
  readonly config: ActionsConfig
  readonly compute: (regionId: string) => Compute
  readonly journal: ActionJournal
  /** Asked only with `actions.restart.respectPeople`; without it nobody knows who stopped an instance, so none is restarted. */
  readonly trail?: StopTrail
  readonly clock: Clock
  readonly log: Log
}

/** The decision to start. */
export type StartPlan = Extract<RestartPlan, { kind: 'start' }>

/** The same, with what one restart action keeps for itself. */
export interface RestartContext extends RestartParts {
  readonly episodes: OpenEpisodes
  readonly storms: StormAlarm
  /** Tells this process's intents from those of others. */
  readonly replica: string
}
