import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { News, Order, ReplayOptions, Tally } from './replay/orders.ts'

const PROGRAM = fileURLToPath(new URL('replay/replay-program.js', import.meta.url))

const POOL = 16_384

/** The replay server in a process of its own. */
export class ReplayProcess {
  readonly #child: ChildProcess
  #port = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    // Each measurement waits for several kinds of news at a time.
    child.setMaxListeners(0)
  }

  static async start(options: Omit<ReplayOptions, 'pool'>): Promise<ReplayProcess> {
    const child = fork(PROGRAM, [JSON.stringify({ ...options, pool: POOL })], { serialization: 'advanced' })
    const replay = new ReplayProcess(child)
    replay.#port = (await replay.news('listening')).port
    return replay
  }

  get port(): number {
    return this.#port
  }

  follow(order: Order): void {
    this.#child.send({ kind: 'order', order })
  }

  /** The next news of a kind; rejects when the server has ended, or after `patienceMs`. */
  news<Kind extends News['kind']>(kind: Kind, patienceMs = 300_000): Promise<Extract<News, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#child.off('message', onNews)
        this.#child.off('exit', onExit)
      }
      const fail = (reason: string): void => {
        end()
        reject(new Error(`the replay server never said "${kind}": ${reason}`))
      }
      const onNews = (news: News): void => {
        if (news.kind !== kind) return
        end()
        resolve(news as Extract<News, { kind: Kind }>)
      }
      const onExit = (): void => fail('it ended')
      const timer = setTimeout(() => fail(`${patienceMs / 1_000} s have passed`), patienceMs)
      this.#child.on('message', onNews)
      this.#child.on('exit', onExit)
    })
  }

  async tally(): Promise<Tally> {
    const news = this.news('tally')
    this.#child.send({ kind: 'tally' })
    return (await news).tally
  }

  async close(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.disconnect()
    await exit
  }
}
