import { join } from 'node:path'
import { type Clock, systemClock } from '../../lib/clock.ts'
import type { SandboxKey } from '../address.ts'
import type { SandboxAnswer, SandboxRequest, SandboxService } from '../loopback-server.ts'
import { refusalAnswer } from './answers.ts'
import { authenticate, type Gatekeeper, type MnsCredential } from './authenticate.ts'
import { DEFAULT_MNS_BEHAVIOUR, type MnsBehaviour } from './behaviour.ts'
import { Broker } from './broker.ts'
import type { Operation } from './call.ts'
import { readJournal } from './journal.ts'
import type { MessageState } from './message.ts'
import { DEFAULT_PRIORITY } from './message-draft.ts'
import { messageOperations } from './message-operations.ts'
import type { DeadLetterPolicy } from './message-queue.ts'
import { MNS_OPERATIONS, type MnsOperation, operationOf, readTarget } from './operation.ts'
import { checkAttributes, checkQueueName, DEFAULT_QUEUE_ATTRIBUTES, type QueueAttributes } from './queue-attributes.ts'
import { queueOperations } from './queue-operations.ts'
import { Refusal } from './refusal.ts'
import type { Happening } from './watch.ts'

export interface MnsServiceOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Makes the key a temporary (STS) one: requests must bring this token. */
  readonly securityToken?: string
  /** The own key where it changes, asked for at each request: `accessKeyId` and what belongs to it are not looked at then. */
  readonly keyNow?: (() => SandboxKey) | undefined
  /** Further keys, by access key id. */
  readonly credentials?: ReadonlyMap<string, MnsCredential>
  /** Time and timers; default: the machine's. */
  readonly clock?: Pick<Clock, 'now' | 'elapsed' | 'after'>
  /** Keeps queues and messages in a file in this directory, over restarts and kills. Default: in memory only. */
  readonly dataDir?: string
  readonly behaviour?: Partial<MnsBehaviour>
}

/** How many messages a queue holds, by state, and what was done since the start. */
export interface QueueStats extends Readonly<Record<MessageState, number>> {
  readonly sent: number
  readonly deleted: number
  /** Long polls held at the moment. */
  readonly polls: number
}

/** A message as tests see it. Times are epoch milliseconds. */
export interface MessageView {
  readonly id: string
  readonly body: string
  readonly state: MessageState
  readonly dequeueCount: number
  readonly enqueuedAt: number
  /** End of its delay or of its visibility timeout. */
  readonly nextVisibleAt: number
}

/**
 * The queue service of the sandbox: the 2015-06-06 protocol on the wire, and this interface in the process. Methods that
 * name a queue throw a Refusal where the wire would answer an error.
 */
export interface MnsService extends SandboxService {
  /** Creates a queue; one that exists with the same attributes is left as it is. */
  createQueue(name: string, attributes?: Partial<QueueAttributes>): void
  /** What the console does and the protocol cannot: gives a queue a dead-letter queue, which must exist. */
  setDeadLetter(queue: string, policy: DeadLetterPolicy): void
  /** Sends any number of messages; returns their ids. Without `delayMs` the queue's own delay holds. */
  send(queue: string, bodies: readonly string[], options?: { readonly delayMs?: number }): string[]
  stats(queue: string): QueueStats
  /** All messages of a queue, oldest first. */
  messages(queue: string): MessageView[]
  /** Calls `listener` for each message that a consumer deletes, until the returned function is called. */
  onDelete(listener: (deletion: Happening) => void): () => void
  /** The same for each message that is accepted, before anybody can receive it. */
  onSend(listener: (sent: Happening) => void): () => void
  /** Resolves as soon as `predicate` holds, asked at every change; rejects after `timeoutMs` (10,000) of real time. */
  waitFor(predicate: () => boolean, options?: { readonly timeoutMs?: number }): Promise<void>
  /** Ends held polls and waiters, clears the timer, closes the journal. Idempotent. */
  close(): Promise<void>
}

