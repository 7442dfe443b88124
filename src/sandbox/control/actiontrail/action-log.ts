import { type RpcCall, RpcError, type RpcOperation, type RpcProduct } from '../rpc-product.ts'
import { type TrailEntry, type TrailEvent, trailEvent } from './trail-event.ts'

/** An event with its place in the log, and what of it is asked for. */
export interface LoggedEvent extends Pick<TrailEntry, 'atMs' | 'regionId' | 'instanceIds'> {
  /** Rises with each event: what pages go by. */
  readonly sequence: number
  readonly event: TrailEvent
}

const MAX_EVENTS = 10_000

/** The calls that ActionTrail tells of: those that change something. */
const WRITES: readonly string[] = ['StartInstance', 'StopInstance', 'RebootInstance', 'DeleteInstance', 'RunInstances']

export interface ActionLogOptions {
  /** Epoch ms. */
  readonly now: () => number
  /** How long after a call the trail begins to tell of it, ms: some minutes in the real service. */
  readonly delayMs: number
  /** Where an instance is; undefined for one that there is not. */
  readonly regionOf: (instanceId: string) => string | undefined
  /** The region of calls that name neither a region nor an instance. */
  readonly homeRegion: string
}

/** Who changed what in ECS: the newest 10,000 calls. */
export class ActionLog {
  readonly #options: ActionLogOptions
  readonly #events: LoggedEvent[] = []
  #sequence = 0

  constructor(options: ActionLogOptions) {
    this.#options = options
  }

  /** The events that the trail tells of by now, in the order of the calls. */
  told(): LoggedEvent[] {
    const { now, delayMs } = this.#options
    const untilMs = now() - delayMs
    return this.#events.filter(({ atMs }) => atMs <= untilMs)
  }

  /** ECS, with its changing calls written down: those that were refused too. */
  watch(ecs: RpcProduct): RpcProduct {
    const operations = Object.entries(ecs.operations).map(([action, operation]): [string, RpcOperation] => [
      action,
      WRITES.includes(action) ? this.#watched(operation) : operation
    ])
    return { ...ecs, operations: Object.fromEntries(operations) }
  }

  #watched(operation: RpcOperation): RpcOperation {
    return async (call) => {
      const atMs = this.#options.now()
      // Before it is carried out: of an instance that is gone afterwards nobody knows where it was.
      const common = { call, atMs, regionId: this.#regionOf(call) }
      try {
        const answer = await operation(call)
        this.#add({ ...common, instanceIds: [...named(call), ...created(answer)], refusal: undefined })
        return answer
      } catch (thrown) {
        if (thrown instanceof RpcError) this.#add({ ...common, instanceIds: named(call), refusal: thrown })
        throw thrown
      }
    }
  }

  #regionOf({ parameters }: RpcCall): string {
    const { regionOf, homeRegion } = this.#options
    return parameters.text('RegionId') || regionOf(parameters.text('InstanceId')) || homeRegion
  }

  #add(entry: TrailEntry): void {
    const { atMs, regionId, instanceIds } = entry
    this.#sequence += 1
    this.#events.push({ sequence: this.#sequence, atMs, regionId, instanceIds, event: trailEvent(entry) })
    if (this.#events.length > MAX_EVENTS) this.#events.shift()
  }
}

function named({ parameters }: RpcCall): string[] {
  const id = parameters.text('InstanceId')
  return id === '' ? [] : [id]
}

/** The instances that RunInstances answers with. */
function created(answer: object): string[] {
  const sets: unknown = 'InstanceIdSets' in answer ? answer.InstanceIdSets : undefined
  const ids: unknown = typeof sets === 'object' && sets !== null && 'InstanceIdSet' in sets ? sets.InstanceIdSet : []
  return Array.isArray(ids) ? ids.map(String) : []
}
