import { intentContent, STEPS } from '../../../src/actions/policy/restart-intents.ts'
import { recoveredEntry } from '../../../src/actions/restart/advance.ts'
import type { Chance } from '../../../src/sandbox/fleet/chance.ts'
import type { ActionTeller, Subject } from './action-teller.ts'

/** A stop and all that was tried because of it. */
export interface RestartEpisode extends Subject {
  readonly stopMs: number
  readonly tries: number
  readonly outcome: 'recovered' | 'gave up' | 'open'
  readonly reason?: string
  readonly endedMs?: number
  readonly recoveryMs?: number
}

/** A stop that was left alone, or given up. */
export interface RestartRefusal extends Subject {
  readonly decision: 'skipped' | 'gave_up'
  readonly reason: string
  readonly atMs: number
}

/** An instance that is down at the end. */
export interface LeftInstance extends Subject {
  readonly stoppedMs: number
  readonly reason?: string
}

export interface RestartHistory {
  readonly episodes: readonly RestartEpisode[]
  readonly refusals: readonly RestartRefusal[]
  readonly left: readonly LeftInstance[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const REFUSALS = ['no-match', 'hold-off', 'stop-charging', 'storm-count', 'lock-financial']
const PLAYS = [
  'recovers',
  'recovers',
  'gives-up',
  'refused',
  'refused',
  'open',
  'dry',
  'waits',
  'loops',
  'superseded'
] as const

/** Instances that stop now and then, and what an action does about it. */
export function playRestarts(
  teller: ActionTeller,
  chance: Chance,
  span: { count: number; fromMs: number; untilMs: number }
) {
  const instances = Array.from({ length: span.count }, () => new Restarted(teller, chance, span.fromMs))
  for (const instance of instances) instance.live(span.untilMs)
  return {
    episodes: instances.flatMap(({ episodes }) => episodes),
    refusals: instances.flatMap(({ refusals }) => refusals),
    left: instances.flatMap((instance) => instance.left() ?? [])
  } satisfies RestartHistory
}

/** The life of one instance. */
class Restarted {
  readonly episodes: RestartEpisode[] = []
  readonly refusals: RestartRefusal[] = []
  readonly #teller: ActionTeller
  readonly #chance: Chance
  readonly #who: Subject
  #nowMs: number
  #down: { readonly stoppedMs: number; reason?: string } | undefined

  constructor(teller: ActionTeller, chance: Chance, fromMs: number) {
    this.#teller = teller
    this.#chance = chance
    this.#who = teller.subject('r')
    this.#nowMs = fromMs + chance.between(0, 4 * HOUR)
  }

  live(untilMs: number): void {
    this.#teller.state(this.#who, 'Created', this.#nowMs)
    this.#wait(MINUTE)
    this.#run()
    for (let plays = this.#chance.between(1, 3); plays > 0 && this.#nowMs < untilMs; plays -= 1) {
      this.#wait(this.#chance.between(2, 40) * HOUR)
      if (this.#down !== undefined) this.#run()
      this.#play(this.#chance.pick(PLAYS))
    }
    if (this.#chance.happens(0.2)) this.#release()
  }

  left(): LeftInstance | undefined {
    return this.#down === undefined ? undefined : { ...this.#who, ...this.#down }
  }

  #play(play: (typeof PLAYS)[number]): void {
    switch (play) {
      case 'recovers':
        this.#episode('recovered')
        break
      case 'gives-up':
        this.#episode('gave up')
        break
      case 'open':
        this.#episode('open')
        break
      case 'refused':
        this.#refuse(this.#stop(), 'skipped', this.#chance.pick(REFUSALS))
        break
      case 'dry':
        this.#tell(this.#stop(), 'would-start-1', { decision: 'would_do', reason: 'start', attempt: 1 })
        break
      case 'waits':
        this.#waitAndSee(this.#stop())
        break
      case 'loops':
        this.#episode('recovered')
        this.#wait(MINUTE)
        this.#refuse(this.#stop(), 'gave_up', 'restart-loop')
        break
      case 'superseded':
        this.#stop()
        this.#wait(5_000)
        this.#tell(this.#stop(), 'refused', { decision: 'skipped', reason: 'superseded' })
        break
    }
  }

  #waitAndSee(stop: string): void {
    this.#tell(stop, 'wait-0/maintenance-in-flight', { decision: 'skipped', reason: 'maintenance-in-flight' })
    this.#wait(2 * MINUTE)
    this.#run()
    this.#refuse(stop, 'skipped', 'already-running')
  }

  /** Up to three tries; some of them make a stop of their own, whose run goes on. */
  #episode(outcome: RestartEpisode['outcome']): void {
    const firstStop = this.#stop()
    const stopMs = this.#nowMs
    const episode = { firstStop, firstStopMs: stopMs, deadlineMs: stopMs + HOUR }
    const tries = outcome === 'gave up' ? 3 : this.#chance.between(1, 3)
    let run = firstStop
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      if (attempt > 1 && this.#chance.happens(0.7)) {
        this.#tell(run, `check-${attempt - 1}.0`, { decision: 'skipped', reason: 'superseded' })
        run = this.#stop()
      }
      this.#try(run, attempt, episode)
    }
    this.episodes.push({
      ...this.#who,
      stopMs,
      tries,
      outcome,
      ...this.#endOf(outcome, run, { attempt: tries, ...episode })
    })
  }

