import type { UndecodableReason } from './audit-event.ts'
import { decodeBase64 } from './base64.ts'
import { asObject, parseJson } from './json.ts'
import { notificationMessage } from './topic-notification.ts'

/** More base64 layers than any SDK and service together put around a body. */
const MAX_BASE64_LAYERS = 3
/** A topic's notification around a notification is odd already. */
const MAX_NOTIFICATIONS = 3

export type Unwrapped = { readonly kind: 'object'; readonly object: object } | UnwrapFailure

interface UnwrapFailure {
  readonly kind: 'failed'
  readonly reason: UndecodableReason
  readonly detail: string
}

/**
 * Takes base64 layers and MNS topic notifications (XML, JSON) off a body until a JSON object is left that is neither.
 * MNS itself stores an opaque text: some SDKs encode it and some don't, and a topic doesn't encode it again (MNS help,
 * "NotifyContentFormat"). So the body itself has to tell.
 */
export function unwrap(body: string): Unwrapped {
  let text = body
  let base64Layers = 0
  let notifications = 0
  for (;;) {
    text = text.trim() // takes the byte order mark too
    const first = text.charAt(0)
    if (first === '') return failed('empty', 'The body is empty.')
    let message: string | undefined
    if (first === '{' || first === '[') {
      const parsed = parseObject(text)
      if (parsed.kind === 'failed') return parsed
      message = topicMessage(parsed.object)
      if (message === undefined) return parsed
    } else if (first === '<') {
      message = notificationMessage(text)
      if (message === undefined) {
        return failed('bad-wrapper', 'The body looks like XML but is no topic notification with a Message.')
      }
    }
    if (message !== undefined) {
      if (++notifications > MAX_NOTIFICATIONS) {
        return failed('bad-wrapper', `The body has more than ${MAX_NOTIFICATIONS} topic notifications around it.`)
      }
      text = message
      continue
    }
    const decoded = decodeBase64(text)
    if (decoded.kind !== 'text') return notAnEvent(text, decoded.kind)
    if (++base64Layers > MAX_BASE64_LAYERS) {
      return failed('bad-wrapper', `The body has more than ${MAX_BASE64_LAYERS} layers of base64.`)
    }
    text = decoded.text
  }
}

function parseObject(text: string): Unwrapped {
  const parsed = parseJson(text)
  if (parsed.kind === 'too-deep') return failed('too-deep', 'The JSON is nested too deeply.')
  if (parsed.kind === 'not-json') return failed('not-json', 'The body starts like JSON but is not valid JSON.')
  const { value } = parsed
  if (Array.isArray(value) && value.length > 1) {
    return failed('not-an-object', 'The body is a JSON array of several items; one message must hold one event.')
  }
  const object = asObject(Array.isArray(value) ? value[0] : value)
  if (object === undefined) return failed('not-an-object', 'The body is a JSON array that holds no event.')
  return { kind: 'object', object }
}

/** What a topic's notification in JSON form carries; undefined when the object is something else. */
function topicMessage(notification: { readonly TopicOwner?: unknown; readonly Message?: unknown }): string | undefined {
  const { TopicOwner: owner, Message: message } = notification
  return owner !== undefined && typeof message === 'string' ? message : undefined
}

function notAnEvent(text: string, reason: 'not-base64' | 'not-text'): UnwrapFailure {
  if (parseJson(text).kind !== 'not-json') return failed('not-an-object', 'The body is a JSON value but not an object.')
  return reason === 'not-base64'
    ? failed('not-json', 'The body is neither JSON, nor XML, nor base64 of them.')
    : failed('not-text', 'The body is neither JSON nor XML, and what it encodes as base64 is not UTF-8 text.')
}

function failed(reason: UndecodableReason, detail: string): UnwrapFailure {
  return { kind: 'failed', reason, detail }
}
