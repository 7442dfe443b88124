import { hash } from 'node:crypto'
import type { ContentFields } from './content-fields.ts'
import type { Reading } from './envelopes/reading.ts'
import { asText } from './json.ts'

/**
 * The key that tells one event from all others, and is the same each time the event is delivered, in whatever encoding:
 * a prefix that names its origin, and 128 bits of SHA-256 in hexadecimal.
 *
 * - `cms-`: id, name, change and time. Not the id alone: the vendor's samples reuse one for all statuses of a
 *   maintenance event. An event that reaches the queue both flat and in a subscription's envelope has one key.
 * - `eb-`: `source` and `id`, which are what EventBridge's duplicates have in common
 * - `msg-`: no id, so the message's id with its content. Two stops of one instance may have equal content.
 *
 * @param message `object` is written out the same way whatever its encoding was; needed only for a message without an id
 */
export function eventKey(
  reading: Reading,
  content: ContentFields,
  message: { readonly id: string; readonly object?: object | undefined }
): string {
  if (reading.identity === '') return `msg-${digest(`${message.id}\n${JSON.stringify(message.object)}`)}`
  if (reading.envelope === 'cloudevents') return `eb-${digest(reading.identity)}`
  const change =
    asText(content.eventStatus) || asText(content.state) || asText(content.action) || asText(content.status)
  // Some producers send the id in capitals, some don't.
  const id = reading.identity.toLowerCase()
  return `cms-${digest(`${id}\n${reading.name}\n${change}\n${reading.timeMs ?? ''}`)}`
}

/** The key of a message that could not be understood: `raw-`, of the message's id and the body as it was received. */
export function bodyKey(body: string, messageId: string): string {
  return `raw-${digest(`${messageId}\n${body}`)}`
}

function digest(text: string): string {
  return hash('sha256', text).slice(0, 32)
}