  #endOf(outcome: RestartEpisode['outcome'], run: string, episode: Parameters<typeof recoveredEntry>[0]) {
    if (outcome === 'open') return {}
    if (outcome === 'gave up') {
      const reason = this.#chance.pick(['deadline', 'attempts-used-up'])
      this.#refuse(reason === 'deadline' ? run : this.#stop(), 'gave_up', reason)
      return { reason, endedMs: this.#nowMs }
    }
    this.#run()
    const recovered = recoveredEntry(episode, this.#nowMs)
    this.#tell(run, recovered.step, recovered)
    return { reason: 'recovered', endedMs: this.#nowMs, recoveryMs: this.#nowMs - episode.firstStopMs }
  }

  #try(run: string, attempt: number, episode: Parameters<typeof intentContent>[0]): void {
    const failures = this.#chance.happens(0.3) ? 1 : 0
    for (let tries = 0; tries <= failures; tries += 1) {
      this.#wait(this.#chance.between(1, 5) * 1_000)
      const content = intentContent(episode, 'replica-1')
      this.#tell(run, STEPS.intent(attempt, tries), { decision: 'intent', reason: 'start', attempt, content })
      this.#wait(250)
      const told = tries < failures ? ({ decision: 'failed', reason: 'no-stock' } as const) : STARTED
      this.#tell(run, STEPS.start(attempt, tries), { ...told, attempt, durationMs: 250 })
    }
    this.#wait(this.#chance.between(20, 60) * 1_000)
  }

  #refuse(causedBy: string, decision: RestartRefusal['decision'], reason: string): void {
    this.#wait(2_000)
    this.#tell(causedBy, decision === 'skipped' ? STEPS.refused : STEPS.gaveUp, { decision, reason })
    this.refusals.push({ ...this.#who, decision, reason, atMs: this.#nowMs })
    if (this.#down !== undefined) this.#down.reason = reason
  }

  #tell(causedBy: string, step: string, entry: Omit<Parameters<ActionTeller['step']>[2], 'step'>): void {
    this.#teller.step({ ...this.#who, action: 'restart', causedBy }, this.#nowMs, { step, ...entry })
  }

  #stop(): string {
    this.#wait(1_000)
    this.#down = { stoppedMs: this.#nowMs }
    return this.#teller.state(this.#who, 'Stopped', this.#nowMs)
  }

  #run(): void {
    this.#teller.state(this.#who, 'Starting', this.#nowMs)
    this.#wait(20_000)
    this.#teller.state(this.#who, 'Running', this.#nowMs)
    this.#down = undefined
  }

  #release(): void {
    this.#wait(HOUR)
    this.#teller.state(this.#who, 'Deleted', this.#nowMs)
    this.#down = undefined
  }

  #wait(ms: number): void {
    this.#nowMs += ms
  }
}

const STARTED = { decision: 'done', reason: 'started' } as const
