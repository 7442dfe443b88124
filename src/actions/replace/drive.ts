import type { JobEnd } from '../action.ts'
import { attach } from './attach.ts'
import { buy } from './buy.ts'
import { lookAtHealth } from './look-at-health.ts'
import { lookAtStart } from './look-at-start.ts'
import type { Plan } from './plan.ts'
import { recordEnd } from './record-end.ts'
import { remember, rememberDrained } from './remember.ts'
import { limitsOf, type ReplaceContext } from './replace-context.ts'
import { ABANDON_MS, advance, type Ended, type Observation, type ReplaceState } from './replace-state.ts'
import { type SavedRun, saveRun } from './saved-run.ts'

type Live = Exclude<ReplaceState, Ended>

/**
 * Goes on with a replacement as far as it can be brought now, and leaves a follow-up for the rest.
 *
 * @param first what was observed of the present state already
 */
export async function drive(run: SavedRun, context: ReplaceContext, first?: Observation): Promise<JobEnd> {
  const { clock, config, job } = context
  let { plan, state } = run
  let observation = first
  for (;;) {
    if (observation === undefined) {
      plan = await rememberMore(plan, state, context)
      observation = await observe(plan, state, context)
    }
    if (job.signal.aborted) return 'again'
    tell(state, observation, context)
    const step = advance(state, observation, {
      nowMs: clock.now(),
      deadlineMs: plan.deadlineMs,
      checkAfterMs: config.replace.checkAfter
    })
    if (step.state.phase === 'ended') {
      await recordEnd(step.state, plan, context)
      return 'settled'
    }
    state = step.state
    if (step.waitMs > 0) return (await job.followUp(saveRun({ plan, state }), step.waitMs)) ? 'settled' : 'again'
    observation = undefined
  }
}

async function observe(plan: Plan, state: Live, context: ReplaceContext): Promise<Observation> {
  const { clock, config, job } = context
  if (clock.now() > plan.deadlineMs + ABANDON_MS) return { kind: 'stop', decision: 'gave_up', reason: 'deadline' }
  if (job.dryRun) return { kind: 'stop', decision: 'skipped', reason: 'dry-run' }
  if (config.paused) return { kind: 'later', why: 'paused' }
  switch (state.phase) {
    case 'deciding':
      return { kind: 'decided' }
    case 'buying':
      return await buy(plan, state, context)
    case 'starting':
      return await lookAtStart(state, context)
    case 'attaching':
      return await attach(plan, state, context)
    case 'warming':
      return await lookAtHealth(plan, state, context)
    default: {
      const never: never = state
      return never
    }
  }
}

/** What the drain has written down since; and the server groups that gave no answer at the notice are asked again. */
async function rememberMore(plan: Plan, { phase }: Live, context: ReplaceContext): Promise<Plan> {
  if (phase !== 'attaching') return plan
  if (!plan.missed) return await rememberDrained(plan, context)
  const old = await context.compute.describe(context.job.instanceId, limitsOf(context))
  return old.kind === 'done' ? await remember(plan, old.value, context) : await rememberDrained(plan, context)
}

/** Records what stands in the way, or sets back. */
function tell(state: Live, observation: Observation, { record, log, job }: ReplaceContext): void {
  if (observation.kind === 'gone') {
    const { instanceId, generation, index } = observation.replacement
    const content = { generation, index }
    record({ step: `lost/${instanceId}`, decision: 'failed', reason: 'lost', target: instanceId, content })
  }
  if (observation.kind !== 'later') return
  const { why, detail } = observation
  log.debug({ instanceId: job.instanceId, phase: state.phase, why, detail }, 'a replacement waits')
  if (!why.startsWith('api-')) return
  const step = `${state.phase}-${state.waits + 1}`
  record({ step, decision: 'failed', reason: why, attempt: state.waits + 1, ...(detail && { detail }) })
}
