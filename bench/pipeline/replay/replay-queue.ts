import type { Socket } from 'node:net'
import { batchAnswer, DELETED, EMPTY_QUEUE, extendedAnswer, messageElement, type Pool, SENT } from './answers.ts'
import type { ReplayRequest } from './connection.ts'
import { interruption } from './events.ts'
import type { Order } from './orders.ts'
import type { Probes } from './probes.ts'

/** What has happened on the queue since the order. */
export interface QueueTally {
  receives: number
  emptyPolls: number
  handedOut: number
  deletes: number
  deleted: number
}

interface HeldPoll {
  readonly socket: Socket
  readonly request: string
  readonly timer: NodeJS.Timeout
  readonly onClose: () => void
}

const HANDLE = '<ReceiptHandle>'

/** The queue: hands out what the pool holds, over and over, and counts what is deleted. It keeps no messages. */
export class ReplayQueue {
  readonly #pool: Pool
  readonly #probes: Probes
  readonly #onPoll: () => void
  readonly #onDeleted: (deleted: number) => void
  readonly #held = new Set<HeldPoll>()
  #order: Order
  #left = 0
  #next = 0
  #sinceProbe = 0
  #waitingProbes = 0
  tally: QueueTally

  constructor(options: { pool: Pool; probes: Probes; onPoll: () => void; onDeleted: (deleted: number) => void }) {
    this.#pool = options.pool
    this.#probes = options.probes
    this.#onPoll = options.onPoll
    this.#onDeleted = options.onDeleted
    this.#order = { supply: { kind: 'counted', events: 0 }, putLatencyMs: 0 }
    this.tally = noTally()
  }

  follow(order: Order): void {
    this.#order = order
    this.tally = noTally()
    this.#left = order.supply.kind === 'endless' ? Number.POSITIVE_INFINITY : order.supply.events
    this.#wakePolls()
  }

  /** Nothing more is handed out. */
  dryUp(): void {
    this.#left = 0
  }

  /** One message that is followed, for whoever polls next. */
  addProbe(): void {
    this.#waitingProbes += 1
    this.#wakePolls()
  }

  handle({ head, body, socket }: ReplayRequest): void {
    if (head.startsWith('GET')) this.#receive(head, socket)
    else if (head.startsWith('DELETE')) this.#delete(body, socket)
    else if (head.startsWith('PUT')) socket.write(extendedAnswer(queryValue(head, 'receipthandle')))
    else socket.write(SENT)
  }

  #receive(head: string, socket: Socket): void {
    this.#onPoll()
    const answer = this.#answer(head)
    if (answer !== undefined) {
      socket.write(answer)
      return
    }
    const waitMs = Number(queryValue(head, 'waitseconds')) * 1_000
    const poll: HeldPoll = {
      socket,
      request: head,
      timer: setTimeout(() => {
        this.#letGo(poll)
        this.tally.emptyPolls += 1
        socket.write(EMPTY_QUEUE)
      }, waitMs),
      onClose: () => this.#letGo(poll)
    }
    this.#held.add(poll)
    socket.once('close', poll.onClose)
  }

  #letGo(poll: HeldPoll): void {
    clearTimeout(poll.timer)
    poll.socket.off('close', poll.onClose)
    this.#held.delete(poll)
  }

  #wakePolls(): void {
    for (const poll of this.#held) {
      const answer = this.#answer(poll.request)
      if (answer === undefined) return
      this.#letGo(poll)
      poll.socket.write(answer)
    }
  }

  #answer(head: string): Buffer | undefined {
    if (this.#waitingProbes > 0) {
      this.#waitingProbes -= 1
      return this.#count(1, batchAnswer([this.#probeElement()]))
    }
    const asked = head.includes('numOfMessages=') ? Number(queryValue(head, 'numofmessages')) : 0
    const messages = Math.min(Math.max(asked, 1), this.#left)
    if (messages === 0) return undefined
    const at = this.#next
    this.#next = (this.#next + messages) % this.#pool.elements.length
    if (asked === 0) return this.#count(1, this.#pool.singles[at] ?? EMPTY_QUEUE)
    if (this.#wantsProbe(messages)) {
      return this.#count(messages, batchAnswer([this.#probeElement(), ...this.#elements(at, messages - 1)]))
    }
    const whole = messages === 16 && at % 16 === 0 ? this.#pool.batches[at / 16] : undefined
    return this.#count(messages, whole ?? batchAnswer(this.#elements(at, messages)))
  }

  #wantsProbe(messages: number): boolean {
    const every = this.#order.probes?.every ?? Number.POSITIVE_INFINITY
    this.#sinceProbe += messages
    if (this.#sinceProbe < every) return false
    this.#sinceProbe = 0
    return true
  }

  #probeElement(): string {
    const instanceId = this.#probes.next()
    const element = messageElement(interruption(instanceId))
    this.#probes.sent(instanceId)
    return element
  }

  #elements(at: number, count: number): string[] {
    const { elements } = this.#pool
    return Array.from({ length: count }, (_, index) => elements[(at + index) % elements.length] ?? '')
  }

  #count(messages: number, answer: Buffer): Buffer {
    this.tally.receives += 1
    this.tally.handedOut += messages
    this.#left -= messages
    return answer
  }

  #delete(body: Buffer, socket: Socket): void {
    socket.write(DELETED)
    this.tally.deletes += 1
    // Without a body it is a delete of one message, whose handle stands in the path.
    const deleted = body.length === 0 ? 1 : occurrences(body.toString('latin1'), HANDLE)
    this.tally.deleted += deleted
    this.#onDeleted(this.tally.deleted)
  }
}

function noTally(): QueueTally {
  return { receives: 0, emptyPolls: 0, handedOut: 0, deletes: 0, deleted: 0 }
}

function occurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count += 1
  return count
}

/** A parameter of the request line, whose names are case-insensitive. @param name in lower case */
function queryValue(head: string, name: string): string {
  const line = head.slice(0, head.indexOf(' HTTP/'))
  return new RegExp(`[?&]${name}=([^& ]*)`, 'i').exec(line)?.[1] ?? ''
}
