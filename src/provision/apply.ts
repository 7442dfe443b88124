import type { Fault } from '../cloud/fault.ts'
import type { SlsCall } from '../logstore/sls-client.ts'
import { type Administration, isPassing } from './administration.ts'
import type { Difference } from './differences.ts'
import { type Step, stepOf } from './plan.ts'

/** What became of a step. */
export type StepResult =
  /** Read back as wanted. */
  | { readonly kind: 'done'; readonly step: Step }
  | { readonly kind: 'failed'; readonly step: Step; readonly operation: string; readonly fault: Fault }
  /** Accepted, and yet read back differently, or not to be found. */
  | { readonly kind: 'kept-otherwise'; readonly step: Step; readonly changes: readonly Difference[] }

/** Writes of one resource, and reads until it shows: what was just made may not be seen for some seconds. */
const MAX_WRITES = 8
const MAX_READS = 6

/**
 * Carries out a plan, one step after the other, and tells of each. A step that fails does not keep the others from being
 * tried.
 *
 * @param young the project was made just now
 */
export async function* applyPlan(
  steps: readonly Step[],
  administration: Administration,
  young: boolean
): AsyncGenerator<StepResult> {
  let fresh = young
  for (const step of steps) {
    if (step.kind === 'keep') continue
    yield await applyStep(step, administration, fresh)
    if (step.kind === 'create' && step.resource.kind === 'logstore') fresh = true
  }
}

/**
 * Brings one resource to what is wanted, and reads it back. Whatever became of a call, the next one starts from what is
 * there now: an answer that got lost, an earlier run that ended half-way and another process at the same work are all one.
 *
 * @param young what it belongs to was made just now: the service may not see that yet
 */
async function applyStep(step: Step, administration: Administration, young: boolean): Promise<StepResult> {
  const { resource } = step
  let now = step
  let form = (call: SlsCall): SlsCall => call
  for (let attempt = 0; ; attempt += 1) {
    const write = callOf(now)
    if (write === undefined) return settled(step, now)
    const outcome = await administration.call(form(write))
    if (outcome.kind === 'ok') return await readBack(step, administration)
    const { fault } = outcome
    const passing = isPassing(fault) || (young && fault.class === 'missing')
    if (passing && attempt < MAX_WRITES - 1) await administration.pause(attempt)
    const before = now.kind
    now = stepOf(resource, await administration.read(resource))
    const failed = { kind: 'failed', step, operation: write.operation, fault } as const
    if (attempt === MAX_WRITES - 1) return now.kind === 'keep' ? { kind: 'done', step } : failed
    if (passing || now.kind !== before) continue
    if (fault.class !== 'rejected' || attempt > 0 || resource.otherForm === undefined) return failed
    form = resource.otherForm
  }
}

function callOf(step: Step): SlsCall | undefined {
  if (step.kind === 'create') return step.resource.create
  return step.kind === 'update' ? step.resource.update(step.actual) : undefined
}

/** Nothing is left to write: it is as wanted, or can't be seen. */
function settled(step: Step, now: Step): StepResult {
  if (now.kind !== 'unreadable') return { kind: 'done', step }
  return { kind: 'failed', step, operation: now.resource.read.operation, fault: now.fault }
}

async function readBack(step: Step, administration: Administration): Promise<StepResult> {
  for (let attempt = 0; ; attempt += 1) {
    const now = stepOf(step.resource, await administration.read(step.resource))
    if (now.kind === 'keep' || now.kind === 'unreadable') return settled(step, now)
    if (attempt === MAX_READS - 1) {
      return { kind: 'kept-otherwise', step, changes: now.kind === 'update' ? now.comparison.changes : [] }
    }
    await administration.pause(attempt)
  }
}
