import type { Clock } from '../../lib/clock.ts'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Instance } from '../compute.ts'
import { CallTime } from '../rpc/call-time.ts'
import { busyWaitMs } from '../rpc/retry-wait.ts'
import type { RpcApi } from '../rpc/rpc-api.ts'
import type { EcsRequests } from './ecs-requests.ts'

export interface StartParts {
  readonly api: RpcApi
  readonly requests: EcsRequests
  readonly clock: Clock
  readonly describe: (instanceId: string, limits: CallLimits) => Promise<ApiOutcome<Instance | undefined>>
}

/**
 * How often a refusal is taken for a service that is behind itself when the instance is Stopped after all: for some ten
 * to twenty seconds.
 */
const MAX_STOPPED_REFUSALS = 8

/**
 * StartInstance. It guards itself: an instance that is not Stopped is refused with IncorrectInstanceStatus, and then the
 * instance's own state says what that means. So it may also be repeated when its outcome is unknown.
 */
export async function startInstance(
  { api, requests, clock, describe }: StartParts,
  instanceId: string,
  limits: CallLimits
): Promise<ApiOutcome<void>> {
  const time = new CallTime(clock, limits)
  try {
    for (let stoppedRefusals = 0; ; ) {
      const outcome = await api.call({ ...requests.start(instanceId), repeatable: true, limits })
      if (outcome.kind === 'done') return { kind: 'done', value: undefined }
      if (outcome.fault.code.toLowerCase() !== 'incorrectinstancestatus') return outcome
      const seen = await describe(instanceId, limits)
      if (seen.kind !== 'done') return seen
      const status = seen.value?.status ?? 'released'
      if (status === 'Running' || status === 'Starting') return { kind: 'already', fault: outcome.fault }
      if (!STARTABLE_SOON.has(status)) return outcome
      if (status === 'Stopped') stoppedRefusals += 1
      const goOn = stoppedRefusals < MAX_STOPPED_REFUSALS && (await time.wait(busyWaitMs(clock.random)))
      if (!goOn) return { kind: 'busy', fault: outcome.fault }
    }
  } finally {
    time.clear()
  }
}

/** States out of which a start becomes possible by waiting. In any other, known or not, the refusal stands. */
const STARTABLE_SOON: ReadonlySet<string> = new Set(['Stopped', 'Stopping', 'Pending'])
