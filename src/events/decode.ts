import type { Decoded, UndecodableReason } from './audit-event.ts'
import { deriveEvent } from './derive-event.ts'
import { readEnvelope } from './envelopes/read-envelope.ts'
import { bodyKey } from './event-key.ts'
import { readPlainly } from './read-plainly.ts'
import { unwrap } from './unwrap.ts'

/**
 * Turns one message of the queue into one event. Total: whatever the body, the answer is an event or says why there is
 * none, and carries the body; it never throws and its time is linear in the body's length.
 *
 * @param body the body's text as it was on the wire: JSON, base64 of it, or a topic's notification around either
 * @param delivery `messageId`: the queue's id of the message, stable over redeliveries. It tells events apart that have
 *   no id of their own.
 */
export function decode(body: string, delivery: { readonly messageId: string }): Decoded {
  const { messageId } = delivery
  const undecodable = (reason: UndecodableReason, detail: string): Decoded => ({
    kind: 'undecodable',
    eventKey: bodyKey(body, messageId),
    reason,
    detail,
    raw: body
  })
  try {
    const plain = readPlainly(body)
    if (plain !== undefined)
      return { kind: 'event', event: deriveEvent(plain.reading, { id: messageId, contentText: plain.contentText }) }
    const unwrapped = unwrap(body)
    if (unwrapped.kind === 'failed') return undecodable(unwrapped.reason, unwrapped.detail)
    const reading = readEnvelope(unwrapped.object)
    if (reading === undefined) {
      return undecodable('unknown-shape', 'The body is a JSON object of none of the known shapes.')
    }
    return { kind: 'event', event: deriveEvent(reading, { id: messageId, object: unwrapped.object }) }
  } catch {
    // Nothing above is known to throw. If it does all the same, one message must not stop the others.
    return undecodable('internal', 'The decoder failed on this body: this is a bug, please report it.')
  }
}
