import type { Dispatcher } from 'undici'
import type { Credentials } from '../cloud/credentials.ts'
import type { Fault } from '../cloud/fault.ts'
import { HttpPool } from '../cloud/http-pool.ts'
import { requireSdkWithout } from '../cloud/sdk-without.ts'
import type { Clock } from '../lib/clock.ts'
import { exchange, type HttpCall, type HttpOutcome } from './http-exchange.ts'
import { scanMessages } from './message-scanner.ts'
import type { MnsEndpoint } from './mns-endpoint.ts'
import { faultOfBrokenAnswer, faultOfCode, faultOfFailure } from './mns-faults.ts'
import type { QueueMessage, Repeated } from './source.ts'
import { readXml, type XmlElement } from './xml-reader.ts'

/** What a call came to. The operations of the SDK index into `body` and overwrite it; nothing else uses it. */
export type MnsAnswer =
  /**
   * `root` is undefined for an answer without a body (204), and where `messages` holds what it says: a batch receive's answer
   * in the form in which the service writes it.
   */
  | ({
      readonly kind: 'answer'
      readonly status: number
      readonly requestId: string
      readonly root: XmlElement | undefined
      readonly messages?: QueueMessage[]
      body: object
    } & Repeated)
  | ({ readonly kind: 'fault'; readonly fault: Fault; body: object } & Repeated)

/** What may be given with a call, beside what the SDK's own operations give. */
export interface MnsRequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Makes it a long poll that the service may hold for so long, ms. */
  readonly pollMs?: number
  readonly signal?: AbortSignal
}

export interface MnsClientOptions {
  readonly endpoint: MnsEndpoint
  readonly clock: Clock
  /** Long polls that may run at a time. */
  readonly polls: number
}

/** What this project uses of the client of `@alicloud/mns` 1.2, which brings no types. */
interface StockClient {
  accessKeyID: string
  accessKeySecret: string
  securityToken: string
  buildHeaders(method: string, body: string | Buffer, resource: string, headers: object | undefined): SignedHeaders
  sign(method: string, headers: SignedHeaders, resource: string): string
  request(
    method: Dispatcher.HttpMethod,
    resource: string,
    type: string,
    body: string | Buffer,
    attentions?: readonly string[],
    options?: MnsRequestOptions
  ): Promise<MnsAnswer>
  get(resource: string, type: string, options?: MnsRequestOptions): Promise<MnsAnswer>
  getQueueAttributes(queue: string): Promise<MnsAnswer>
  batchSendMessage(queue: string, messages: ReadonlyArray<{ MessageBody: string }>): Promise<MnsAnswer>
  sendMessage(queue: string, message: { MessageBody: string; DelaySeconds: number }): Promise<MnsAnswer>
  batchDeleteMessage(queue: string, receiptHandles: readonly string[]): Promise<MnsAnswer>
  changeMessageVisibility(queue: string, receiptHandle: string, seconds: number): Promise<MnsAnswer>
}

type SignedHeaders = Record<string, string>

/** Signed headers, and all that they depend on. */
interface SignedRequest {
  readonly resource: string
  /** Epoch seconds. */
  readonly second: number
  readonly credentials: Credentials | undefined
  readonly headers: SignedHeaders
}

type StockClientConstructor = new (
  account: string,
  options: { endpoint: string; accessKeyId: string; accessKeySecret: string }
) => StockClient

/** Its transport and its reader are replaced: without them it loads in 11 of 28 ms. */
const StockMnsClient = requireSdkWithout<StockClientConstructor>('@alicloud/mns', 'httpx', 'xml2js')

const CONNECT_TIMEOUT_MS = 5_000
const ANSWER_TIMEOUT_MS = 10_000
const BODY_TIMEOUT_MS = 10_000

/** 16 messages of 64 KiB, each character written as an entity. */
const MAX_BODY_BYTES = 8 * 1024 * 1024

/** Deletes and extensions in flight at a time; more wait for a socket. */
const CALL_SOCKETS = 16

/**
 * The client of the official SDK with its transport replaced. Endpoints, signing and operations stay the SDK's; the
 * stock transport takes an HTML error page for a successful delete, ends 30-second polls, and cannot be aborted.
 *
 * Every call resolves, to an answer or to a fault. The outcome is read from the HTTP status and the body, never from
 * the content type.
 *
 * What an operation puts into its request is not escaped by the SDK: callers escape (XML in bodies, URL in handles).
 */
export class MnsClient extends StockMnsClient {
  readonly #host: string
  readonly #clock: Clock
  /** Apart from the others, so that a delete never waits behind a poll. */
  readonly #polls: HttpPool
  readonly #calls: HttpPool
  /** Opens a new connection for each request. */
  readonly #fresh: HttpPool
  #credentials: Credentials | undefined
  /** By method. */
  readonly #signed = new Map<string, SignedRequest>()

