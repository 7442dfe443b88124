import { readFileSync } from 'node:fs'
import type { AuditEvent, Decoded } from '../../src/events/audit-event.ts'
import { decode } from '../../src/events/decode.ts'

/** One complete message of every documented shape and event, as JSON. */
export const SAMPLES: readonly string[] = readFileSync(new URL('../fixtures/events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')

/** The sample on this line of the file, counted from 1. */
export function sample(line: number): string {
  const json = SAMPLES[line - 1]
  if (json === undefined) throw new Error(`Cannot find sample ${line}`)
  return json
}

/** The sample with its top-level fields overwritten; those that are `undefined` are left out. */
export function changed(line: number, fields: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(sample(line)), ...fields })
}

export function decodedEvent(body: string, messageId = 'message-1'): AuditEvent {
  const decoded = decode(body, { messageId })
  if (decoded.kind !== 'event') throw new Error(`Cannot decode: ${decoded.reason}, ${decoded.detail}`)
  return decoded.event
}

export function undecodable(body: string): Extract<Decoded, { kind: 'undecodable' }> {
  const decoded = decode(body, { messageId: 'message-1' })
  if (decoded.kind !== 'undecodable') throw new Error(`Decoded, against expectation: ${decoded.event.name}`)
  return decoded
}
