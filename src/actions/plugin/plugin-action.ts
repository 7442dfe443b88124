import type { AuditEvent } from '../../events/audit-event.ts'
import type { Clock } from '../../lib/clock.ts'
import { deadline } from '../../lib/deadline.ts'
import { describeBug } from '../../telemetry/bug.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Action, ActionEntry, Job, JobEnd } from '../action.ts'
import type { FollowUpState } from '../follow-up.ts'
import type { ActionPlugin, PluginContext, PluginPlan, PluginResult } from './action-plugin.ts'

/** Tries of one plugin for one event. */
const MAX_ATTEMPTS = 10
/** How long `plan` and `execute` may take together, ms. */
const RUN_MS = 60_000
/** Events carry up to 64 KiB of content, and so does a message: what is longer is left out of a follow-up. */
const MAX_CONTENT = 24_576
/** Longest wait for a retry: the queue keeps a delayed message for 7 days. */
const MAX_DELAY_MS = 24 * 60 * 60_000

export interface PluginRefusal {
  readonly reason: string
  readonly detail: string
}

export interface PluginActionOptions {
  readonly plugin: ActionPlugin
  readonly clock: Clock
  readonly log: Log
  /** Why the rules for all actions forbid this attempt at an event now; undefined when they don't. */
  readonly refuse: (event: AuditEvent, attempt: number) => PluginRefusal | undefined
}

/** A user's own action in the form of the built-in ones. What it throws is a failed step, told without stopping anything. */
export function pluginAction(options: PluginActionOptions): Action {
  const { plugin, log } = options
  return {
    name: plugin.name,
    priority: 0,
    exclusive: plugin.name,
    concerns: (event) => {
      try {
        return plugin.match(event)
      } catch (thrown) {
        log.error({ action: plugin.name, ...describeBug(thrown) }, "a plugin's match failed")
        return false
      }
    },
    run: (job) => new PluginRun(options, job).run()
  }
}

class PluginRun {
  readonly #options: PluginActionOptions
  readonly #job: Job
  readonly #event: AuditEvent | undefined
  readonly #attempt: number

  constructor(options: PluginActionOptions, job: Job) {
    const { trigger } = job
    this.#options = options
    this.#job = job
    this.#event = trigger.kind === 'event' ? trigger.event : eventOf(trigger.followUp.state)
    this.#attempt = trigger.kind === 'event' ? 1 : attemptOf(trigger.followUp.state)
  }

  async run(): Promise<JobEnd> {
    const event = this.#event
    if (event === undefined) {
      this.#record({ step: 'follow-up', decision: 'gave_up', reason: 'bad-follow-up' })
      return 'settled'
    }
    const refusal = this.#options.refuse(event, this.#attempt)
    if (refusal !== undefined) {
      this.#record({ step: 'plan', decision: 'skipped', ...refusal })
      return 'settled'
    }
    const { signal, clear } = deadline(this.#options.clock, RUN_MS, this.#job.signal)
    try {
      return await this.#planAndExecute(event, signal)
    } catch (thrown) {
      if (this.#job.signal.aborted) return 'again'
      const detail = `it threw ${describeBug(thrown).error}`
      return await this.#failed({ kind: 'failed', reason: 'threw', detail, retryAfterMs: 30_000 })
    } finally {
      clear()
    }
  }

  async #planAndExecute(event: AuditEvent, signal: AbortSignal): Promise<JobEnd> {
    const { plugin, clock, log } = this.#options
    const idempotencyKey = `${this.#job.causedBy}/${plugin.name}`
    const context: PluginContext = { event, idempotencyKey, attempt: this.#attempt, signal, log }
    const planned = await orAbort(plugin.plan(event, context), signal)
    if (planned.kind === 'skip') {
      this.#record({ step: 'plan', decision: 'skipped', reason: planned.reason, ...texts(planned) })
      return 'settled'
    }
    if (this.#job.dryRun) {
      this.#record({ step: 'execute', decision: 'would_do', reason: 'planned', ...texts(planned) })
      return 'settled'
    }
    this.#record({ step: `intent-${this.#attempt}`, decision: 'intent', reason: 'planned', ...texts(planned) })
    const startedMs = clock.elapsed()
    const result = await orAbort(plugin.execute(planned.plan, context), signal)
    const durationMs = Math.round(clock.elapsed() - startedMs)
    if (result.kind === 'failed') return await this.#failed(result, durationMs)
    this.#record({ step: 'execute', decision: 'done', reason: 'executed', ...texts(result), durationMs })
    return 'settled'
  }

  /** Leaves a follow-up where another try is wanted, and says so; otherwise it is given up. */
  async #failed(result: PluginResult & { kind: 'failed' }, durationMs?: number): Promise<JobEnd> {
    const { retryAfterMs } = result
    const entry = { ...texts(result), ...(durationMs === undefined ? {} : { durationMs }) }
    if (retryAfterMs === undefined || this.#attempt >= MAX_ATTEMPTS || this.#event === undefined) {
      this.#record({ step: 'execute', decision: 'gave_up', reason: result.reason, ...entry })
      return 'settled'
    }
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(1_000, retryAfterMs))
    const left = await this.#job.followUp(stateOf(this.#event, this.#attempt + 1), delayMs)
    if (!left) return 'again'
    this.#record({ step: `failed-${this.#attempt}`, decision: 'failed', reason: result.reason, ...entry })
    return 'settled'
  }

  #record(entry: ActionEntry): void {
    void this.#job.record({ attempt: this.#attempt, ...entry })
  }
}

/** The texts that a plugin gave, and nothing else that it may hold. */
function texts(
  given: PluginPlan<unknown> | PluginResult
): Pick<ActionEntry, 'detail' | 'target'> & { reason?: string } {
  const { reason, detail, target }: { reason?: string; detail?: string; target?: string } = given
  return {
    ...(reason === undefined ? {} : { reason: String(reason).slice(0, 64) }),
    ...(detail === undefined ? {} : { detail: String(detail) }),
    ...(target === undefined ? {} : { target: String(target).slice(0, 256) })
  }
}

/** A plugin that does not look at its signal must not hold its message for ever. */
function orAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('the run took too long, or the process stops'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function stateOf(event: AuditEvent, attempt: number): FollowUpState {
  const content = event.content.length > MAX_CONTENT ? '' : event.content
  return { attempt, event: { ...event, content } }
}

function attemptOf({ attempt }: FollowUpState): number {
  return typeof attempt === 'number' && Number.isInteger(attempt) && attempt > 0 ? attempt : 1
}

/** The event of a follow-up that this program wrote; a message that claims to be one and lacks its texts is none. */
function eventOf({ event }: FollowUpState): AuditEvent | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  const given: Partial<Record<keyof AuditEvent, unknown>> = event
  const complete = TEXTS.every((name) => typeof given[name] === 'string') && typeof given.test === 'boolean'
  return complete ? (event as AuditEvent) : undefined
}

const TEXTS = [
  ...(['envelope', 'eventKey', 'eventId', 'name', 'product', 'level', 'status', 'regionId'] as const),
  ...(['accountId', 'resourceArn', 'instanceId', 'state', 'interruption', 'content'] as const)
] as const satisfies ReadonlyArray<keyof AuditEvent>
