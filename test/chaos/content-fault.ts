import { isDeepStrictEqual } from 'node:util'
import { decode } from '../../src/events/decode.ts'
import { eventRecord } from '../../src/logstore/record.ts'
import { type Fields, readMessage } from '../sandbox/fleet/read-message.ts'

type Record = Readonly<globalThis.Record<string, string>>

/** A message as it was sent. */
export interface Sent {
  readonly id: string
  /** As it stood on the wire. */
  readonly body: string
  readonly queue: string
}

/** Fields that tell of the delivery, not of the message. */
const OF_DELIVERY = new Set(['dequeue_count', 'received_ms', 'lag_ms'])

/** What a stored record lacks of its message, or tells wrongly; undefined when it is intact. */
export function contentFault(record: Record, sent: Sent): string | undefined {
  if (record['queue'] !== sent.queue) return `queue ${record['queue']}`
  if (record['kind'] === 'undecodable') return bodyFault(record, sent.body)
  if (record['kind'] !== 'event') return `kind ${record['kind']}`
  return eventFault(record, sent) ?? independentFault(record, sent.body)
}

/** The very text must come back. */
function bodyFault(record: Record, body: string): string | undefined {
  const { content = '', content_encoding: encoding = '' } = record
  const text = encoding === '' ? content : Buffer.from(content, 'base64').toString('utf8')
  return text === body ? undefined : `its body comes back as ${JSON.stringify(text.slice(0, 80))}`
}

/** Field for field what the decoder makes of the message: nothing was changed on the way. */
function eventFault(record: Record, { id, body, queue }: Sent): string | undefined {
  const decoded = decode(body, { messageId: id })
  if (decoded.kind !== 'event') return 'it is no event'
  const facts = { queue, messageId: id, dequeueCount: 1, receivedMs: 0 }
  const { fields } = eventRecord(decoded.event, facts, 0)
  const expected = new Map<string, string>()
  for (let at = 0; at < fields.length; at += 2) expected.set(fields[at] ?? '', fields[at + 1] ?? '')
  for (const name of new Set([...expected.keys(), ...Object.keys(record)])) {
    if (OF_DELIVERY.has(name) || record[name] === expected.get(name)) continue
    return `${name} is ${record[name]}, expected ${expected.get(name)}`
  }
  return undefined
}

/** What another reader, with none of the product's code, finds in the message must be in the record. */
function independentFault(record: Record, body: string): string | undefined {
  const told = readPlainly(body)
  if (told === undefined) return undefined
  if (told.id !== '' && record['event_id'] !== told.id) return `event_id is ${record['event_id']}, sent was ${told.id}`
  const content: unknown = JSON.parse(record['content'] ?? 'null')
  return isDeepStrictEqual(content, told.content) ? undefined : `content is ${record['content']}`
}

function readPlainly(body: string): { id: string; content: Fields } | undefined {
  const json = body.startsWith('{') ? body : Buffer.from(body, 'base64').toString('utf8')
  try {
    const { id, content } = readMessage(json)
    return { id, content }
  } catch {
    // A stranger: neither CloudMonitor's nor EventBridge's.
    return undefined
  }
}
