import type { ApiOutcome } from './api-outcome.ts'

/** Whether it is the id that ECS refuses, not the call: asking for it again would bring the same, and says nothing of others. */
export function isRefusedId(outcome: ApiOutcome<unknown>): boolean {
  return outcome.kind === 'refused' && /^InvalidInstanceId/i.test(outcome.fault.code)
}
