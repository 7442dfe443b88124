import { RecentMap } from '../../lib/recent-map.ts'

/** A start of this process whose success has not been seen yet. */
export interface OpenEpisode {
  readonly attempt: number
  /** `event_key` of the stop that the episode began with. */
  readonly firstStop: string
  /** Epoch ms, as all that follows. */
  readonly firstStopMs: number
  readonly deadlineMs: number
  /** The stop that the start answers. */
  readonly stopMs: number
}

/** More starts under way than this are not remembered: their follow-ups see to them. */
const MAX_EPISODES = 10_000

/**
 * The instances that this process has started and not yet seen running: by them a Running event is recognized at once as
 * a recovery, without asking the logstore about every Running event of a fleet. What another process started, and what a
 * crash makes forgotten, is recognized by the follow-up.
 */
export class OpenEpisodes {
  readonly #byInstance = new RecentMap<OpenEpisode>(MAX_EPISODES)

  open(instanceId: string, episode: OpenEpisode): void {
    this.#byInstance.set(instanceId, episode)
  }

  of(instanceId: string): OpenEpisode | undefined {
    return this.#byInstance.get(instanceId)
  }

  close(instanceId: string): void {
    this.#byInstance.delete(instanceId)
  }
}
