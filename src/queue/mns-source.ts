import type { CredentialSource, Credentials } from '../cloud/credentials.ts'
import type { Fault } from '../cloud/fault.ts'
import type { Clock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { onAbort } from '../lib/on-abort.ts'
import { escapeXml } from '../lib/xml-text.ts'
import { countOf, messagesOf, refusedOf, textOf, undeletedOf } from './mns-answers.ts'
import { type MnsAnswer, MnsClient } from './mns-client.ts'
import { type MnsEndpoint, parseMnsEndpoint } from './mns-endpoint.ts'
import { faultOfBrokenAnswer, faultOfFailure, LOST_CODES } from './mns-faults.ts'
import {
  type AcknowledgeOutcome,
  type ExtendOutcome,
  QUEUE_BATCH,
  type QueueSource,
  type ReceiveOutcome,
  type SendOutcome
} from './source.ts'

export interface MnsSourceOptions {
  /** `https://<account>.mns.<region>.aliyuncs.com`; plain http only to this machine. */
  readonly endpoint: string
  /** The queue's name: 1 to 120 letters, digits and hyphens, the first no hyphen. */
  readonly name: string
  readonly urgent: boolean
  /** Long polls that may run at a time. */
  readonly receivers: number
  /** How long the service holds a poll of an empty queue, 0 to 30 s. */
  readonly waitSeconds: number
  /** The queue's visibility timeout, ms. */
  readonly visibilityMs: number
  readonly credentials: CredentialSource
  readonly clock: Clock
}

/** What a queue says of itself. */
export type QueueDescription =
  | {
      readonly kind: 'found'
      /** How long a delivery really stays invisible, ms: an attribute of the queue, not of the receive. */
      readonly visibilityMs: number
      /** How long a message is kept, ms. */
      readonly retentionMs: number
      /** How long a receive that says nothing is held, ms. */
      readonly pollingMs: number
      /** The largest message that it takes, bytes. */
      readonly maxMessageBytes: number
    }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** What became of a batch of sends. `refused` holds the service's codes of the entries that it did not take. */
export type BatchSendOutcome =
  | { readonly kind: 'sent'; readonly sent: number; readonly refused: readonly string[] }
  | { readonly kind: 'failed'; readonly fault: Fault }

export interface MnsSource extends QueueSource {
  /** Sends 1 to 16 bodies, 64 KiB together, to be received at once. */
  sendBatch(bodies: readonly string[]): Promise<BatchSendOutcome>
  /** Looks the queue up (GetQueueAttributes). One that does not exist is a `missing` fault. */
  describe(): Promise<QueueDescription>
  /**
   * Asks whether these credentials may receive or send, by a call that the service refuses for its content: 17 messages at
   * once, a document that is cut off. `credentials` faults mean no; nothing is received or sent.
   */
  probe(operation: 'receive' | 'send'): Promise<Fault>
}

/**
 * A queue of MNS as a source of deliveries.
 *
 * @throws AuditError `config` for an endpoint or queue name that cannot be one
 */
export function createMnsSource(options: MnsSourceOptions): MnsSource {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,119}$/.test(options.name)) {
    throw new AuditError(
      'config',
      'Cannot use queue.name: expected 1 to 120 letters, digits and hyphens, the first no hyphen'
    )
  }
  return new MnsQueue(options, parseMnsEndpoint(options.endpoint))
}

/** An empty answer this much earlier than asked for still counts as held. */
const EARLY_TOLERANCE_MS = 500

const MAX_VISIBILITY_SECONDS = 43_200
const MAX_DELAY_SECONDS = 604_800

const NONE: ReadonlySet<string> = new Set()

class MnsQueue implements MnsSource {
  readonly name: string
  readonly endpoint: string
  readonly urgent: boolean
  readonly receivers: number
  readonly visibilityMs: number
  readonly #host: string
  readonly #waitMs: number
  readonly #credentials: CredentialSource
  readonly #clock: Clock
  readonly #client: MnsClient
  /** The credentials that the service refused last: one refusal asks for new ones once, however many calls it hit. */
  #refused: Credentials | undefined

