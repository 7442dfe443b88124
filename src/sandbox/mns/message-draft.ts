import { type NumberRange, readNumber } from './call.ts'
import type { MessageDraft, MessageProperty } from './message.ts'
import type { QueueAttributes } from './queue-attributes.ts'
import { Refusal } from './refusal.ts'
import { childText, type XmlNode } from './xml-reader.ts'

const DELAY: NumberRange = { element: 'DelaySeconds', low: 0, high: 604_800, unit: ' seconds' }
const PRIORITY: NumberRange = { element: 'Priority', low: 1, high: 16 }

/** The priority of a message that brings none. */
export const DEFAULT_PRIORITY = 8

/**
 * Reads one Message element of a send.
 *
 * @throws Refusal InvalidArgument for a missing or too large body, and for values out of their range
 */
export function readDraft(node: XmlNode, attributes: QueueAttributes): MessageDraft {
  const body = childText(node, 'MessageBody')
  if (body === undefined) throw new Refusal('InvalidArgument')
  if (Buffer.byteLength(body) > attributes.maximumMessageSize) {
    throw Refusal.range('MessageBody', 1, attributes.maximumMessageSize, ' bytes')
  }
  const delaySeconds = readNumber(childText(node, 'DelaySeconds'), DELAY) ?? attributes.delaySeconds
  return {
    body,
    delayMs: delaySeconds * 1000,
    priority: readNumber(childText(node, 'Priority'), PRIORITY) ?? DEFAULT_PRIORITY,
    systemProperties: readProperties(node, 'SystemProperties', 'SystemPropertyValue'),
    userProperties: readProperties(node, 'UserProperties', 'PropertyValue')
  }
}

function readProperties(node: XmlNode, list: string, entry: string): MessageProperty[] {
  return (node.children.get(list)?.[0]?.children.get(entry) ?? []).map((property) => ({
    name: childText(property, 'Name') ?? '',
    value: childText(property, 'Value') ?? '',
    type: childText(property, 'Type') ?? 'STRING'
  }))
}
