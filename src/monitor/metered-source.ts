import type { Fault } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import type { AcknowledgeOutcome, ExtendOutcome, QueueSource, ReceiveOutcome, SendOutcome } from '../queue/source.ts'
import type { Meters } from '../telemetry/meters.ts'
import { DependencyState } from './dependency-state.ts'
import { type MeteredOptions, type OnStage, tellStage } from './stage.ts'

/** A queue that measures every call: per call, never per message. */
export class MeteredSource implements QueueSource {
  readonly name: string
  readonly endpoint: string
  readonly urgent: boolean
  readonly receivers: number
  readonly visibilityMs: number
  readonly receiving = new DependencyState()
  readonly deleting = new DependencyState()
  readonly #source: QueueSource
  readonly #clock: Clock
  readonly #meters: Meters
  readonly #onStage: OnStage | undefined

  constructor(source: QueueSource, options: MeteredOptions) {
    this.name = source.name
    this.endpoint = source.endpoint
    this.urgent = source.urgent
    this.receivers = source.receivers
    this.visibilityMs = source.visibilityMs
    this.#source = source
    this.#clock = options.clock
    this.#meters = options.meters
    this.#onStage = options.onStage
  }

  async receive(maxMessages: number, signal: AbortSignal): Promise<ReceiveOutcome> {
    const startedMs = this.#clock.elapsed()
    const outcome = await this.#source.receive(maxMessages, signal)
    const fault = outcome.kind === 'failed' ? outcome.fault : undefined
    const nowMs = this.#ended(this.receiving, fault)
    if (fault?.class === 'aborted') return outcome
    this.#time('ecs_audit_receive_seconds', outcome.kind, nowMs - startedMs)
    if (outcome.kind === 'messages') {
      this.#count(outcome.messages)
      this.#tell('receive', outcome, { tookMs: nowMs - startedMs, records: outcome.messages.length })
    }
    return outcome
  }

  async acknowledge(receiptHandles: readonly string[]): Promise<AcknowledgeOutcome> {
    const startedMs = this.#clock.elapsed()
    const outcome = await this.#source.acknowledge(receiptHandles)
    const nowMs = this.#ended(this.deleting, outcome.kind === 'failed' ? outcome.fault : undefined)
    this.#time('ecs_audit_delete_seconds', outcome.kind, nowMs - startedMs)
    this.#tell('delete', outcome, { tookMs: nowMs - startedMs, records: receiptHandles.length })
    return outcome
  }

  async extend(receiptHandle: string, visibilityMs: number): Promise<ExtendOutcome> {
    const outcome = await this.#source.extend(receiptHandle, visibilityMs)
    if (outcome.kind === 'failed') this.#countFault(outcome.fault)
    return outcome
  }

  async send(body: string, delayMs: number): Promise<SendOutcome> {
    const outcome = await this.#source.send(body, delayMs)
    if (outcome.kind === 'failed') this.#countFault(outcome.fault)
    return outcome
  }

  close(): Promise<void> {
    return this.#source.close()
  }

  #tell(stage: 'receive' | 'delete', { kind }: { kind: string }, size: { tookMs: number; records: number }): void {
    tellStage(this.#onStage, { stage, dependency: this.name, outcome: kind, ...size })
  }

  #ended(state: DependencyState, fault: Fault | undefined): number {
    const nowMs = this.#clock.elapsed()
    state.ended(fault, nowMs)
    if (fault !== undefined) this.#countFault(fault)
    return nowMs
  }

  #countFault(fault: Fault): void {
    if (fault.class !== 'aborted') {
      this.#meters.tally('ecs_audit_faults_total', `queue ${this.name}`, fault.class).value += 1
    }
  }

  #time(name: 'ecs_audit_receive_seconds' | 'ecs_audit_delete_seconds', outcome: string, tookMs: number): void {
    this.#meters.histogram(name, this.name, outcome).observe(tookMs / 1_000)
  }

  #count(messages: ReadonlyArray<{ readonly dequeueCount: number }>): void {
    let redelivered = 0
    for (const { dequeueCount } of messages) if (dequeueCount > 1) redelivered += 1
    this.#meters.tally('ecs_audit_queue_received_total', this.name).value += messages.length
    if (redelivered > 0) this.#meters.tally('ecs_audit_queue_redelivered_total', this.name).value += redelivered
  }
}
