import { createHash, randomUUID } from 'node:crypto'
import type { Due } from './due-heap.ts'
import type { Linked } from './linked-list.ts'

/** A user or system property, given back as it was sent. */
export interface MessageProperty {
  readonly name: string
  readonly value: string
  readonly type: string
}

/** What a sender says of a message. */
export interface MessageDraft {
  readonly body: string
  readonly delayMs: number
  /** 1 to 16. Kept and given back; the service no longer orders by it. */
  readonly priority: number
  readonly systemProperties: readonly MessageProperty[]
  readonly userProperties: readonly MessageProperty[]
}

/** What outlives a restart. Times are epoch milliseconds. */
export interface StoredMessage {
  /** 32 hexadecimal digits, upper case. */
  readonly id: string
  readonly body: string
  readonly priority: number
  readonly systemProperties: readonly MessageProperty[]
  readonly userProperties: readonly MessageProperty[]
  readonly enqueuedAt: number
  /** End of its retention: then it goes, in whatever state. */
  readonly expiresAt: number
  dequeueCount: number
  /** 0 before the first receive. */
  firstDequeuedAt: number
  /** End of its delay or of its last delivery's visibility timeout: the live handle dies then. */
  nextVisibleAt: number
  /** Version of the newest handle. */
  version: number
  /** Version of the handle that the last receive gave. */
  receivedVersion: number
}

export type MessageState = 'visible' | 'invisible' | 'delayed'

/** A message in a queue. */
export interface Message extends StoredMessage, Due, Linked<Message> {
  state: MessageState
  readonly slice: number
}

/** A new message of a draft, as it is at the send. */
export function newMessage(draft: MessageDraft, now: number, retentionSeconds: number): StoredMessage {
  return {
    id: randomHex(),
    body: draft.body,
    priority: draft.priority,
    systemProperties: draft.systemProperties,
    userProperties: draft.userProperties,
    enqueuedAt: now,
    expiresAt: now + retentionSeconds * 1000,
    dequeueCount: 0,
    firstDequeuedAt: 0,
    nextVisibleAt: now + draft.delayMs,
    version: 0,
    receivedVersion: 0
  }
}

/** A message on its way into a queue. Written out, not spread: a queue may hold hundreds of thousands. */
export function toMessage(stored: StoredMessage, state: MessageState, slice: number): Message {
  return {
    id: stored.id,
    body: stored.body,
    priority: stored.priority,
    systemProperties: stored.systemProperties,
    userProperties: stored.userProperties,
    enqueuedAt: stored.enqueuedAt,
    expiresAt: stored.expiresAt,
    dequeueCount: stored.dequeueCount,
    firstDequeuedAt: stored.firstDequeuedAt,
    nextVisibleAt: stored.nextVisibleAt,
    version: stored.version,
    receivedVersion: stored.receivedVersion,
    state,
    slice,
    dueAt: 0,
    heapIndex: -1,
    next: undefined,
    previous: undefined
  }
}

/** The part of a message that outlives a restart. */
export function storedOf(message: StoredMessage): StoredMessage {
  return {
    id: message.id,
    body: message.body,
    priority: message.priority,
    systemProperties: message.systemProperties,
    userProperties: message.userProperties,
    enqueuedAt: message.enqueuedAt,
    expiresAt: message.expiresAt,
    dequeueCount: message.dequeueCount,
    firstDequeuedAt: message.firstDequeuedAt,
    nextVisibleAt: message.nextVisibleAt,
    version: message.version,
    receivedVersion: message.receivedVersion
  }
}

/** MessageBodyMD5: upper-case hexadecimal, of the text as it was sent. */
export function bodyMd5(body: string): string {
  return createHash('md5').update(body).digest('hex').toUpperCase()
}

/** 32 random hexadecimal digits, upper case. */
export function randomHex(): string {
  return randomUUID().replaceAll('-', '').toUpperCase()
}
