import type { RpcCallReport } from '../cloud/rpc/rpc-client.ts'
import type { AuditEvent } from '../events/audit-event.ts'
import type { Clock } from '../lib/clock.ts'
import type { Batch } from '../pipeline/batcher.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import type { Meters, Tally } from '../telemetry/meters.ts'
import { ageSeconds } from './age.ts'
import { RecentKeys } from './recent-keys.ts'

/** Measures what is no call to a queue or the logstore: events, batches, actions, calls of the control plane. */
export class WorkMeter {
  readonly #clock: Clock
  readonly #meters: Meters
  readonly #ageAtReceive: Histogram
  readonly #duplicates: Tally
  readonly #keys = new RecentKeys()

  constructor({ clock, meters }: { clock: Clock; meters: Meters }) {
    this.#clock = clock
    this.#meters = meters
    this.#ageAtReceive = meters.histogram('ecs_audit_event_age_at_receive_seconds')
    // There from the start, so that the rate of the first one is seen.
    this.#duplicates = meters.tally('ecs_audit_duplicates_total')
  }

  /** Once per event: nothing is allocated. */
  event({ eventKey, timeMs }: AuditEvent): void {
    if (timeMs !== undefined) this.#ageAtReceive.observe(ageSeconds(timeMs, this.#clock.now()))
    if (this.#keys.seen(eventKey)) this.#duplicates.value += 1
  }

  run(action: string, { timeMs }: AuditEvent): void {
    if (timeMs === undefined) return
    const age = ageSeconds(timeMs, this.#clock.now())
    this.#meters.histogram('ecs_audit_event_age_at_action_seconds', action).observe(age)
  }

  batch({ entries, bytes, reason }: Batch): void {
    this.#meters.tally('ecs_audit_batches_total', reason).value += 1
    this.#meters.histogram('ecs_audit_batch_records').observe(entries.length)
    this.#meters.histogram('ecs_audit_batch_bytes').observe(bytes)
  }

  call({ product, outcome, durationMs }: RpcCallReport): void {
    this.#meters.histogram('ecs_audit_api_call_seconds', product, outcome.kind).observe(durationMs / 1_000)
    if (outcome.kind === 'done' || outcome.kind === 'already') return
    this.#meters.tally('ecs_audit_faults_total', product, outcome.fault.class).value += 1
  }
}
