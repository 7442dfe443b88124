import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ProbeAnswer } from './probe.ts'

/** What is known of the service's process at one moment. */
export interface Sample {
  /** Since the start of the watch, ms. */
  readonly atMs: number
  /** Memory that the process holds, bytes. */
  readonly rss: number
  /** Memory in use after a full collection, heap and buffers, bytes. */
  readonly inUse: number
  readonly files: number
  readonly sockets: number
  readonly timers: number
  /** Everything that keeps the event loop alive, timers and sockets included. */
  readonly handles: number
}

/** The real service, in a process of its own, with a probe in it. */
export interface WatchedService {
  readonly process: ChildProcess
  sample(): Promise<Sample>
  /** Ends it with SIGTERM; its exit status. */
  stop(): Promise<number | null>
}

/** Starts the built command. Its log goes to a file. */
export function startWatchedService(options: { main: string; config: string; logFile: string }): WatchedService {
  const startedMs = performance.now()
  const probe = new URL('./probe.js', import.meta.url).href
  const child = fork(options.main, ['run', '--config', options.config], {
    execArgv: ['--expose-gc', '--import', probe],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc']
  })
  child.stderr?.pipe(createWriteStream(options.logFile))
  const ended = once(child, 'exit').then(([status]) => status as number | null)
  return {
    process: child,
    sample: async () => {
      const rss = residentBytes(child)
      const descriptors = descriptorsOf(child)
      child.send('probe')
      const [answer] = (await Promise.race([once(child, 'message'), ended.then(gone)])) as [ProbeAnswer]
      const counts = Object.values(answer.resources)
      return {
        atMs: performance.now() - startedMs,
        rss,
        inUse: answer.heapUsed + answer.external,
        files: descriptors.length,
        sockets: descriptors.filter((target) => target.startsWith('socket:')).length,
        timers: answer.resources['Timeout'] ?? 0,
        handles: counts.reduce((total, count) => total + count, 0)
      }
    },
    stop: () => {
      child.kill('SIGTERM')
      return ended
    }
  }
}

/** Where the built service lies, from the built harness. */
export const SERVICE_MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

function gone(status: number | null): never {
  throw new Error(`the service ended by itself, with status ${status}`)
}

/** Linux: /proc/PID/statm counts pages of 4 KiB. */
function residentBytes({ pid }: ChildProcess): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return Number(pages) * 4_096
}

function descriptorsOf({ pid }: ChildProcess): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`)
    } catch {
      // Closed since the folder was read.
      return ''
    }
  })
}
