import type { CallLimits } from '../cloud/api-outcome.ts'
import type { Compute, Instance } from '../cloud/compute.ts'
import { describeFault, type Fault } from '../cloud/fault.ts'
import { isRefusedId } from '../cloud/refused-id.ts'
import type { AuditEvent } from '../events/audit-event.ts'
import { isInstanceId } from '../events/instance-id.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import { RecentMap } from '../lib/recent-map.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { Log } from '../telemetry/log.ts'
import type { Totals } from '../telemetry/totals.ts'
import { snapshotRecord } from './snapshot-record.ts'

/** How often what is due is looked at, ms: at most one batch a region each time. */
const TICK_MS = 2_000
/** The most ids that one DescribeInstances takes. */
const BATCH = 100
/** Instances remembered, and those that wait, at the most: the oldest are forgotten, and seen anew. */
const MAX_KNOWN = 50_000
const MAX_WAITING = 20_000
const CALL_MS = 20_000
/** Between tries of a region that could not be asked. */
const RETRY = { baseMs: 5_000, capMs: 5 * 60_000 }
/** An instance that could not be asked for this long is given up, ms. */
const PATIENCE_MS = 60 * 60_000

export interface SnapshotterOptions {
  /** ECS in a region; loaded when it is first asked for. */
  readonly compute: (regionId: string) => Promise<Pick<Compute, 'describe'>>
  /** Ships a record that no message waits for. False: not now. */
  readonly ship: (record: LogRecord) => Promise<boolean>
  readonly clock: Clock
  readonly log: Log
  readonly totals: Totals
  /** From the event to the question, ms: ECS describes what is new only after a while. */
  readonly delayMs: number
}

interface Waiting {
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  /** On the clock's `elapsed()` scale, ms. */
  readonly dueMs: number
  readonly sinceMs: number
}

/**
 * Takes snapshots of instances while they exist, so that their type, zone, tags and addresses are known after their release:
 * when an instance is first seen, and when it runs. In batches of up to 100, no call per event; nothing waits for it, and what
 * it forgets is seen anew.
 */
export class Snapshotter {
  readonly #options: SnapshotterOptions
  readonly #waiting = new RecentMap<Waiting>(MAX_WAITING)
  /** Instances seen before. */
  readonly #known = new RecentMap<true>(MAX_KNOWN)
  readonly #rests = new Map<string, { untilMs: number; failures: number }>()
  readonly #stop = new AbortController()
  #cancel: (() => void) | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: SnapshotterOptions) {
    this.#options = options
  }

  /** Instances that wait for their snapshot. */
  get size(): number {
    return this.#waiting.size
  }

  /** Called for every event: cheap. */
  observe({ instanceId, regionId, accountId, state, test }: AuditEvent): void {
    if (test || this.#stop.signal.aborted || !isInstanceId(instanceId)) return
    if (state === 'Deleted') {
      this.#waiting.delete(instanceId)
      return
    }
    const known = this.#known.has(instanceId)
    if (known && state !== 'Running') return
    if (!known) this.#known.set(instanceId, true)
    const nowMs = this.#options.clock.elapsed()
    const dueMs = nowMs + this.#options.delayMs
    this.#waiting.set(instanceId, { instanceId, regionId, accountId, dueMs, sinceMs: nowMs })
    this.#cancel ??= this.#arm()
  }

  /** Idempotent. What waits is given up. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#cancel?.()
    this.#waiting.clear()
    await this.#running
  }

  #arm(): () => void {
    return this.#options.clock.after(TICK_MS, () => {
      this.#running = this.#work().finally(() => {
        this.#cancel = this.#waiting.size > 0 && !this.#stop.signal.aborted ? this.#arm() : undefined
      })
    })
  }

  async #work(): Promise<void> {
    const nowMs = this.#options.clock.elapsed()
    const batches = new Map<string, Waiting[]>()
    for (const waiting of this.#waiting.values()) {
      const batch = batches.get(waiting.regionId) ?? []
      const rests = (this.#rests.get(waiting.regionId)?.untilMs ?? 0) > nowMs
      if (waiting.dueMs <= nowMs && !rests && batch.length < BATCH) batches.set(waiting.regionId, [...batch, waiting])
    }
    await Promise.all([...batches].map(([regionId, batch]) => this.#describe(regionId, batch)))
  }

  async #describe(regionId: string, batch: readonly Waiting[]): Promise<void> {
    const { clock, compute, log } = this.#options
    const limits: CallLimits = { deadlineMs: clock.elapsed() + CALL_MS, signal: this.#stop.signal }
    const ecs = await compute(regionId)
    // Asked at the same time they travel in one call.
    const outcomes = await Promise.all(batch.map(({ instanceId }) => ecs.describe(instanceId, limits)))
    if (this.#stop.signal.aborted) return
    const shipped = outcomes.map(async (outcome, at) => {
      const waiting = batch[at]
      if (waiting === undefined || this.#waiting.get(waiting.instanceId) !== waiting) return undefined
      if (outcome.kind === 'done') return await this.#end(waiting, outcome.value)
      if (outcome.kind === 'already') return await this.#end(waiting, undefined)
      if (isRefusedId(outcome)) return this.#refuse(waiting, outcome.fault)
      if (clock.elapsed() - waiting.sinceMs > PATIENCE_MS) this.#waiting.delete(waiting.instanceId)
      return outcome.fault
    })
    const fault = (await Promise.all(shipped)).find((each) => each !== undefined)
    if (fault === undefined) return void this.#rests.delete(regionId)
    const failures = (this.#rests.get(regionId)?.failures ?? 0) + 1
    const untilMs = clock.elapsed() + backoffMs(RETRY, failures - 1, clock.random)
    this.#rests.set(regionId, { untilMs, failures })
    if (failures === 1) log.warn({ regionId, fault: describeFault(fault) }, 'snapshots cannot be taken; tried again')
  }

  /** An id that ECS takes for none holds up no others; ids come from events, so that there may be many of them. */
  #refuse({ instanceId, regionId }: Waiting, fault: Fault): undefined {
    this.#waiting.delete(instanceId)
    this.#options.log.debug({ instanceId, regionId, fault: describeFault(fault) }, 'ECS refuses an id: no snapshot')
  }

  /** An instance that is gone already is no fault. */
  async #end(waiting: Waiting, instance: Instance | undefined): Promise<undefined> {
    const { clock, ship, totals } = this.#options
    if (instance === undefined) {
      this.#waiting.delete(waiting.instanceId)
      return undefined
    }
    if (!(await ship(snapshotRecord(instance, waiting.accountId, clock.now())))) return undefined
    if (this.#waiting.get(waiting.instanceId) === waiting) this.#waiting.delete(waiting.instanceId)
    totals.snapshots += 1
    return undefined
  }
}
