import type { Clock } from '../../lib/clock.ts'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Instance } from '../compute.ts'
import { CallTime } from '../rpc/call-time.ts'
import { retryWaitMs } from '../rpc/retry-wait.ts'
import type { RpcApi } from '../rpc/rpc-api.ts'
import type { EcsRequests } from './ecs-requests.ts'

export interface StartParts {
  readonly api: RpcApi
  readonly requests: EcsRequests
  readonly clock: Clock
  readonly describe: (instanceId: string, limits: CallLimits) => Promise<ApiOutcome<Instance | undefined>>
}

/**
 * Refusals of an instance that is said to be Stopped that are taken for a service which is behind itself: some ten to
 * twenty seconds of them.
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
    for (let refusals = 1; ; refusals++) {
      const outcome = await api.call({ ...requests.start(instanceId), repeatable: true, limits })
      if (outcome.kind === 'done') return { kind: 'done', value: undefined }
      if (outcome.kind !== 'refused' || outcome.fault.code.toLowerCase() !== 'incorrectinstancestatus') return outcome
      const seen = await describe(instanceId, limits)
      if (seen.kind !== 'done') return seen
      const { fault } = outcome
      switch (seen.value?.status) {
        case 'Running':
        case 'Starting':
          return { kind: 'already', fault }
        case 'Stopping':
        case 'Pending':
          break
        case 'Stopped':
          if (refusals >= MAX_STOPPED_REFUSALS) return { kind: 'busy', fault }
          break
        default:
          // Released meanwhile, or in a state that nobody knows yet.
          return outcome
      }
      const waitMs = retryWaitMs({
        kind: 'busy',
        tries: refusals,
        retryAfterMs: undefined,
        nowMs: clock.now(),
        random: clock.random
      })
      if (!(await time.wait(waitMs))) return { kind: 'busy', fault }
    }
  } finally {
    time.clear()
  }
}
