import { z } from 'zod'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Compute, Instance, RunRequest } from '../compute.ts'
import { brokenAnswer } from '../rpc/broken-answer.ts'
import type { RpcApi } from '../rpc/rpc-api.ts'
import { createRpcApi, type RpcApiOptions } from '../rpc/rpc-client.ts'
import { createEcsRequests, type EcsRequests } from './ecs-requests.ts'
import { GatheredLookup } from './gathered-lookup.ts'
import { InstanceLookup } from './instance-lookup.ts'
import { startInstance } from './start-instance.ts'

export type ComputeOptions = Omit<RpcApiOptions, 'product' | 'version'>

/** The API version of ECS. */
const VERSION = '2014-05-26'

/**
 * ECS in one region. The SDK is loaded here.
 *
 * @throws AuditError `config` when endpoint or region can't be used
 */
export function createCompute(options: ComputeOptions): Compute & { close(): Promise<void> } {
  return new ComputeClient(options)
}

class ComputeClient implements Compute {
  readonly #options: ComputeOptions
  readonly #api: RpcApi
  readonly #requests: EcsRequests
  readonly #lookup: InstanceLookup
  readonly #gathered: GatheredLookup

  constructor(options: ComputeOptions) {
    this.#options = options
    this.#api = createRpcApi({ ...options, product: 'ecs', version: VERSION })
    this.#requests = createEcsRequests(options.region)
    this.#lookup = new InstanceLookup(this.#api, this.#requests)
    this.#gathered = new GatheredLookup((ids, limits) => this.#lookup.byIds(ids, limits), options.clock)
  }

  describe(instanceId: string, limits: CallLimits): Promise<ApiOutcome<Instance | undefined>> {
    return this.#gathered.ask(instanceId, limits)
  }

  findByTags(tags: Readonly<Record<string, string>>, limits: CallLimits): Promise<ApiOutcome<readonly Instance[]>> {
    return this.#lookup.byTags(tags, limits)
  }

  count(limits: CallLimits): Promise<ApiOutcome<number>> {
    return this.#lookup.count(limits)
  }

  start(instanceId: string, limits: CallLimits): Promise<ApiOutcome<void>> {
    const { clock } = this.#options
    const parts = {
      api: this.#api,
      requests: this.#requests,
      clock,
      describe: (id: string, within: CallLimits) => this.describe(id, within)
    }
    return startInstance(parts, instanceId, limits)
  }

  async run(request: RunRequest, limits: CallLimits): Promise<ApiOutcome<{ readonly instanceId: string }>> {
    // Repeatable by its ClientToken ("How to ensure idempotence").
    const outcome = await this.#api.call({ ...this.#requests.run(request), repeatable: true, limits })
    if (outcome.kind !== 'done') return outcome
    const answer = runAnswer.safeParse(outcome.value)
    const [instanceId] = answer.data?.InstanceIdSets.InstanceIdSet ?? []
    return instanceId === undefined ? brokenAnswer('RunInstances') : { kind: 'done', value: { instanceId } }
  }

  async tag(instanceId: string, tags: Readonly<Record<string, string>>, limits: CallLimits): Promise<ApiOutcome<void>> {
    const outcome = await this.#api.call({ ...this.#requests.tag(instanceId, tags), repeatable: true, limits })
    return outcome.kind === 'done' ? { kind: 'done', value: undefined } : outcome
  }

  close(): Promise<void> {
    return this.#api.close()
  }
}

const runAnswer = z.object({ InstanceIdSets: z.object({ InstanceIdSet: z.array(z.string().min(1)) }) })
