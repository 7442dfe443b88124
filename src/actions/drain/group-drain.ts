import { describeFault } from '../../cloud/fault.ts'
import { within } from '../../lib/deadline.ts'
import type { ActionEntry, Decision } from '../action.ts'
import { failureReason } from '../policy/reasons.ts'
import type { DrainContext } from './drain-context.ts'
import type { DrainReason } from './drain-reasons.ts'
import { INTENT_AGAIN } from './earlier-runs.ts'
import { groupContent } from './group-content.ts'
import { type GroupPlan, planGroup } from './group-plan.ts'
import { persist } from './persist.ts'
import { type RemainingCapacity, remainingCapacity } from './remaining-capacity.ts'
import { type Removal, removeEntries } from './remove-entries.ts'
import type { ServerGroup } from './server-group.ts'

/** How long a look at what is left in a group may take, ms. */
const CAPACITY_MS = 10_000

/** How the drain of one group ended. */
export interface GroupEnd {
  readonly groupId: string
  readonly decision: Decision
  readonly reason: DrainReason
  readonly entries: number
  /** Time left when the entries were out; undefined where nothing was removed. */
  readonly marginMs: number | undefined
}

type Drainable = Extract<GroupPlan, { kind: 'drain' }>

/**
 * An instance's entries leave one group: weight 0, the grace period, removal, and a look that they are gone. What fails is
 * tried again until the deadline, the removal once more after it; a weight that can't be set never holds the removal up.
 */
export class GroupDrain {
  readonly #part: ServerGroup
  readonly #step: string
  readonly #context: DrainContext
  readonly #startedAt: number
  #capacity: RemainingCapacity | undefined
  #weightZero = 'not tried'

  /** @param step tells this part from others of the same drain: the group's id, and a number from the second time on */
  constructor(part: ServerGroup, step: string, context: DrainContext) {
    this.#part = part
    this.#step = step
    this.#context = context
    this.#startedAt = context.clock.elapsed()
  }

  /** Rejects when the process stops. */
  async run(): Promise<GroupEnd> {
    const { clock, config, job, times } = this.#context
    const { group, backends } = this.#part
    const plan = planGroup({
      role: group.role,
      backends,
      nowAt: this.#startedAt,
      ...times,
      graceMs: config.grace,
      reserveMs: config.reserve
    })
    if (plan.kind === 'report') return this.#end({ decision: 'skipped', reason: 'primary-secondary' })
    if (job.dryRun) return await this.#foretell(plan)
    this.#tellIntent()
    const graceMs = await this.#setWeightZero(plan)
    await this.#wait(Math.min(graceMs, plan.latestAt - clock.elapsed()))
    const removal = await removeEntries(this.#part, { ...this.#context, ...times, signal: job.signal })
    if (this.#capacity === undefined) await this.#look()
    return this.#tell(removal)
  }

  async #foretell({ zero, graceMs }: Drainable): Promise<GroupEnd> {
    await this.#look()
    const content = { zero: zero.length, graceMs: Math.round(graceMs) }
    const reason = this.#isLastHealthy() ? 'last-healthy-backend' : 'removed'
    return this.#end({ decision: 'would_do', reason, content })
  }

  /** Written down before anything changes: what the entries were, for a later run and for a replacement. */
  #tellIntent(): void {
    // Weight 0 is an earlier run's doing: its own record, which knows the weights, must stay apart from this one.
    const isFirst = this.#part.backends.some(({ weight }) => weight > 0)
    this.#context.record({
      step: `${isFirst ? 'intent' : INTENT_AGAIN}/${this.#step}`,
      decision: 'intent',
      reason: 'interrupted',
      target: this.#part.group.groupId,
      content: { ...groupContent(this.#part) }
    })
  }

  /** The grace period from now on: none for entries whose weight could not be set, for it would end no connection. */
  async #setWeightZero({ zero, graceMs, latestAt }: Drainable): Promise<number> {
    if (zero.length === 0) return graceMs
    const { balancing, clock, job } = this.#context
    const outcome = await persist((limits) => balancing.setWeight(this.#part.group, zero, 0, limits), {
      clock,
      signal: job.signal,
      untilAt: latestAt,
      lastTryMs: 0
    })
    if (outcome.kind === 'done') {
      this.#weightZero = 'set'
      return graceMs
    }
    this.#weightZero = outcome.kind === 'already' ? 'gone' : `${outcome.kind}: ${describeFault(outcome.fault)}`
    return 0
  }

  /** The grace period, with a look at what will serve after it. */
  async #wait(ms: number): Promise<void> {
    if (ms <= 0) return
    const { clock, job, log } = this.#context
    await Promise.all([clock.sleep(ms, job.signal), within(clock, ms, this.#look())])
    if (this.#isLastHealthy()) log.warn(this.#place(), 'removing the last healthy backend of a server group')
  }

  async #look(): Promise<void> {
    const { balancing, clock, job } = this.#context
    const { group, backends: leaving } = this.#part
    const limits = { deadlineMs: clock.elapsed() + CAPACITY_MS, signal: job.signal }
    this.#capacity = await remainingCapacity(balancing, { group, leaving, limits })
  }

  #isLastHealthy(): boolean {
    return this.#capacity?.serving === 0
  }

  #tell(removal: Removal): GroupEnd {
    const { clock, times, log } = this.#context
    if (removal.kind === 'failed') {
      const { outcome } = removal
      return this.#end({
        decision: 'gave_up',
        reason: failureReason(outcome),
        detail: describeFault(outcome.fault),
        marginMs: times.deadlineAt - clock.elapsed()
      })
    }
    if (removal.kind === 'still-there') {
      return this.#end({ decision: 'gave_up', reason: 'still-there', marginMs: times.deadlineAt - clock.elapsed() })
    }
    const reason = removal.kind === 'removed' && this.#isLastHealthy() ? 'last-healthy-backend' : removal.kind
    const marginMs = times.deadlineAt - removal.at
    if (marginMs < 0) log.warn(this.#place(), 'an instance left its server group after its deadline')
    const content = { verified: removal.verified, after: removal.left?.length }
    return this.#end({ decision: 'done', reason, marginMs, content })
  }

  #end(ending: {
    decision: Decision
    reason: DrainReason
    detail?: string
    marginMs?: number
    content?: ActionEntry['content']
  }): GroupEnd {
    const { clock, record } = this.#context
    const { group, backends } = this.#part
    const { decision, reason, detail, marginMs, content } = ending
    record({
      step: `remove/${this.#step}`,
      decision,
      reason,
      ...(detail === undefined ? {} : { detail }),
      target: group.groupId,
      durationMs: Math.round(clock.elapsed() - this.#startedAt),
      ...(marginMs === undefined ? {} : { deadlineMarginMs: Math.round(marginMs) }),
      content: {
        ...groupContent(this.#part),
        weightZero: this.#weightZero,
        before: this.#capacity?.total,
        serving: this.#capacity?.serving,
        ...content
      }
    })
    return { groupId: group.groupId, decision, reason, entries: backends.length, marginMs }
  }

  /** What a line of the log is about. */
  #place(): Readonly<Record<string, string>> {
    const { job } = this.#context
    const { kind, groupId } = this.#part.group
    return { instanceId: job.instanceId, kind, groupId, causedBy: job.causedBy }
  }
}
