import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ReplicaOptions {
  /** The built command. */
  readonly main: string
  readonly configFile: string
  readonly environment: Readonly<Record<string, string>>
  /** Told every line of its log. */
  readonly onLine?: ((line: string) => void) | undefined
  /** Further arguments of `run`. */
  readonly arguments?: readonly string[]
}

export interface ReplicaEnd {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** What the hooks in the process take. */
export interface Turn {
  readonly offsetMs?: number
  readonly resolves?: boolean
}

const HOOKS = new URL('service-hooks.mjs', import.meta.url).href
const KEPT_LINES = 60

/** One process of the service. */
export class Replica {
  readonly started: Promise<void>
  readonly ended: Promise<ReplicaEnd>
  /** Lines of its log that tell of a bug. */
  readonly bugs: string[] = []
  /** The last lines of its log. */
  readonly lines: string[] = []
  /** Messages that its last line says could not be given back. */
  abandoned: number | undefined
  running = true
  readonly #child: ChildProcess
  readonly #onLine: ((line: string) => void) | undefined

  constructor({ main, configFile, environment, onLine, arguments: further = [] }: ReplicaOptions) {
    this.#onLine = onLine
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(ECS_AUDIT|ALIBABA|NODE_OPTIONS|VITEST)/.test(name)
    )
    const args = ['--import', HOOKS, main, 'run', '--config', configFile, ...further]
    this.#child = spawn(process.execPath, args, {
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    // A message to a process that is just ending.
    this.#child.on('error', () => undefined)
    let start = (): void => undefined
    this.started = new Promise((resolve) => {
      start = resolve
    })
    if (this.#child.stderr !== null) {
      createInterface({ input: this.#child.stderr }).on('line', (line) => this.#read(line, start))
    }
    this.ended = once(this.#child, 'close').then(([status, signal]): ReplicaEnd => {
      this.running = false
      start()
      return { status: status as number | null, signal: signal as NodeJS.Signals | null }
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  turn(turn: Turn): void {
    if (this.running && this.#child.connected) this.#child.send(turn, () => undefined)
  }

  #read(line: string, start: () => void): void {
    this.#onLine?.(`${this.#child.pid} ${line}`)
    this.lines.push(line)
    if (this.lines.length > KEPT_LINES) this.lines.shift()
    if (/"msg":"started"/.test(line)) start()
    if (/please report it/.test(line) || !line.startsWith('{')) this.bugs.push(line)
    const stopped = /"abandoned":(\d+),"msg":"stopped"/.exec(line)
    if (stopped !== null) this.abandoned = Number(stopped[1])
  }
}
