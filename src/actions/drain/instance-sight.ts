import type { BalancedInstance } from '../../cloud/balancing.ts'
import type { Compute, Instance } from '../../cloud/compute.ts'
import { describeFault } from '../../cloud/fault.ts'
import type { Clock } from '../../lib/clock.ts'
import { within } from '../../lib/deadline.ts'

/** How long one question to ECS may take with its retries, ms. */
const QUESTION_MS = 10_000

/**
 * What is known of the instance.
 * - `described`: as ECS tells it
 * - `gone`: ECS does not know it (any more)
 * - `unknown`: ECS gave no answer yet; `final`: nor will it, for it refuses to
 */
export type Sighting =
  | { readonly kind: 'described'; readonly instance: Instance }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly why: string; readonly final: boolean }

/** Whether asking ECS again would tell nothing more. */
export function isAnswered(sighting: Sighting): boolean {
  return sighting.kind !== 'unknown' || sighting.final
}

/** What an instance may be known by in server groups, as far as it is known. */
export function identityOf(instanceId: string, sighting: Sighting): BalancedInstance {
  if (sighting.kind !== 'described') return { instanceId, networkInterfaceIds: [], privateIps: [], vpcId: '' }
  const { networkInterfaceIds, privateIps, vpcId } = sighting.instance
  return { instanceId, networkInterfaceIds, privateIps, vpcId }
}

/** One instance seen through ECS: asked until there is an answer, which is kept. */
export class InstanceSight {
  readonly #compute: Compute
  readonly #instanceId: string
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #sighting: Sighting = { kind: 'unknown', why: 'ECS has not answered yet', final: false }
  #question: Promise<void> | undefined

  constructor(options: { compute: Compute; instanceId: string; clock: Clock; signal: AbortSignal }) {
    this.#compute = options.compute
    this.#instanceId = options.instanceId
    this.#clock = options.clock
    this.#signal = options.signal
  }

  /** What is known after waiting at most `patienceMs` for an answer. */
  async look(patienceMs: number): Promise<Sighting> {
    if (isAnswered(this.#sighting)) return this.#sighting
    this.#question ??= this.#ask().finally(() => {
      this.#question = undefined
    })
    await within(this.#clock, patienceMs, this.#question)
    return this.#sighting
  }

  async #ask(): Promise<void> {
    const limits = { deadlineMs: this.#clock.elapsed() + QUESTION_MS, signal: this.#signal }
    const answer = await this.#compute.describe(this.#instanceId, limits)
    if (answer.kind === 'done') {
      this.#sighting = answer.value === undefined ? { kind: 'gone' } : { kind: 'described', instance: answer.value }
    } else {
      this.#sighting = { kind: 'unknown', why: describeFault(answer.fault), final: answer.kind === 'refused' }
    }
  }
}
