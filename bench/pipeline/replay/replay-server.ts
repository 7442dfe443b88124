import { createServer, type Server } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { buildPool, STORED } from './answers.ts'
import { cloudAnswer, NO_ROWS } from './cloud-answers.ts'
import { type ReplayRequest, readRequests } from './connection.ts'
import { lifeEvents } from './events.ts'
import type { News, Order, ReplayOptions, Tally } from './orders.ts'
import { Probes } from './probes.ts'
import { ReplayQueue } from './replay-queue.ts'

const NO_CALLS = { puts: 0, rawBytes: 0, sentBytes: 0, otherCalls: 0 } as const

/** A queue, a logstore and a control plane at one loopback address, with answers that are built beforehand. */
export class ReplayServer {
  readonly #tell: (news: News) => void
  readonly #probes = new Probes()
  readonly #queue: ReplayQueue
  readonly #server: Server
  #order: Order = { supply: { kind: 'counted', events: 0 }, putLatencyMs: 0 }
  #calls: Record<keyof typeof NO_CALLS, number> = { ...NO_CALLS }
  #polled = false
  #phase: 'warming' | 'measuring' | 'done' = 'done'
  #warmAt = 0
  #doneAt = 0

  /** @param tell hears what happens, as the order wants it */
  constructor({ eventBytes, ageMs, pool }: ReplayOptions, tell: (news: News) => void) {
    this.#tell = tell
    this.#queue = new ReplayQueue({
      pool: buildPool(lifeEvents(pool, { bytes: eventBytes, ageMs })),
      probes: this.#probes,
      onPoll: () => this.#onPoll(),
      onDeleted: (deleted) => this.#onDeleted(deleted)
    })
    this.#server = createServer((socket) => readRequests(socket, (request) => this.#handle(request)))
  }

  /** Listens on a free port, which the news `listening` tells. */
  listen(): void {
    this.#server.listen(0, '127.0.0.1', () => {
      const address = this.#server.address()
      if (typeof address === 'object' && address !== null) this.#tell({ kind: 'listening', port: address.port })
    })
  }

  /** Resolves when the clients have closed their connections. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  follow(order: Order): void {
    const { supply, probes } = order
    this.#order = order
    this.#calls = { ...NO_CALLS }
    this.#polled = false
    this.#phase = supply.kind === 'endless' ? 'warming' : 'measuring'
    this.#warmAt = supply.kind === 'endless' ? supply.warmup : 0
    this.#doneAt = this.#warmAt + supply.events
    if (probes !== undefined) this.#probes.clear()
    this.#queue.follow(order)
    void this.#sendProbes(order)
  }

  tally(): Tally {
    return { atMs: performance.now(), ...this.#queue.tally, ...this.#calls }
  }

  /** Probes one after another, for as long as the order holds. */
  async #sendProbes(order: Order): Promise<void> {
    const { pauseMs, count } = order.probes ?? {}
    if (pauseMs === undefined || count === undefined) return
    for (let sent = 0; sent < count && this.#order === order; sent += 1) {
      this.#queue.addProbe()
      await delay(pauseMs)
    }
    while (this.#order === order && this.#probes.open > 0) await delay(pauseMs)
    if (this.#order === order) this.#finish()
  }

  #handle(request: ReplayRequest): void {
    const { head, socket } = request
    const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', head.indexOf(' ') + 1))
    if (path.startsWith('/queues/')) this.#queue.handle(request)
    // The stock SDK of 2019 puts to the logstore's own path.
    else if (/^\/logstores\/[^/?]+(?:\/shards\/lb)?$/.test(path)) this.#put(request)
    else if (path.startsWith('/logstores/')) {
      this.#calls.otherCalls += 1
      socket.write(NO_ROWS)
    } else this.#callCloud(request, path)
  }

  #callCloud({ head, body, socket }: ReplayRequest, path: string): void {
    this.#calls.otherCalls += 1
    this.#probes.seen(path.startsWith('/hook/') ? 'hookMs' : 'cloudMs', `${head}${body.toString('latin1')}`)
    socket.write(cloudAnswer(head))
  }

  #put({ head, body, socket }: ReplayRequest): void {
    this.#calls.puts += 1
    this.#calls.sentBytes += body.length
    this.#calls.rawBytes += Number(/\r\nx-log-bodyrawsize: ?(\d+)/i.exec(head)?.[1] ?? 0)
    this.#probes.stored(head, body)
    const { putLatencyMs } = this.#order
    if (putLatencyMs === 0) socket.write(STORED)
    else setTimeout(() => socket.write(STORED), putLatencyMs)
  }

  #onPoll(): void {
    if (this.#polled) return
    this.#polled = true
    this.#tell({ kind: 'polled' })
  }

  #onDeleted(deleted: number): void {
    if (this.#phase === 'warming' && deleted >= this.#warmAt) {
      this.#phase = 'measuring'
      this.#probes.clear()
      this.#tell({ kind: 'warm', tally: this.tally() })
    }
    const isOver = this.#doneAt > 0 && deleted >= this.#doneAt && this.#order.probes?.pauseMs === undefined
    if (this.#phase === 'measuring' && isOver) this.#finish()
  }

  #finish(): void {
    this.#phase = 'done'
    const tally = this.tally()
    this.#queue.dryUp()
    this.#tell({ kind: 'done', tally, probes: this.#probes.times() })
  }
}
