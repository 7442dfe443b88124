import type { StoredMessage } from './message.ts'
import type { DeadLetterPolicy } from './message-queue.ts'
import type { QueueAttributes } from './queue-attributes.ts'

/** A queue without its messages, as it outlives a restart. */
export interface StoredQueue {
  readonly name: string
  readonly attributes: QueueAttributes
  readonly createdAt: number
  readonly modifiedAt: number
  readonly deadLetter: DeadLetterPolicy | null
}

/** What a receive or a change of visibility changes of a message. */
export type MessageChange = Pick<
  StoredMessage,
  'dequeueCount' | 'firstDequeuedAt' | 'nextVisibleAt' | 'version' | 'receivedVersion'
>

/** The change that a message has gone through, as the journal keeps it. */
export function changeOf(message: StoredMessage): MessageChange {
  const { dequeueCount, firstDequeuedAt, nextVisibleAt, version, receivedVersion } = message
  return { dequeueCount, firstDequeuedAt, nextVisibleAt, version, receivedVersion }
}

/**
 * One line of the journal: what was done, as the state that it left behind. What time does (a delay or a timeout ends, a
 * retention runs out) is not written: it follows from the times in the messages.
 */
export type JournalEntry =
  | { readonly op: 'queue'; readonly queue: StoredQueue }
  | { readonly op: 'drop'; readonly name: string }
  | { readonly op: 'put'; readonly name: string; readonly message: StoredMessage }
  | { readonly op: 'change'; readonly name: string; readonly id: string; readonly change: MessageChange }
  | { readonly op: 'delete'; readonly name: string; readonly id: string }

/** The queues that a journal tells of, with their messages by id, in the order of their sends. */
export type StoredState = Map<string, { queue: StoredQueue; readonly messages: Map<string, StoredMessage> }>

/**
 * Applies one entry to the state before it.
 *
 * @throws Error for an entry that does not follow from the ones before
 */
export function applyEntry(state: StoredState, entry: JournalEntry): void {
  switch (entry.op) {
    case 'queue': {
      const known = state.get(entry.queue.name)
      if (known === undefined) state.set(entry.queue.name, { queue: entry.queue, messages: new Map() })
      else known.queue = entry.queue
      return
    }
    case 'drop':
      state.delete(entry.name)
      return
    case 'put':
      messagesOf(state, entry.name).set(entry.message.id, entry.message)
      return
    case 'change': {
      const message = messagesOf(state, entry.name).get(entry.id)
      if (message !== undefined) Object.assign(message, entry.change)
      return
    }
    case 'delete':
      messagesOf(state, entry.name).delete(entry.id)
      return
    default:
      throw new Error(`unknown entry ${JSON.stringify(entry satisfies never)}`)
  }
}

function messagesOf(state: StoredState, name: string): Map<string, StoredMessage> {
  const known = state.get(name)
  if (known === undefined) throw new Error(`no queue "${name}"`)
  return known.messages
}
