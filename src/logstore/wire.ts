import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import type { Fault } from '../cloud/fault.ts'
import { type NetworkReason, type NetworkTrouble, networkTrouble } from '../cloud/network-trouble.ts'
import type { Clock } from '../lib/clock.ts'
import type { SlsEndpoint } from './endpoint.ts'

export interface WireRequest {
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly target: string
  /** Lower-case names; `host` is the signed one. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** For the whole exchange (connect, send, read), milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

export interface WireAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** `answer`: an HTTP answer came whole, whatever it says. */
export type WireOutcome =
  | { readonly kind: 'answer'; readonly answer: WireAnswer }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** The most that one answer may hold, bytes. SQL results are the largest. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** Under the minute after which load balancers commonly drop an idle connection. */
const IDLE_MS = 50_000
const MAX_IDLE_SOCKETS = 32

/** Why this side ended an exchange. */
type Ending = Extract<NetworkReason, 'Timeout' | 'Aborted' | 'AnswerTooLarge'>

/** HTTP exchanges with one endpoint over kept-alive connections that can be closed. Never throws. */
export class Wire {
  readonly #endpoint: SlsEndpoint
  readonly #clock: Clock
  readonly #agent: http.Agent
  readonly #sockets = new Set<Socket>()
  readonly #running = new Set<(ending: Ending) => void>()
  #closed = false

  constructor(endpoint: SlsEndpoint, clock: Clock) {
    this.#endpoint = endpoint
    this.#clock = clock
    const options = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MAX_IDLE_SOCKETS }
    // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment does not switch the check off.
    const tls = { ...options, rejectUnauthorized: true }
    this.#agent = endpoint.protocol === 'https:' ? new https.Agent(tls) : new http.Agent(options)
  }

  /**
   * One exchange. It is sent a second time only if its kept-alive connection turns out to be dead before any answer:
   * the service had closed it while it was idle.
   */
  async exchange(request: WireRequest): Promise<WireOutcome> {
    const outcome = await this.#attempt(request)
    if (outcome.kind !== 'stale') return outcome
    const again = await this.#attempt(request)
    return again.kind === 'stale' ? { kind: 'failed', fault: again.fault } : again
  }

  /** Ends every exchange with an `aborted` fault; resolves when every connection is closed. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    for (const end of this.#running) end('Aborted')
    this.#agent.destroy()
    await Promise.all([...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
  }

  async #attempt(request: WireRequest): Promise<WireOutcome | { readonly kind: 'stale'; readonly fault: Fault }> {
    if (this.#closed || request.signal?.aborted) return { kind: 'failed', fault: this.#fault(endedBy('Aborted')) }
    const outgoing = this.#open(request)
    let answered = false
    outgoing.once('response', () => {
      answered = true
    })
    let ending: Ending | undefined
    const end = (why: Ending) => {
      ending ??= why
      outgoing.destroy()
    }
    const onAbort = () => end('Aborted')
    const cancelTimer = this.#clock.after(request.timeoutMs, () => end('Timeout'))
    request.signal?.addEventListener('abort', onAbort)
    this.#running.add(end)
    try {
      return { kind: 'answer', answer: await readAnswer(outgoing, () => end('AnswerTooLarge')) }
    } catch (thrown) {
      const fault = this.#fault(ending === undefined ? networkTrouble(thrown) : endedBy(ending))
      const stale = ending === undefined && !answered && outgoing.reusedSocket && fault.code === 'ConnectionReset'
      return { kind: stale ? 'stale' : 'failed', fault }
    } finally {
      this.#running.delete(end)
      request.signal?.removeEventListener('abort', onAbort)
      cancelTimer()
    }
  }

  #open({ method, target, headers, body }: WireRequest): http.ClientRequest {
    const { protocol, connectHost: host, connectPort: port } = this.#endpoint
    const { request } = protocol === 'https:' ? https : http
    const outgoing = request({ host, port, method, path: target, headers, agent: this.#agent })
    outgoing.on('socket', (socket) => this.#track(socket))
    // Whoever waits for the answer learns of errors too; without a listener a late one would end the process.
    outgoing.on('error', () => undefined)
    outgoing.end(body)
    return outgoing
  }

  #track(socket: Socket): void {
    if (this.#sockets.has(socket)) return
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #fault({ reason, hint }: NetworkTrouble): Fault {
    const message = `No answer from ${this.#endpoint.connectHost}:${this.#endpoint.connectPort}: ${SAYS[reason]}${hint}`
    const faultClass = reason === 'Aborted' ? 'aborted' : 'unavailable'
    return { class: faultClass, code: reason, status: 0, message, requestId: '' }
  }
}

function endedBy(reason: Ending): NetworkTrouble {
  return { reason, hint: '' }
}

/** What ends an exchange in the words of a person; `hint` follows. */
const SAYS: Readonly<Record<NetworkReason, string>> = {
  Aborted: 'given up by this process',
  Timeout: 'no whole answer within the time limit',
  ConnectionRefused: 'nothing listens there',
  ConnectionReset: 'the connection was reset',
  HostNotFound: 'its name is not known; check logstore.endpoint and logstore.project',
  Unreachable: 'there is no way to it; check network and firewall',
  TlsFailure: 'no trusted TLS connection to it is possible',
  AnswerTooLarge: `the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
  NotHttp: 'what answers there does not speak HTTP',
  InvalidRequest: 'the request cannot be written as HTTP',
  ConnectionFailed: 'the connection failed'
}

async function readAnswer(outgoing: http.ClientRequest, onTooLarge: () => void): Promise<WireAnswer> {
  const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage]
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) onTooLarge()
    chunks.push(chunk)
  }
  return { status: incoming.statusCode ?? 0, headers: flat(incoming.headers), body: Buffer.concat(chunks, bytes) }
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')])
  )
}
