import { befall, create, restart, start, stop } from './acts.ts'
import { type Chance, weightedChoice } from './chance.ts'
import { crash } from './crash.ts'
import { interrupt, release } from './departure.ts'
import type { EcsEvent } from './ecs-event.ts'
import type { Life } from './life.ts'
import type { FleetSettings, RunningAct } from './options.ts'
import { World } from './world.ts'

/** Instances come up over this span at the beginning, milliseconds of the real service. */
const RAMP_MS = 20 * 60_000
const STOP_CHARGING_RATE = 0.3

/** One happening of a round of the story, at a share of the round, to an instance that it fits. */
interface StoryLine {
  readonly at: number
  readonly act: 'create' | Exclude<RunningAct, 'incident'>
}

const STORY: readonly StoryLine[] = [
  { at: 0.02, act: 'interruption' },
  { at: 0.1, act: 'create' },
  { at: 0.25, act: 'stop' },
  { at: 0.4, act: 'crash' },
  { at: 0.55, act: 'restart' },
  { at: 0.7, act: 'release' }
]

/** Decides what happens when: keeps the fleet at its size and lets its instances live by their habits. */
export class Director {
  readonly world: World
  readonly #settings: FleetSettings
  readonly #whileRunning: (chance: Chance) => RunningAct
  readonly #whileStopped: (chance: Chance) => 'start' | 'release'

  constructor(
    settings: FleetSettings,
    chance: Chance,
    told: { event: (event: EcsEvent) => void; released: (life: Life) => void }
  ) {
    this.#settings = settings
    this.#whileRunning = weightedChoice(settings.habits.whileRunning)
    this.#whileStopped = weightedChoice(settings.habits.whileStopped)
    this.world = new World(
      { ...settings, chance },
      {
        event: told.event,
        settled: (life) => this.#settled(life),
        released: (life) => {
          told.released(life)
          this.world.later(chance.wait(settings.refillMs), () => this.#refill())
        }
      }
    )
    for (let index = 0; index < settings.size; index += 1) {
      this.world.later(chance.between(0, RAMP_MS), () => this.#refill())
    }
    const { live } = settings
    if (Number.isFinite(live.fromMs)) {
      this.world.at(live.fromMs, () => {
        this.world.accelerate(live.pace)
        this.#tellStory()
      })
    }
  }

  #refill(): void {
    if (this.world.lives.size < this.#settings.size) create(this.world, this.#settings)
  }

  #settled(life: Life): void {
    if (life.recycling) return
    const { world } = this
    const { habits, recoverAfterMs } = this.#settings
    if (life.state === 'Running') {
      world.planned(life, world.chance.wait(habits.runningMs), () => this.#live(life))
    } else if (life.stoppedUnexpectedly) {
      world.planned(life, world.chance.wait(recoverAfterMs), () => start(world, life))
    } else {
      world.planned(life, world.chance.wait(habits.stoppedMs), () => {
        if (this.#whileStopped(world.chance) === 'start') start(world, life)
        else release(world, life, 'after-stop')
      })
    }
  }

  #live(life: Life): void {
    const drawn = this.#whileRunning(this.world.chance)
    const spared = drawn === 'interruption' && life.profile.spotStrategy === 'NoSpot'
    this.#perform(spared ? 'incident' : drawn, life)
  }

  #perform(act: RunningAct, life: Life): void {
    const { world } = this
    switch (act) {
      case 'incident':
        befall(world, life)
        if (life.state === 'Running') this.#settled(life)
        return
      case 'stop':
        stop(world, life, world.chance.happens(STOP_CHARGING_RATE) ? 'StopCharging' : 'KeepCharging')
        return
      case 'restart':
        restart(world, life)
        return
      case 'crash':
        crash(world, life)
        return
      case 'interruption':
        interrupt(world, life)
        return
      case 'release':
        release(world, life, 'while-running')
        return
      default:
        act satisfies never
    }
  }

  #tellStory(): void {
    const { world } = this
    const { storyEveryMs } = this.#settings.live
    if (!Number.isFinite(storyEveryMs)) return
    const roundMs = world.nowMs
    for (const { at, act } of STORY) {
      world.at(roundMs + Math.round(at * storyEveryMs), () => {
        if (act === 'create') create(world, this.#settings)
        else this.#performOnAnyone(act)
      })
    }
    world.at(roundMs + storyEveryMs, () => this.#tellStory())
  }

  #performOnAnyone(act: RunningAct): void {
    const fitting = [...this.world.lives.values()].filter(
      ({ state, recycling, profile }) =>
        state === 'Running' && !recycling && (act !== 'interruption' || profile.spotStrategy !== 'NoSpot')
    )
    if (fitting.length > 0) this.#perform(act, this.world.chance.pick(fitting))
  }
}
