import type { ApiOutcome, CallLimits } from '../../cloud/api-outcome.ts'

/** Who stops instances, as ActionTrail tells it. It allows two calls a second: it is asked only when nothing else speaks against a start. */
export interface StopTrail {
  /** The person who stopped an instance since, never this program itself; undefined: nobody that it knows of. */
  stoppedBy(
    query: { readonly instanceId: string; readonly regionId: string; readonly sinceMs: number },
    limits: CallLimits
  ): Promise<ApiOutcome<string | undefined>>
}
