import type { ApiOutcome } from '../../../src/cloud/api-outcome.ts'
import type { Instance, RunRequest } from '../../../src/cloud/compute.ts'
import type { Fault } from '../../../src/cloud/fault.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { spotInstance } from '../support/spot-loss.ts'

interface Machine extends Instance {
  readonly bornMs: number
}

/** ECS in memory, as far as a replacement sees it: ClientTokens, stock, time to start, and an index of tags that lags behind. */
export class MemoryCloud {
  readonly #clock: Clock
  readonly #machines = new Map<string, Machine>()
  readonly #tokens = new Map<string, { readonly parameters: string; readonly instanceId: string }>()
  /** Every instance that RunInstances ever made, in order. */
  readonly made: RunRequest[] = []
  /** Every RunInstances, whatever came of it. */
  readonly asked: RunRequest[] = []
  stock: (request: RunRequest, nowMs: number) => boolean = () => true
  /** A refusal instead of an instance. */
  refusal: (request: RunRequest) => string | undefined = () => undefined
  startMs = 20_000
  /** How long after its making an instance is found by its tags, ms. */
  indexLagMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  put(instance: Instance): void {
    this.#machines.set(instance.instanceId, { ...instance, bornMs: this.#clock.now() - 3_600_000 })
  }

  change(instanceId: string, change: Partial<Instance>): void {
    const machine = this.#machines.get(instanceId)
    if (machine !== undefined) this.#machines.set(instanceId, { ...machine, ...change })
  }

  release(instanceId: string): void {
    this.#machines.delete(instanceId)
  }

  describe(instanceId: string): ApiOutcome<Instance | undefined> {
    const machine = this.#machines.get(instanceId)
    return { kind: 'done', value: machine && this.#seen(machine) }
  }

  findByTags(tags: Readonly<Record<string, string>>): ApiOutcome<readonly Instance[]> {
    const found = [...this.#machines.values()].filter(({ tags: own, bornMs }) => {
      const isIndexed = this.#clock.now() - bornMs >= this.indexLagMs
      return isIndexed && Object.entries(tags).every(([key, value]) => own[key] === value)
    })
    return { kind: 'done', value: found.map((machine) => this.#seen(machine)) }
  }

  tag(instanceId: string, tags: Readonly<Record<string, string>>): ApiOutcome<void> {
    const machine = this.#machines.get(instanceId)
    if (machine === undefined) return { kind: 'refused', fault: faultOf('InvalidResourceId.NotFound') }
    this.#machines.set(instanceId, { ...machine, tags: { ...machine.tags, ...tags } })
    return { kind: 'done', value: undefined }
  }

  run(request: RunRequest): ApiOutcome<{ readonly instanceId: string }> {
    this.asked.push(request)
    const { clientToken, ...parameters } = request
    const bound = this.#tokens.get(clientToken)
    if (bound !== undefined) {
      if (bound.parameters !== JSON.stringify(parameters)) return refused('IdempotentParameterMismatch')
      return { kind: 'done', value: { instanceId: bound.instanceId } }
    }
    const refusal = this.refusal(request)
    if (refusal !== undefined) return refused(refusal)
    if (!this.stock(request, this.#clock.now())) return refused('OperationDenied.NoStock')
    this.made.push(request)
    const instanceId = `i-new${this.made.length}`
    this.#machines.set(instanceId, this.#machine(instanceId, request))
    this.#tokens.set(clientToken, { parameters: JSON.stringify(parameters), instanceId })
    return { kind: 'done', value: { instanceId } }
  }

  #machine(instanceId: string, request: RunRequest): Machine {
    const bornMs = this.#clock.now()
    return {
      ...machine(instanceId),
      zoneId: request.zoneId,
      instanceType: request.instanceType,
      spotStrategy: request.spotStrategy,
      // ECS tells the minute.
      createdMs: Math.floor(bornMs / 60_000) * 60_000,
      tags: { ...request.tags },
      status: 'Pending',
      bornMs
    }
  }

  #seen({ bornMs, ...instance }: Machine): Instance {
    const isUp = instance.status !== 'Pending' || this.#clock.now() - bornMs >= this.startMs
    return isUp && instance.status === 'Pending' ? { ...instance, status: 'Running' } : instance
  }
}

/** An instance that runs. */
export function machine(instanceId: string, given: Partial<Instance> = {}): Instance {
  const privateIps = [`10.0.0.${instanceId.length}`, '10.0.9.9']
  return spotInstance({ instanceId, privateIps, networkInterfaceIds: [`eni-of-${instanceId}`, 'eni-second'], ...given })
}

function refused(code: string): ApiOutcome<never> {
  return { kind: 'refused', fault: faultOf(code) }
}

export function faultOf(code: string): Fault {
  return { class: 'rejected', code, status: 403, message: 'said so', requestId: '' }
}
