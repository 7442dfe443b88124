import type { ApiFailure, ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Instance } from '../compute.ts'
import { brokenAnswer } from '../rpc/broken-answer.ts'
import type { RpcApi } from '../rpc/rpc-api.ts'
import type { DescribeFilter, EcsRequests } from './ecs-requests.ts'
import { type InstancePage, readInstances } from './read-instance.ts'

/** Pages of 100 that a search goes through at most. */
const MAX_PAGES = 100

/**
 * DescribeInstances. It answers an empty list to who may not call it, so an empty list counts only once it is known
 * that this key may (ECS, "DescribeInstances", usage notes).
 */
export class InstanceLookup {
  readonly #api: RpcApi
  readonly #requests: EcsRequests
  #permitted = false

  constructor(api: RpcApi, requests: EcsRequests) {
    this.#api = api
    this.#requests = requests
  }

  /** The instances with these ids, at most 100, that exist. */
  async byIds(ids: readonly string[], limits: CallLimits): Promise<ApiOutcome<readonly Instance[]>> {
    const outcome = await this.#page({ by: 'ids', ids }, limits)
    return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.instances } : outcome
  }

  /** Every instance with all of these tags. */
  async byTags(tags: Readonly<Record<string, string>>, limits: CallLimits): Promise<ApiOutcome<readonly Instance[]>> {
    const found = new Map<string, Instance>()
    let nextToken = ''
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const outcome = await this.#page({ by: 'tags', tags, nextToken }, limits)
      if (outcome.kind !== 'done') return outcome
      for (const instance of outcome.value.instances) found.set(instance.instanceId, instance)
      nextToken = outcome.value.nextToken
      if (nextToken === '') return { kind: 'done', value: [...found.values()] }
    }
    return tooMany()
  }

  /** Number of instances in the region. */
  async count(limits: CallLimits): Promise<ApiOutcome<number>> {
    const outcome = await this.#page({ by: 'nothing' }, limits)
    return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.totalCount } : outcome
  }

  async #page(filter: DescribeFilter, limits: CallLimits): Promise<ApiOutcome<InstancePage>> {
    const outcome = await this.#api.call({ ...this.#requests.describe(filter), repeatable: true, limits })
    if (outcome.kind !== 'done') return outcome
    const page = readInstances(outcome.value)
    if (page === undefined) return brokenAnswer('DescribeInstances')
    if (page.instances.length > 0) this.#permitted = true
    if (this.#permitted) return { kind: 'done', value: page }
    const permission = await this.#askPermission(limits)
    if (permission.kind !== 'already')
      return permission.kind === 'done' ? brokenAnswer('DescribeInstances') : permission
    this.#permitted = true
    return { kind: 'done', value: page }
  }

  /** `already`: permitted. A dry run is never `done`. */
  #askPermission(limits: CallLimits): Promise<ApiOutcome<unknown>> {
    return this.#api.call({
      ...this.#requests.mayDescribe(),
      repeatable: true,
      limits,
      meaning: (code) => (code === 'dryrunoperation' ? 'already' : undefined)
    })
  }
}

function tooMany(): ApiFailure {
  const message = `DescribeInstances: more than ${MAX_PAGES * 100} instances carry these tags`
  return {
    kind: 'refused',
    fault: { class: 'rejected', code: 'TooManyInstances', status: 200, message, requestId: '' }
  }
}