  constructor(options: MnsSourceOptions, endpoint: MnsEndpoint) {
    this.name = options.name
    this.endpoint = endpoint.origin
    this.urgent = options.urgent
    this.receivers = options.receivers
    this.visibilityMs = options.visibilityMs
    this.#host = endpoint.host
    this.#waitMs = options.waitSeconds * 1_000
    this.#credentials = options.credentials
    this.#clock = options.clock
    this.#client = new MnsClient({ endpoint, clock: options.clock, polls: options.receivers })
  }

  async receive(maxMessages: number, signal: AbortSignal): Promise<ReceiveOutcome> {
    const startedMs = this.#clock.elapsed()
    // Not the SDK's batchReceiveMessage: it drops a wait of 0, so that the queue's own default would apply, and has no
    // room for a signal.
    const wait = `numOfMessages=${Math.min(maxMessages, QUEUE_BATCH)}&waitseconds=${this.#waitMs / 1_000}`
    const resource = `/queues/${this.name}/messages?${wait}`
    const answer = await this.#call(
      () => this.#client.get(resource, 'Messages', { pollMs: this.#waitMs, signal }),
      signal
    )
    const held = this.#clock.elapsed() - startedMs >= this.#waitMs - EARLY_TOLERANCE_MS
    const { repeated } = answer
    if (answer.kind === 'fault') {
      return answer.fault.code === 'MessageNotExist' ? { kind: 'empty', held, repeated } : failed(answer.fault)
    }
    const messages = answer.messages ?? (answer.root && messagesOf(answer.root))
    if (messages === undefined) return failed(faultOfBrokenAnswer(answer.status, answer.requestId))
    return messages.length === 0 ? { kind: 'empty', held, repeated } : { kind: 'messages', messages, repeated }
  }

  async acknowledge(receiptHandles: readonly string[]): Promise<AcknowledgeOutcome> {
    if (receiptHandles.length === 0) return { kind: 'acknowledged', lost: NONE, retry: NONE }
    if (receiptHandles.length > QUEUE_BATCH) {
      throw new AuditError('internal', `Cannot delete ${receiptHandles.length} messages in one call: the most is 16`)
    }
    const escaped = receiptHandles.map(escapeXml)
    const answer = await this.#call(() => this.#client.batchDeleteMessage(this.name, escaped))
    if (answer.kind === 'fault') {
      if (!LOST_CODES.has(answer.fault.code)) return failed(answer.fault)
      return { kind: 'acknowledged', lost: new Set(receiptHandles), retry: NONE }
    }
    if (answer.root === undefined) return { kind: 'acknowledged', lost: NONE, retry: NONE }
    const undeleted = undeletedOf(answer.root, receiptHandles)
    if (undeleted === undefined) return failed(faultOfBrokenAnswer(answer.status, answer.requestId))
    return { kind: 'acknowledged', ...undeleted }
  }

  async extend(receiptHandle: string, visibilityMs: number): Promise<ExtendOutcome> {
    const seconds = wholeSeconds(visibilityMs, 1, MAX_VISIBILITY_SECONDS)
    const escaped = encodeURIComponent(receiptHandle)
    const answer = await this.#call(() => this.#client.changeMessageVisibility(this.name, escaped, seconds))
    if (answer.kind === 'fault') return LOST_CODES.has(answer.fault.code) ? { kind: 'lost' } : failed(answer.fault)
    const renewed = answer.root === undefined ? '' : textOf(answer.root, 'ReceiptHandle')
    if (renewed === '') return failed(faultOfBrokenAnswer(answer.status, answer.requestId))
    return { kind: 'extended', receiptHandle: renewed }
  }

  async send(body: string, delayMs: number): Promise<SendOutcome> {
    const message = { MessageBody: escapeXml(body), DelaySeconds: wholeSeconds(delayMs, 0, MAX_DELAY_SECONDS) }
    const answer = await this.#call(() => this.#client.sendMessage(this.name, message))
    if (answer.kind === 'fault') return failed(answer.fault)
    const messageId = answer.root === undefined ? '' : textOf(answer.root, 'MessageId')
    if (messageId === '') return failed(faultOfBrokenAnswer(answer.status, answer.requestId))
    return { kind: 'sent', messageId }
  }

  async sendBatch(bodies: readonly string[]): Promise<BatchSendOutcome> {
    const messages = bodies.map((body) => ({ MessageBody: escapeXml(body) }))
    const answer = await this.#call(() => this.#client.batchSendMessage(this.name, messages))
    if (answer.kind === 'fault') return failed(answer.fault)
    const refused = answer.root?.children.length === bodies.length ? refusedOf(answer.root) : undefined
    if (refused === undefined) return failed(faultOfBrokenAnswer(answer.status, answer.requestId))
    return { kind: 'sent', sent: bodies.length - refused.length, refused }
  }

  async describe(): Promise<QueueDescription> {
    const answer = await this.#call(() => this.#client.getQueueAttributes(this.name))
    if (answer.kind === 'fault') return failed(answer.fault)
    if (answer.root === undefined) return failed(faultOfBrokenAnswer(answer.status, answer.requestId))
    return {
      kind: 'found',
      visibilityMs: countOf(answer.root, 'VisibilityTimeout') * 1_000,
      retentionMs: countOf(answer.root, 'MessageRetentionPeriod') * 1_000,
      pollingMs: countOf(answer.root, 'PollingWaitSeconds') * 1_000,
      maxMessageBytes: countOf(answer.root, 'MaximumMessageSize')
    }
  }

  async probe(operation: 'receive' | 'send'): Promise<Fault> {
    const path = `/queues/${this.name}/messages`
    const answer = await this.#call(() =>
      operation === 'receive'
        ? this.#client.get(`${path}?numOfMessages=${QUEUE_BATCH + 1}&waitseconds=0`, 'Messages')
        : this.#client.request('POST', path, 'Message', '<Message')
    )
    return answer.kind === 'fault' ? answer.fault : faultOfBrokenAnswer(answer.status, answer.requestId)
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** Signs with the credentials of now. `start` must reach the client in the tick in which it is called. */
  async #call(start: () => Promise<MnsAnswer>, signal?: AbortSignal): Promise<MnsAnswer> {
    let credentials: Credentials | undefined
    try {
      credentials = await unlessAborted(this.#credentials.get(), signal)
    } catch (thrown) {
      return { kind: 'fault', fault: noCredentials(thrown), body: {} }
    }
    if (credentials === undefined) {
      return { kind: 'fault', fault: faultOfFailure('Aborted', this.#host, 0, ''), body: {} }
    }
    this.#client.use(credentials)
    const answer = await start()
    if (answer.kind === 'fault' && answer.fault.class === 'credentials') this.#onRefused(credentials)
    return answer
  }

  #onRefused(credentials: Credentials): void {
    if (this.#refused === credentials) return
    this.#refused = credentials
    this.#credentials.invalidate()
  }
}

function failed(fault: Fault): { kind: 'failed'; fault: Fault } {
  return { kind: 'failed', fault }
}

/** Rounded up, so that nothing becomes visible earlier than asked for. */
function wholeSeconds(ms: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.ceil(ms / 1_000)))
}

/** The promise's value, or `undefined` as soon as the signal aborts. */
async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined
): Promise<Value | undefined> {
  if (signal === undefined) return promise
  if (signal.aborted) return undefined
  return await new Promise((resolve, reject) => {
    const letGo = onAbort(signal, () => resolve(undefined))
    promise.then(resolve, reject).finally(letGo)
  })
}

function noCredentials(thrown: unknown): Fault {
  const message = thrown instanceof AuditError ? thrown.message : 'Cannot get credentials: their source failed'
  return { class: 'credentials', code: 'NoCredentials', status: 0, message, requestId: '' }
}
