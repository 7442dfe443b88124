import type { MnsBehaviour } from './behaviour.ts'
import { Journal } from './journal.ts'
import { changeOf, type JournalEntry, type StoredState } from './journal-entry.ts'
import { type StoredMessage, storedOf } from './message.ts'
import { MessageQueue } from './message-queue.ts'
import type { QueueAttributes } from './queue-attributes.ts'

export interface QueueStoreOptions {
  readonly behaviour: Pick<MnsBehaviour, 'slices' | 'supersededHandle'>
  /** What the journal told. */
  readonly state: StoredState
  /** Where the journal is kept; undefined for queues that live in memory only. */
  readonly journalFile: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * The queues by name, and the journal that lets them outlive the process. Whoever changes a queue or a message says so
 * here, and commits before anybody hears of the change.
 */
export class QueueStore {
  readonly #behaviour: QueueStoreOptions['behaviour']
  readonly #queues = new Map<string, MessageQueue>()
  readonly #journal: Journal | undefined

  constructor({ behaviour, state, journalFile, now }: QueueStoreOptions) {
    this.#behaviour = behaviour
    this.#restore(state, now)
    if (journalFile !== undefined) this.#journal = new Journal(journalFile, () => this.#snapshot())
  }

  get(name: string): MessageQueue | undefined {
    return this.#queues.get(name)
  }

  all(): IterableIterator<MessageQueue> {
    return this.#queues.values()
  }

  open(name: string, attributes: QueueAttributes, createdAt: number): MessageQueue {
    const { slices, supersededHandle } = this.#behaviour
    const acceptSupersededHandles = supersededHandle === 'accepted'
    const queue = new MessageQueue({ name, attributes, createdAt, slices, acceptSupersededHandles })
    this.#queues.set(name, queue)
    this.#journal?.add(queueEntry(queue))
    return queue
  }

  /** Forgets a queue and its messages; false when there is none. */
  drop(name: string): boolean {
    if (!this.#queues.delete(name)) return false
    this.#journal?.add({ op: 'drop', name })
    return true
  }

  /** A queue's attributes or policy are other ones now. */
  redefined(queue: MessageQueue): void {
    this.#journal?.add(queueEntry(queue))
  }

  /** A message came in. */
  added(queue: MessageQueue, message: StoredMessage): void {
    this.#journal?.add({ op: 'put', name: queue.name, message: storedOf(message) })
  }

  /** A message was received, or its visibility was changed. */
  changed(queue: MessageQueue, message: StoredMessage): void {
    this.#journal?.add({ op: 'change', name: queue.name, id: message.id, change: changeOf(message) })
  }

  /** A message is gone, other than by its age. */
  removed(queue: MessageQueue, message: StoredMessage): void {
    this.#journal?.add({ op: 'delete', name: queue.name, id: message.id })
  }

  commit(): void {
    this.#journal?.flush()
  }

  close(): void {
    this.#journal?.close()
  }

  #restore(state: StoredState, now: number): void {
    for (const { queue: stored, messages } of state.values()) {
      const queue = this.open(stored.name, stored.attributes, stored.createdAt)
      queue.modifiedAt = stored.modifiedAt
      // A journal cut off in the middle of a deletion can name a queue that is gone.
      queue.deadLetter = state.has(stored.deadLetter?.target ?? '') ? (stored.deadLetter ?? undefined) : undefined
      for (const message of messages.values()) queue.put(message, now)
    }
  }

  *#snapshot(): Iterable<JournalEntry> {
    for (const queue of this.#queues.values()) {
      yield queueEntry(queue)
      for (const message of queue.messages()) yield { op: 'put', name: queue.name, message: storedOf(message) }
    }
  }
}

function queueEntry(queue: MessageQueue): JournalEntry {
  const { name, attributes, createdAt, modifiedAt, deadLetter = null } = queue
  return { op: 'queue', queue: { name, attributes, createdAt, modifiedAt, deadLetter } }
}
