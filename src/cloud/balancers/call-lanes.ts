import PQueue from 'p-queue'
import type { RpcApi } from '../rpc/rpc-api.ts'

/** Where calls of one sort wait for their turn: a lane for each API, for one that is slow must not hold up the others. */
export class CallLanes {
  readonly #concurrency: number
  readonly #lanes = new Map<RpcApi, PQueue>()

  /** @param concurrency calls at a time, of each API */
  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  /** Makes a call when its turn comes. */
  add<Outcome>(api: RpcApi, call: () => Promise<Outcome>): Promise<Outcome> {
    const lane = this.#lanes.get(api) ?? new PQueue({ concurrency: this.#concurrency })
    this.#lanes.set(api, lane)
    return lane.add(call)
  }

  /** Resolves when no call waits or is under way. */
  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.onIdle()))
  }
}