  constructor({ endpoint, clock, polls }: MnsClientOptions) {
    // The SDK insists on a key at construction; `use()` gives the real one before each call.
    super(endpoint.account, { endpoint: endpoint.origin, accessKeyId: 'unset', accessKeySecret: 'unset' })
    this.#host = endpoint.host
    this.#clock = clock
    // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment does not switch the check off.
    const connect = { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true }
    this.#polls = new HttpPool(endpoint.origin, { connect, connections: polls })
    this.#calls = new HttpPool(endpoint.origin, { connect, connections: CALL_SOCKETS })
    this.#fresh = new HttpPool(endpoint.origin, { connect, connections: polls + CALL_SOCKETS, pipelining: 0 })
  }

  /** Signs with these from now on. A call that starts in the same tick is signed with them. */
  use(credentials: Credentials): void {
    this.#credentials = credentials
    this.accessKeyID = credentials.accessKeyId
    this.accessKeySecret = credentials.accessKeySecret
    this.securityToken = credentials.securityToken
  }

  /**
   * Polls and batch deletes of one second and one key are signed alike, since nothing but method, resource and date is: what
   * was made for the first of them serves the others, two HMACs and an MD5 less for 16 events.
   */
  override buildHeaders(
    method: string,
    body: string | Buffer,
    resource: string,
    headers: object | undefined
  ): SignedHeaders {
    if ((method !== 'GET' && method !== 'DELETE') || headers !== undefined) {
      return super.buildHeaders(method, body, resource, headers)
    }
    const second = Math.floor(Date.now() / 1_000)
    const last = this.#signed.get(method)
    if (last?.resource === resource && last.second === second && last.credentials === this.#credentials) {
      return last.headers
    }
    const made = method === 'GET' ? super.buildHeaders(method, '', resource, headers) : this.#deleteHeaders(resource)
    this.#signed.set(method, { resource, second, credentials: this.#credentials, headers: made })
    return made
  }

  /** The SDK's own, without the digest of the body, which is optional (documentation, "Request signing"). */
  #deleteHeaders(resource: string): SignedHeaders {
    const headers = { ...super.buildHeaders('GET', '', resource, undefined), 'content-type': 'text/xml' }
    return { ...headers, authorization: `MNS ${this.accessKeyID}:${this.sign('DELETE', headers, resource)}` }
  }

  /** One signed request. All operations of the SDK end here. */
  override async request(
    method: Dispatcher.HttpMethod,
    resource: string,
    type: string,
    body: string | Buffer,
    _attentions: readonly string[] = [],
    options: MnsRequestOptions = {}
  ): Promise<MnsAnswer> {
    const call: HttpCall = {
      method,
      path: resource,
      headers: this.buildHeaders(method, body, resource, options.headers),
      body,
      answerTimeoutMs: ANSWER_TIMEOUT_MS + (options.pollMs ?? 0),
      bodyTimeoutMs: BODY_TIMEOUT_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      signal: options.signal
    }
    const operation = `${method} ${type}`
    const outcome = await exchange(options.pollMs === undefined ? this.#calls : this.#polls, call, this.#clock)
    // A server may close a kept connection just when it is used again. Sending twice could put a message on the queue
    // twice; all other operations may be repeated.
    if (!isReset(outcome) || method === 'POST') return readAnswer(operation, outcome, this.#host)
    return { ...readAnswer(operation, await exchange(this.#fresh, call, this.#clock), this.#host), repeated: true }
  }

  /** Ends all calls under way and closes the connections. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.#polls.destroy(), this.#calls.destroy(), this.#fresh.destroy()])
  }
}

function isReset(outcome: HttpOutcome): boolean {
  return outcome.kind === 'failed' && outcome.failure === 'ConnectionReset' && outcome.status === 0
}

/**
 * The HTTP statuses that mean success, by method and root element. A batch delete answers 404 with a list of those that
 * failed, which is an answer too; so is a batch send's list with refused entries, under a status that no page names.
 */
const SUCCESS: ReadonlyMap<string, readonly number[]> = new Map([
  ['GET Messages', [200]],
  ['GET Queue', [200]],
  ['POST Message', [201]],
  ['POST Messages', [201, 400, 500]],
  ['PUT ChangeVisibility', [200]],
  ['DELETE Errors', [204, 404]]
])

function readAnswer(operation: string, outcome: HttpOutcome, host: string): MnsAnswer {
  const { status, requestId } = outcome
  if (outcome.kind === 'failed') return fault(faultOfFailure(outcome.failure, host, status, requestId))
  const expected = SUCCESS.get(operation)?.includes(status) === true
  if (expected && status === 204) return { kind: 'answer', status, requestId, root: undefined, body: {} }
  const messages = expected && operation === 'GET Messages' ? scanMessages(outcome.body) : undefined
  if (messages !== undefined) return { kind: 'answer', status, requestId, root: undefined, messages, body: {} }
  const root = readXml(outcome.body)
  if (expected && operation.endsWith(` ${root?.name}`)) return { kind: 'answer', status, requestId, root, body: {} }
  const code = root?.name === 'Error' && status >= 400 ? (root.child('Code')?.text() ?? '') : ''
  return fault(code === '' ? faultOfBrokenAnswer(status, requestId) : faultOfCode(code, status, requestId))
}

function fault(found: Fault): MnsAnswer {
  return { kind: 'fault', fault: found, body: {} }
}
