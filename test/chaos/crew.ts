import { setTimeout as delay } from 'node:timers/promises'
import { Replica, type ReplicaEnd, type ReplicaOptions, type Turn } from './replica.ts'

/** A stop takes its grace time and some seconds for giving back; a machine that is busy takes longer. */
const STOP_MS = 45_000

/** The processes of the service: started again when they were ended, and watched for ends that nobody asked for. */
export class Crew {
  readonly problems: string[] = []
  readonly #options: ReplicaOptions
  readonly #slots: Array<Replica | undefined>
  readonly #asked = new Set<Replica>()
  readonly #returning = new Set<Promise<void>>()
  #turn: Turn = { offsetMs: 0, resolves: true }

  constructor(size: number, options: ReplicaOptions) {
    this.#options = options
    this.#slots = Array.from({ length: size }, () => this.#start())
  }

  /** Resolves when every process that runs has started. */
  async started(): Promise<void> {
    await Promise.all(this.#returning)
    await Promise.all(this.#slots.map((replica) => replica?.started))
  }

  /** Turns clock and name resolution of all, those that are started later included. */
  turn(turn: Turn): void {
    this.#turn = { ...this.#turn, ...turn }
    for (const replica of this.#slots) replica?.turn(turn)
  }

  /** SIGKILL; false when there is nothing to kill. */
  kill(index: number, downMs: number): boolean {
    const replica = this.#take(index)
    if (replica === undefined) return false
    replica.kill('SIGKILL')
    this.#return(index, replica.ended, downMs)
    return true
  }

  /** SIGTERM, once or twice; false when there is nothing to stop. */
  terminate(index: number, downMs: number, twice: boolean): boolean {
    const replica = this.#take(index)
    if (replica === undefined) return false
    this.#return(index, this.#stop(replica, twice), downMs)
    return true
  }

  /** SIGSTOP; the result is SIGCONT. */
  pause(index: number): (() => void) | undefined {
    const replica = this.#slots[index]
    if (replica === undefined || !replica.running) return undefined
    replica.kill('SIGSTOP')
    return () => replica.kill('SIGCONT')
  }

  /** Ends all with SIGTERM. @returns how each ended */
  async stopAll(): Promise<ReplicaEnd[]> {
    await Promise.all(this.#returning)
    const replicas = this.#slots.flatMap((_, index) => this.#take(index) ?? [])
    return Promise.all(replicas.map((replica) => this.#stop(replica, false)))
  }

  /** For good, whatever they do. */
  async killAll(): Promise<void> {
    for (const replica of this.#slots) {
      if (replica === undefined) continue
      this.#asked.add(replica)
      replica.kill('SIGKILL')
      await replica.ended
    }
  }

  /** One more `run`, to its end. */
  async run(further: readonly string[]): Promise<ReplicaEnd> {
    const replica = this.#start(further)
    this.#asked.add(replica)
    const late = setTimeout(() => replica.kill('SIGKILL'), 2 * STOP_MS)
    const end = await replica.ended
    clearTimeout(late)
    if (end.status !== 0) this.problems.push(`run ${further.join(' ')} ended ${told(end)}: ${replica.lines.join('\n')}`)
    return end
  }

  #start(further: readonly string[] = []): Replica {
    const replica = new Replica({ ...this.#options, arguments: further })
    replica.turn(this.#turn)
    void replica.ended.then((end) => {
      for (const bug of replica.bugs) this.problems.push(`a process said: ${bug}`)
      if (!this.#asked.has(replica)) {
        this.problems.push(`a process ended by itself, ${told(end)}: ${replica.lines.slice(-10).join('\n')}`)
      }
    })
    return replica
  }

  #take(index: number): Replica | undefined {
    const replica = this.#slots[index]
    if (replica === undefined || !replica.running) return undefined
    this.#slots[index] = undefined
    this.#asked.add(replica)
    return replica
  }

  /** Starts a successor a while after the end. */
  #return(index: number, ended: Promise<unknown>, downMs: number): void {
    const returning = ended
      .then(() => delay(downMs))
      .then(() => {
        this.#slots[index] = this.#start()
        this.#returning.delete(returning)
      })
    this.#returning.add(returning)
  }

  /** Stops a process, and looks whether its exit status is true: 0 if and only if it gave everything back. */
  async #stop(replica: Replica, twice: boolean): Promise<ReplicaEnd> {
    let started = false
    void replica.started.then(() => {
      started = true
    })
    await Promise.resolve()
    const early = !started
    replica.kill('SIGTERM')
    if (twice) {
      await delay(100)
      replica.kill('SIGTERM')
    }
    const impatience = new AbortController()
    const late = delay(STOP_MS, 'late' as const, { signal: impatience.signal }).catch(() => 'late' as const)
    const end = await Promise.race([replica.ended, late])
    impatience.abort()
    if (end === 'late') {
      this.problems.push(
        `a process did not end within ${STOP_MS} ms of SIGTERM: ${replica.lines.slice(-10).join('\n')}`
      )
      replica.kill('SIGKILL')
      return replica.ended
    }
    const { abandoned } = replica
    const honest = end.status === (abandoned === 0 ? 0 : 1) && abandoned !== undefined
    // Before it listens to signals there is nothing to give back.
    const unborn = early && (end.signal === 'SIGTERM' || abandoned === undefined)
    if (!honest && !unborn) {
      const said = `abandoned ${abandoned}: ${replica.lines.slice(-5).join('\n')}`
      this.problems.push(`a process ended ${told(end)} after SIGTERM, and said ${said}`)
    }
    return end
  }
}

function told({ status, signal }: ReplicaEnd): string {
  return signal === null ? `with status ${status}` : `by ${signal}`
}
