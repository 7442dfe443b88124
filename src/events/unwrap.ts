import type { UndecodableReason } from './audit-event.ts'
import { decodeBase64 } from './base64.ts'
import { asObject, parseJson } from './json.ts'
import { notificationMessage } from './topic-notification.ts'

export type Unwrapped = { readonly kind: 'object'; readonly object: object } | UnwrapFailure

interface UnwrapFailure {
  readonly kind: 'failed'
  readonly reason: UndecodableReason
  readonly detail: string
}

/** A body with its outermost layer taken off, or the reason why it has none. */
type Layer = Unwrapped | { readonly kind: 'base64' | 'notification'; readonly text: string }

/** More than any SDK and service together put around an event. */
const MAX_LAYERS = { base64: 3, notification: 3 }

/**
 * Takes base64 layers and MNS topic notifications (XML, JSON) off a body until a JSON object is left that is neither.
 * MNS itself stores an opaque text: some SDKs encode it and some don't, and a topic doesn't encode it again (MNS help,
 * "NotifyContentFormat"). So the body itself has to tell.
 */
export function unwrap(body: string): Unwrapped {
  const taken = { base64: 0, notification: 0 }
  let text = body
  for (;;) {
    const layer = takeLayer(text.trim()) // trims the byte order mark too
    if (layer.kind === 'object' || layer.kind === 'failed') return layer
    if (++taken[layer.kind] > MAX_LAYERS[layer.kind]) {
      return failed('bad-wrapper', `The body has more than ${MAX_LAYERS[layer.kind]} ${layer.kind} layers.`)
    }
    text = layer.text
  }
}

function takeLayer(text: string): Layer {
  switch (text.charAt(0)) {
    case '':
      return failed('empty', 'The body is empty.')
    case '{':
    case '[':
      return takeJson(text)
    case '<':
      return takeXml(text)
    default:
      return takeBase64(text)
  }
}

function takeJson(text: string): Layer {
  const parsed = parseJson(text)
  if (parsed.kind === 'too-deep') return failed('too-deep', 'The JSON is nested too deeply.')
  if (parsed.kind === 'not-json') return failed('not-json', 'The body starts like JSON but is not valid JSON.')
  const { value } = parsed
  if (Array.isArray(value) && value.length > 1) {
    return failed('not-an-object', 'The body is a JSON array of several items; one message must hold one event.')
  }
  const object = asObject(Array.isArray(value) ? value[0] : value)
  if (object === undefined) return failed('not-an-object', 'The body is a JSON array that holds no event.')
  const message = topicMessage(object)
  return message === undefined ? { kind: 'object', object } : { kind: 'notification', text: message }
}

/** What a topic's notification in JSON form carries; undefined when the object is something else. */
function topicMessage(notification: { readonly TopicOwner?: unknown; readonly Message?: unknown }): string | undefined {
  const { TopicOwner: owner, Message: message } = notification
  return owner !== undefined && typeof message === 'string' ? message : undefined
}

function takeXml(text: string): Layer {
  const message = notificationMessage(text)
  return message === undefined
    ? failed('bad-wrapper', 'The body looks like XML but is no topic notification with a Message.')
    : { kind: 'notification', text: message }
}

function takeBase64(text: string): Layer {
  const decoded = decodeBase64(text)
  if (decoded.kind === 'text') return { kind: 'base64', text: decoded.text }
  if (parseJson(text).kind !== 'not-json') return failed('not-an-object', 'The body is a JSON value but not an object.')
  return decoded.kind === 'not-base64'
    ? failed('not-json', 'The body is neither JSON, nor XML, nor base64 of them.')
    : failed('not-text', 'The body is neither JSON nor XML, and what it encodes as base64 is not UTF-8 text.')
}

function failed(reason: UndecodableReason, detail: string): UnwrapFailure {
  return { kind: 'failed', reason, detail }
}
