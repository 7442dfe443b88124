import type { AuditEvent } from './audit-event.ts'
import type { ContentFields } from './content-fields.ts'
import { isDebugEvent } from './debug-event.ts'
import { effectiveStatus } from './effective-status.ts'
import type { Reading } from './envelopes/reading.ts'
import { eventKey } from './event-key.ts'
import { findInstanceId } from './instance-id.ts'
import { asObject, asText } from './json.ts'

/** Where a reading comes from. */
export interface ReadMessage {
  /** The queue's id of the message. */
  readonly id: string
  /** The parsed message that was read; undefined where only the fields that the decoder looks at were read. */
  readonly object?: object | undefined
  /** The content's JSON, where it is known. */
  readonly contentText?: string | undefined
}

/** The event that a reading tells of. */
export function deriveEvent(reading: Reading, { id, object, contentText }: ReadMessage): AuditEvent {
  const { resourceArn } = reading
  const name = asText(reading.name) // some are longer than what they were made from
  const content: ContentFields = asObject(reading.content) ?? NO_CONTENT
  const isEcs = reading.product === 'ECS' || reading.product === ''
  const instanceId = reading.instanceId ?? findInstanceId(content, { name, isEcs, resourceArn })
  return {
    envelope: reading.envelope,
    eventKey: eventKey(reading, content, { id, object }),
    eventId: reading.eventId,
    name,
    timeMs: reading.timeMs,
    product: reading.product,
    level: reading.level,
    status: effectiveStatus(name, content, reading.status),
    regionId: reading.regionId,
    accountId: reading.accountId,
    resourceArn,
    instanceId,
    state: isEcs && name === 'Instance:StateChange' ? asText(content.state) : '',
    interruption:
      isEcs && name === 'Instance:PreemptibleInstanceInterruption' ? asText(content.action) || 'unknown' : '',
    content: contentText ?? textOf(reading.content),
    test: isDebugEvent(reading, content, instanceId)
  }
}

function textOf(content: unknown): string {
  return content === undefined || content === null ? '' : JSON.stringify(content)
}

const NO_CONTENT: ContentFields = {}
