import { setTimeout as delay } from 'node:timers/promises'
import { Chance } from '../../src/sandbox/fleet/chance.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import { stateChange } from '../support/events.ts'
import { Crew } from './crew.ts'
import { DuplicateBudget } from './duplicate-budget.ts'
import { eventually } from './eventually.ts'
import { FleetLife } from './fleet-life.ts'
import { base64, Messages } from './load.ts'
import type { Plan } from './plan.ts'
import { onStall } from './stall.ts'
import { begin, type Tally, type Undo } from './troubles.ts'
import { Witness } from './witness.ts'
import { World } from './world.ts'

/** What came of one seed. */
export interface Report {
  readonly seed: number
  /** Empty: every rule was kept. */
  readonly problems: readonly string[]
  /** How long faults went on, ms. */
  readonly faultMs: number
  readonly messages: number
  readonly followUps: number
  readonly duplicates: number
  /** The most duplicates that the faults account for. */
  readonly budget: number
  /** From the end of the faults, with all processes started again, until a fresh event was stored, ms. */
  readonly freshMs: number
  /** From the end of the faults until every message was deleted, ms. */
  readonly settledMs: number
  /** Faults that took place, by name. */
  readonly tally: Readonly<Record<string, number>>
}

/** How a trial is run. */
export interface TrialOptions {
  /** The built command. */
  readonly main: string
  /** Told every line of the log of every process, after the number of the process. */
  readonly onLine?: ((line: string) => void) | undefined
}

const TICK_MS = 25
const STALLED = 'machine: stood still for half a second or more, by itself'
const STARTED_MS = 60_000
/** After this long the queue's clock is turned, so that what a dead process had parked for ten minutes comes back. */
const PATIENCE_MS = 12_000
const HURRY_MS = 14 * 60_000
const SETTLED_MS = 300_000
/** The processes of the service stand still as often as this one. */
const STALL_FACTOR = 4
const BACKED_OFF_MS = 60_000
/** Beside the wait itself: a call that waits for its timeout, the breaker's probe, a message that was just given back. */
const CALLS_MS = 25_000
/** For each message that the fresh one stands behind: many of them are refused, and their batches halved. */
const AHEAD_MS = 20
const LAST_MESSAGES = 60
const VISIBLE_MS = 5_000

/** Lets the service live through the plan's faults, and looks whether every rule was kept. */
export async function runTrial(plan: Plan, given: TrialOptions): Promise<Report> {
  const world = await World.open(plan)
  try {
    return await new Trial(plan, world, given).run()
  } finally {
    await world.close()
  }
}

class Trial {
  readonly #plan: Plan
  readonly #world: World
  readonly #chance: Chance
  readonly #witness: Witness
  readonly #budget: DuplicateBudget
  readonly #messages: Messages
  readonly #crew: Crew
  readonly #life: FleetLife | undefined
  readonly #tally: Tally = new Map()
  readonly #problems: string[] = []
  readonly #seen: Array<() => void>
  /** Accepted until everything had come to its end, and what the batch form had to do. */
  #demanded = new Set<string>()
  #stalledMs = 0