const OPERATIONS: Readonly<Record<MnsOperation, Operation>> = {
  ...queueOperations,
  ...messageOperations,
  Unknown: () => {
    throw new Refusal('InvalidRequestURL')
  }
}

/**
 * Starts the service; `startLoopbackServer` gives it a port.
 *
 * @throws Error when the journal in `dataDir` is damaged other than by a kill
 */
export async function createMnsService(options: MnsServiceOptions): Promise<MnsService> {
  const clock = options.clock ?? systemClock
  const behaviour = { ...DEFAULT_MNS_BEHAVIOUR, ...options.behaviour }
  const journalFile = options.dataDir === undefined ? undefined : join(options.dataDir, 'mns.jsonl')
  const state = journalFile === undefined ? new Map() : await readJournal(journalFile)
  const broker = new Broker({ clock, behaviour, state, journalFile })
  const gatekeeper: Gatekeeper = { credentials: credentialsOf(options), behaviour }
  return {
    name: 'mns',
    operationOf,
    handle: (request, operation) => handle(request, operation, { broker, gatekeeper, now: clock.now }),
    errorAnswer: (code, request, complete) => refusalAnswer(code, request, { complete }),
    ...inProcess(broker)
  }
}

function credentialsOf(options: MnsServiceOptions): Gatekeeper['credentials'] {
  const { accessKeyId, accessKeySecret, securityToken, credentials, keyNow } = options
  const fixed = { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) }
  return {
    get: (id): MnsCredential | undefined => {
      const own = keyNow?.() ?? fixed
      return id === own.accessKeyId ? own : credentials?.get(id)
    }
  }
}

interface Parts {
  readonly broker: Broker
  readonly gatekeeper: Gatekeeper
  readonly now: () => number
}

async function handle(request: SandboxRequest, name: string, parts: Parts): Promise<SandboxAnswer> {
  try {
    authenticate(request, parts.gatekeeper, parts.now())
    const target = readTarget(request)
    const operation = MNS_OPERATIONS.find((known) => known === name) ?? 'Unknown'
    return await OPERATIONS[operation]({
      request,
      queue: target?.queue ?? '',
      query: target?.query ?? new Map(),
      broker: parts.broker,
      behaviour: parts.gatekeeper.behaviour
    })
  } catch (fault) {
    if (fault instanceof Refusal) return refusalAnswer(fault.code, request, fault)
    throw fault
  }
}

function inProcess(broker: Broker): Omit<MnsService, keyof SandboxService> {
  return {
    createQueue: (name, attributes = {}) => {
      checkQueueName(name)
      checkAttributes(attributes)
      if (broker.createQueue(name, { ...DEFAULT_QUEUE_ATTRIBUTES, ...attributes }) === 'different') {
        throw new Refusal('QueueAlreadyExist')
      }
    },
    setDeadLetter: (queue, policy) => broker.setDeadLetter(queue, policy),
    send: (queue, bodies, { delayMs = broker.queue(queue).attributes.delaySeconds * 1000 } = {}) => {
      const common = { delayMs, priority: DEFAULT_PRIORITY, systemProperties: [], userProperties: [] }
      return broker
        .send(
          queue,
          bodies.map((body) => ({ body, ...common }))
        )
        .map(({ id }) => id)
    },
    stats: (queue) => {
      const { counts, totals } = broker.queue(queue)
      return { ...counts, ...totals, polls: broker.waiting(queue) }
    },
    messages: (queue) => [...broker.queue(queue).messages()].map(viewOf),
    onDelete: (listener) => broker.watch.onDelete(listener),
    onSend: (listener) => broker.watch.onSend(listener),
    waitFor: (predicate, { timeoutMs = 10_000 } = {}) => broker.watch.waitFor(predicate, timeoutMs),
    close: async () => broker.close()
  }
}

function viewOf({ id, body, state, dequeueCount, enqueuedAt, nextVisibleAt }: MessageView): MessageView {
  return { id, body, state, dequeueCount, enqueuedAt, nextVisibleAt }
}
