import type { Message, MessageProperty } from './message.ts'
import { formatHandle } from './receipt-handle.ts'

/** A message as one receive or peek shows it. Times are epoch milliseconds. */
export interface Delivery {
  readonly id: string
  readonly body: string
  readonly handle: string
  readonly enqueuedAt: number
  readonly firstDequeuedAt: number
  readonly nextVisibleAt: number
  readonly dequeueCount: number
  readonly priority: number
  readonly systemProperties: readonly MessageProperty[]
  readonly userProperties: readonly MessageProperty[]
}

/** The message as it is now: later changes do not show. */
export function deliveryOf(message: Message): Delivery {
  return {
    id: message.id,
    body: message.body,
    handle: formatHandle(message.id, message.version),
    enqueuedAt: message.enqueuedAt,
    firstDequeuedAt: message.firstDequeuedAt || message.enqueuedAt,
    nextVisibleAt: message.nextVisibleAt,
    dequeueCount: message.dequeueCount,
    priority: message.priority,
    systemProperties: message.systemProperties,
    userProperties: message.userProperties
  }
}
