import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'

/** `_SC_CLK_TCK` of Linux: the unit of the times in /proc, ms. */
const TICK_MS = 10
const KIB = 1_024

const started = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})

// A signal alone would leave them running: no `exit` comes with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** What a process may be started with. */
export interface ProcessOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Options of Node.js itself. */
  readonly node?: readonly string[]
}

/** A process whose CPU time and memory are read from Linux's /proc. */
export class MeasuredProcess {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly startedMs = performance.now()
  #said = ''

  constructor(program: string, args: readonly string[], options: ProcessOptions = {}) {
    if (!existsSync('/proc/self/stat')) throw new Error('Cannot measure processes: /proc is needed, which Linux has')
    this.#child = spawn(process.execPath, [...(options.node ?? []), program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...options.environment }
    })
    started.add(this.#child)
    this.#exit = once(this.#child, 'exit').then(() => started.delete(this.#child))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said = `${this.#said}${chunk.toString()}`.slice(-4_000)
      })
    }
  }

  /** Rejects, with what it said last, should it end by itself. */
  async failure(): Promise<never> {
    await this.#exit
    throw new Error(`a measured process ended by itself (status ${this.#child.exitCode}). It said:\n${this.#said}`)
  }

  /** Resolves when it has said something on stdout. */
  async firstLine(): Promise<void> {
    if (this.#child.stdout !== null) await once(this.#child.stdout, 'data')
  }

  /** User and system time so far, all threads, ms. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Fields 14 and 15 of proc(5); the first one after the name is the third.
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  }

  /** The most memory that it has had so far, bytes. */
  peakBytes(): number {
    return this.#status('VmHWM')
  }

  /** The memory that it has now, bytes. */
  residentBytes(): number {
    return this.#status('VmRSS')
  }

  /** Resolves with its exit status. */
  async ended(): Promise<number | null> {
    await this.#exit
    return this.#child.exitCode
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await this.#exit
    clearTimeout(killer)
  }

  #status(field: string): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * KIB
  }
}
