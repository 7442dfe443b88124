// The program of the replay server: a queue, a logstore and a control plane at one loopback address, with answers that are
// built beforehand. Its parent gives orders and gets news over the IPC channel.
import { createServer } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { buildPool, POOL, STORED } from './answers.ts'
import { cloudAnswer, NO_ROWS } from './cloud-answers.ts'
import { type ReplayRequest, readRequests } from './connection.ts'
import { lifeEvents } from './events.ts'
import type { News, Order, Question, ReplayOptions, Tally } from './orders.ts'
import { Probes } from './probes.ts'
import { ReplayQueue } from './replay-queue.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ReplayOptions
const pool = buildPool(lifeEvents(POOL, { bytes: options.eventBytes, ageMs: options.ageMs }))

const probes = new Probes()
const queue = new ReplayQueue({ pool, probes, onPoll, onDeleted })
let order: Order = { supply: { kind: 'counted', events: 0 }, putLatencyMs: 0 }
let calls = { puts: 0, rawBytes: 0, sentBytes: 0, otherCalls: 0 }
let polled = false
let phase: 'warming' | 'measuring' | 'done' = 'done'
let warmAt = 0
let doneAt = 0

const server = createServer((socket) => readRequests(socket, handle))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) tell({ kind: 'listening', port: address.port })
})
process.on('message', (question: Question) => {
  if (question.kind === 'order') follow(question.order)
  else tell({ kind: 'tally', tally: tallyNow() })
})
process.on('disconnect', () => process.exit())

function follow(next: Order): void {
  const { supply } = next
  order = next
  calls = { puts: 0, rawBytes: 0, sentBytes: 0, otherCalls: 0 }
  polled = false
  phase = supply.kind === 'endless' ? 'warming' : 'measuring'
  warmAt = supply.kind === 'endless' ? supply.warmup : 0
  doneAt = warmAt + supply.events
  if (next.probes !== undefined) probes.clear()
  queue.follow(next)
  void sendProbes(next)
}

/** Probes one after another, for as long as the order holds. */
async function sendProbes(given: Order): Promise<void> {
  const { pauseMs, count } = given.probes ?? {}
  if (pauseMs === undefined || count === undefined) return
  for (let sent = 0; sent < count && order === given; sent += 1) {
    queue.addProbe()
    await delay(pauseMs)
  }
  while (order === given && probes.open > 0) await delay(pauseMs)
  if (order === given) finish()
}

function handle(request: ReplayRequest): void {
  const { head } = request
  const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', head.indexOf(' ') + 1))
  if (path.startsWith('/queues/')) queue.handle(request)
  else if (path.startsWith('/logstores/')) {
    // The stock SDK of 2019 puts to the logstore's own path.
    if (path.endsWith('/shards/lb') || /^[/]logstores[/][^/]+$/.test(path)) put(request)
    else query(request)
  } else callCloud(request, path)
}

function query({ socket }: ReplayRequest): void {
  calls.otherCalls += 1
  socket.write(NO_ROWS)
}

function callCloud({ head, body, socket }: ReplayRequest, path: string): void {
  calls.otherCalls += 1
  probes.seen(path.startsWith('/hook/') ? 'hookMs' : 'cloudMs', `${head}${body.toString('latin1')}`)
  socket.write(cloudAnswer(head))
}

function put({ head, body, socket }: ReplayRequest): void {
  calls.puts += 1
  calls.sentBytes += body.length
  calls.rawBytes += Number(/\r\nx-log-bodyrawsize: ?(\d+)/i.exec(head)?.[1] ?? 0)
  probes.stored(head, body)
  if (order.putLatencyMs === 0) socket.write(STORED)
  else setTimeout(() => socket.write(STORED), order.putLatencyMs)
}

function onPoll(): void {
  if (polled) return
  polled = true
  tell({ kind: 'polled' })
}

function onDeleted(deleted: number): void {
  if (phase === 'warming' && deleted >= warmAt) {
    phase = 'measuring'
    probes.clear()
    tell({ kind: 'warm', tally: tallyNow() })
  }
  if (phase === 'measuring' && doneAt > 0 && deleted >= doneAt && order.probes?.pauseMs === undefined) finish()
}

function finish(): void {
  phase = 'done'
  const tally = tallyNow()
  queue.dryUp()
  tell({ kind: 'done', tally, probes: probes.times() })
}

function tallyNow(): Tally {
  return { atMs: performance.now(), ...queue.tally, ...calls }
}

function tell(news: News): void {
  process.send?.(news)
}