  constructor(plan: Plan, world: World, given: TrialOptions) {
    this.#plan = plan
    this.#world = world
    // A stream of its own, so that leaving faults out changes nothing else.
    this.#chance = new Chance(seededRandom(plan.seed ^ 0x5f3759df))
    const { mns, sls, faults } = world.sandbox
    this.#witness = new Witness({ demands: (body) => (plan.actions && isNotice(body) ? 'drain' : '') })
    this.#budget = new DuplicateBudget(() => world.inFlight)
    this.#seen = [
      mns.onSend((sent) => this.#witness.onSend(sent)),
      mns.onDelete((deletion) => this.#witness.onDelete(deletion)),
      sls.onPut((put) => this.#witness.onPut(put)),
      sls.onPut((put) => this.#budget.onPut(put)),
      faults.onHit((hit) => this.#budget.onHit(hit))
    ]
    this.#seen.push(onStall((forMs) => this.#stalled(forMs)))
    this.#messages = new Messages(plan.seed, this.#chance)
    this.#life = plan.actions ? new FleetLife(world, this.#chance) : undefined
    const { configFile, environment } = world
    this.#crew = new Crew(plan.replicas, { ...given, configFile, environment })
  }

  async run(): Promise<Report> {
    try {
      await Promise.race([this.#crew.started(), delay(STARTED_MS)])
      const startedMs = performance.now()
      await this.#suffer()
      const faultMs = performance.now() - startedMs
      const { freshMs, settledMs } = await this.#settle()
      await this.#end()
      this.#witness.conclude(this.#left())
      const { accepted: messages, followUps, duplicates, problems } = this.#witness
      const budget = this.#budget.value
      if (duplicates > budget) this.#problems.push(`${duplicates} duplicates, where the faults account for ${budget}`)
      return {
        ...{ seed: this.#plan.seed, messages, followUps, duplicates, budget, freshMs, settledMs },
        faultMs: Math.round(faultMs),
        problems: [...problems, ...this.#problems, ...this.#crew.problems],
        tally: Object.fromEntries(this.#tally)
      }
    } finally {
      await this.#crew.killAll()
      for (const end of this.#seen) end()
    }
  }

  /** Load and faults, until all faults have ended. */
  async #suffer(): Promise<void> {
    const { faults, durationMs, rate } = this.#plan
    const stage = { world: this.#world, crew: this.#crew, budget: this.#budget, actions: this.#plan.actions }
    const waiting = [...faults]
    const undoing: Array<{ readonly atMs: number; readonly undo: Undo }> = []
    const stubborn = this.#chance.happens(0.15) ? this.#chance.between(0, durationMs) : Number.POSITIVE_INFINITY
    const startMs = performance.now()
    let sent = 0
    for (let atMs = 0; atMs < durationMs; atMs = performance.now() - startMs) {
      for (let next = waiting[0]; next !== undefined && next.atMs <= atMs; next = waiting[0]) {
        waiting.shift()
        undoing.push({ atMs: next.atMs + next.forMs, undo: begin(next, stage, this.#tally) })
      }
      for (const over of undoing.filter((entry) => entry.atMs <= atMs)) {
        undoing.splice(undoing.indexOf(over), 1)
        await over.undo()
      }
      for (; sent < (atMs / 1_000) * rate; sent += 1) this.#send(this.#messages.next())
      if (this.#chance.happens(0.05)) this.#happen()
      if (stubborn < atMs && this.#chance.happens(0.02)) this.#send(this.#messages.stubborn())
      this.#budget.look()
      await delay(TICK_MS)
    }
    for (; sent < (durationMs / 1_000) * rate; sent += 1) this.#send(this.#messages.next())
    for (const { undo } of undoing) await undo()
    this.#world.leniency.lenient = true
  }

  /** A machine that stands still is a fault, too: whatever is in flight may run out of time. */
  #stalled(forMs: number): void {
    this.#stalledMs += forMs
    this.#tally.set(STALLED, (this.#tally.get(STALLED) ?? 0) + 1)
    this.#budget.begin()()
  }

  #happen(): void {
    const notice = this.#life?.happen()
    if (notice !== undefined) this.#send(base64(notice), this.#world.queues.at(-1))
  }

  #send(body: string, queue = this.#world.queues[0] ?? ''): string {
    const [id = ''] = this.#world.sandbox.mns.send(queue, [body])
    return id
  }

  /** Nothing is in trouble any more: a fresh event passes soon, and everything comes to its end. */
  async #settle(): Promise<{ freshMs: number; settledMs: number }> {
    await Promise.race([this.#crew.started(), delay(STARTED_MS)])
    const [endedMs, stalledMs] = [performance.now(), this.#stalledMs]
    const since = (): number => Math.round(performance.now() - endedMs)
    const boundMs = BACKED_OFF_MS + CALLS_MS + this.#witness.open * AHEAD_MS
    const fresh = this.#send(base64(stateChange(1, { instanceId: 'i-fresh' })))
    const passed = await eventually(() => this.#witness.stored(fresh), SETTLED_MS)
    const freshMs = since()
    const late = freshMs > boundMs + STALL_FACTOR * (this.#stalledMs - stalledMs)
    if (!passed || late) this.#problems.push(`a fresh event did not pass within ${boundMs} ms of the end of the faults`)
    const settled = await eventually(() => this.#witness.open === 0, PATIENCE_MS)
    if (!settled) {
      const close = this.#budget.begin()
      this.#world.clocks.mns.offsetMs += HURRY_MS
      for (const queue of this.#world.queues) this.#world.sandbox.mns.stats(queue)
      await eventually(() => this.#witness.open === 0, SETTLED_MS)
      close()
    }
    this.#demanded = new Set(this.#onQueues())
    return { freshMs, settledMs: since() }
  }

  #onQueues(): string[] {
    const { mns } = this.#world.sandbox
    return this.#world.queues.flatMap((queue) => mns.messages(queue).map(({ id }) => id))
  }

  /** An instance that was started again tells so after the service was stopped: that is on the queue, and nobody's fault. */
  #left(): ReadonlySet<string> {
    return new Set(this.#onQueues().filter((id) => !this.#demanded.has(id)))
  }

  /** The processes are stopped under load, and tell the truth of it; the batch form does what they left. */
  async #end(): Promise<void> {
    const { batchForm } = this.#plan
    const last = Array.from({ length: batchForm ? LAST_MESSAGES : 0 }, () => this.#send(this.#messages.next()))
    for (const id of last) this.#demanded.add(id)
    await Promise.race([this.#crew.started(), delay(STARTED_MS)])
    const ends = await this.#crew.stopAll()
    if (ends.some(({ status }) => status !== 0)) {
      this.#problems.push(`without any fault a stop ended with ${ends.map(({ status }) => status).join(', ')}`)
    }
    if (!batchForm) return
    const { mns } = this.#world.sandbox
    const held = (): boolean => this.#world.queues.some((queue) => mns.stats(queue).invisible > 0)
    if (!(await eventually(() => !held(), VISIBLE_MS)))
      this.#problems.push('a stop that ended well left messages invisible')
    await this.#crew.run(['--until-empty'])
    const undone = last.filter((id) => !this.#witness.done(id)).length
    if (undone > 0) this.#problems.push(`the batch form ended and left ${undone} messages`)
  }
}

function isNotice(body: string): boolean {
  const json = body.startsWith('{') ? body : Buffer.from(body, 'base64').toString()
  return json.includes('"id":"NOTICE-')
}
