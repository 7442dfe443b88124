import type { Chance } from './chance.ts'
import type { EcsEvent, EventDraft } from './ecs-event.ts'
import { type InstanceState, NEXT_STATES } from './instance-state.ts'
import type { Life } from './life.ts'
import type { FleetSettings, Mishaps } from './options.ts'
import { stateChange } from './state-events.ts'
import { Timeline } from './timeline.ts'

/** Something to be done after a wait, milliseconds of the real service. */
export interface Step {
  readonly afterMs: number
  readonly act: () => void
}

/** What the world tells while time goes by. */
export interface WorldObserver {
  event(event: EcsEvent): void
  /** An instance came to rest, Running or Stopped, and nothing is planned for it. */
  settled(life: Life): void
  /** It is Deleted, and still in the list of lives. */
  released(life: Life): void
}

/** What a world is made with. */
export interface WorldSettings extends Pick<FleetSettings, 'startMs' | 'pace' | 'gapMs' | 'mishaps'> {
  readonly chance: Chance
}

/** Time, the agenda of what comes, and the instances alive: the mechanics of the simulation, without any decisions. */
export class World {
  readonly lives = new Map<string, Life>()
  readonly chance: Chance
  /** Least time between two events of one instance, virtual ms. */
  readonly gapMs: number
  readonly mishaps: Mishaps
  /** From Starting to Running, virtual ms at any pace; undefined: drawn for each start. */
  bootMs: number | undefined
  /** Creations that will fail next. */
  failingCreations = 0
  readonly #agenda = new Timeline<() => void>()
  readonly #observer: WorldObserver
  #nowMs: number
  #pace: number

  constructor({ startMs, pace, gapMs, mishaps, chance }: WorldSettings, observer: WorldObserver) {
    this.#nowMs = startMs
    this.#pace = pace
    this.gapMs = gapMs
    this.mishaps = mishaps
    this.chance = chance
    this.#observer = observer
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get pace(): number {
    return this.#pace
  }

  /** When something happens next, epoch ms; Infinity when nothing will. */
  get nextMs(): number {
    return this.#agenda.nextMs
  }

  /** Lets the next thing happen. */
  step(): void {
    this.moveTo(this.nextMs)
    this.#agenda.pop()?.()
  }

  /** Lets time pass in which nothing happens. */
  moveTo(ms: number): void {
    if (ms > this.#nowMs && Number.isFinite(ms)) this.#nowMs = ms
  }

  /** Changes the speed of life, also of what is planned already. */
  accelerate(pace: number): void {
    const ratio = this.#pace / pace
    this.#pace = pace
    this.#agenda.shift((atMs) => this.#nowMs + Math.max(this.gapMs, Math.round((atMs - this.#nowMs) * ratio)))
  }

  /** Does `act` after a wait, milliseconds of the real service; never when that is Infinity. */
  later(afterMs: number, act: () => void): void {
    if (!Number.isFinite(afterMs)) return
    this.#agenda.push(this.#nowMs + Math.max(this.gapMs, Math.round(afterMs / this.#pace)), act)
  }

  /** Does `act` at a moment, epoch ms, whatever the pace. */
  at(atMs: number, act: () => void): void {
    this.#agenda.push(Math.max(this.#nowMs, atMs), act)
  }

  /** Like `later`, unless something else is decided for this instance before. */
  planned(life: Life, afterMs: number, act: () => void): void {
    const { plan } = life
    this.later(afterMs, () => {
      if (life.plan === plan) act()
    })
  }

  /** Like `later`, unless the instance is released before. */
  whileAlive(life: Life, afterMs: number, act: () => void): void {
    this.later(afterMs, () => {
      if (life.state !== 'Deleted') act()
    })
  }

  /** A wait of so many virtual ms, whatever the pace, as the wait of the real service that it stands for. */
  unpaced(virtualMs: number): number {
    return virtualMs * this.#pace
  }

  /** Voids what was planned for an instance, then does the steps one after the other; at the end it is settled. */
  play(life: Life, steps: readonly Step[]): void {
    life.plan += 1
    this.#continue(life, steps)
  }

  #continue(life: Life, [step, ...rest]: readonly Step[]): void {
    if (step === undefined) {
      this.#observer.settled(life)
      return
    }
    const { plan } = life
    this.planned(life, step.afterMs, () => {
      step.act()
      // The step itself may have begun something new.
      if (life.plan === plan) this.#continue(life, rest)
    })
  }

  /**
   * Changes an instance's state and announces it.
   *
   * @throws Error for a change that can't follow the current state: a bug in the simulation
   */
  enter(life: Life, state: InstanceState): void {
    const legal = life.states.length === 0 ? ['Pending', 'Created'] : NEXT_STATES[life.state]
    if (!legal.includes(state)) {
      throw new Error(`Cannot enter ${state}: an instance that is ${life.state} may become ${legal.join(', ')}`)
    }
    if (life.states.length === 0) this.lives.set(life.profile.instanceId, life)
    life.state = state
    this.announce(life, stateChange(life.profile, state, this.chance))
    life.states.push({ state, atMs: life.lastEventMs })
    if (state !== 'Deleted') return
    life.plan += 1
    this.#observer.released(life)
    this.lives.delete(life.profile.instanceId)
  }

  /** Tells of something that happens to an instance now, or a moment later if something else just did. */
  announce(life: Life, draft: EventDraft | ((atMs: number) => EventDraft)): void {
    const atMs = Math.max(this.#nowMs, life.lastEventMs + this.gapMs)
    life.lastEventMs = atMs
    const made = typeof draft === 'function' ? draft(atMs) : draft
    this.#observer.event({ id: this.chance.uuid(), atMs, instance: life.profile, draft: made })
  }
}
