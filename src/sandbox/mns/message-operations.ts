import type { SandboxAnswer } from '../loopback-server.ts'
import { emptyAnswer, xmlAnswer } from './answers.ts'
import { type Call, type NumberRange, type Operation, readBody, readNumber } from './call.ts'
import type { Delivery } from './delivery.ts'
import type { MessageDraft } from './message.ts'
import { readDraft } from './message-draft.ts'
import { peekedElements, receivedElements, refusalElements, sentElements } from './message-elements.ts'
import type { MnsOperation } from './operation.ts'
import { MNS_ERRORS, type MnsErrorCode, Refusal } from './refusal.ts'
import type { XmlNode } from './xml-reader.ts'
import type { XmlElement } from './xml-writer.ts'

/** The operations on messages (help pages SendMessage to ChangeMessageVisibility). */
export const messageOperations = {
  SendMessage: send,
  BatchSendMessage: send,
  ReceiveMessage: receive,
  BatchReceiveMessage: receive,
  PeekMessage: peek,
  BatchPeekMessage: peek,
  DeleteMessage: deleteOne,
  BatchDeleteMessage: deleteBatch,
  ChangeMessageVisibility: changeVisibility
} as const satisfies Partial<Record<MnsOperation, Operation>>

const MAX_BATCH = 16
const MAX_BATCH_BYTES = 65_536
const WAIT: NumberRange = { element: 'WaitSeconds', low: 0, high: 30, unit: ' seconds' }
const BATCH: NumberRange = { element: 'NumOfMessages', low: 1, high: MAX_BATCH }
const VISIBILITY: NumberRange = { element: 'VisibilityTimeout', low: 1, high: 43_200, unit: ' seconds' }

function send(call: Call): SandboxAnswer {
  const { attributes } = call.broker.queue(call.queue)
  const { root, node } = readBody(call, ['Message', 'Messages'])
  if (root === 'Messages') return sendBatch(call, node)
  const [sent] = call.broker.send(call.queue, [readDraft(node, attributes)])
  return xmlAnswer(201, ['Message', sent === undefined ? [] : sentElements(sent)])
}

/** The entries that can be sent are; the others are told in their places, under another status than 201. */
function sendBatch(call: Call, node: XmlNode): SandboxAnswer {
  const { attributes } = call.broker.queue(call.queue)
  const drafts = entries(node, 'Message').map((entry) => draftOrRefusal(entry, attributes))
  const good = drafts.flatMap((draft) => (draft instanceof Refusal ? [] : [draft]))
  if (good.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0) > MAX_BATCH_BYTES) {
    throw Refusal.range('Messages', 1, MAX_BATCH_BYTES, ' bytes')
  }
  const sent = call.broker.send(call.queue, good)[Symbol.iterator]()
  const elements = drafts.map((draft): XmlElement => {
    if (draft instanceof Refusal) return ['Message', refusalElements(draft.code, draft.message)]
    const next = sent.next()
    return ['Message', next.done ? [] : sentElements(next.value)]
  })
  return xmlAnswer(good.length === drafts.length ? 201 : call.behaviour.partialSendStatus, ['Messages', elements])
}

function draftOrRefusal(...args: Parameters<typeof readDraft>): MessageDraft | Refusal {
  try {
    return readDraft(...args)
  } catch (fault) {
    if (fault instanceof Refusal) return fault
    throw fault
  }
}

async function receive(call: Call): Promise<SandboxAnswer> {
  const { query, request } = call
  const waitSeconds = readNumber(query.get('waitseconds'), WAIT)
  const count = readNumber(query.get('numofmessages'), BATCH)
  const deliveries = await call.broker.receive(call.queue, {
    max: count ?? 1,
    waitMs: request.fault?.kind === 'early-empty' ? 0 : waitSeconds === undefined ? undefined : waitSeconds * 1000,
    duplicate: request.fault?.kind === 'duplicate',
    signal: request.signal
  })
  return messagesAnswer(deliveries, count !== undefined, receivedElements)
}

function peek(call: Call): SandboxAnswer {
  const count = readNumber(call.query.get('numofmessages'), BATCH)
  return messagesAnswer(call.broker.peek(call.queue, count ?? 1), count !== undefined, peekedElements)
}

function messagesAnswer(
  deliveries: readonly Delivery[],
  batch: boolean,
  elementsOf: (delivery: Delivery) => XmlElement[]
): SandboxAnswer {
  const elements = deliveries.map((delivery): XmlElement => ['Message', elementsOf(delivery)])
  const [first] = elements
  if (first === undefined) throw new Refusal('MessageNotExist')
  return xmlAnswer(200, batch ? ['Messages', elements] : first)
}

function deleteOne(call: Call): SandboxAnswer {
  const handle = call.query.get('receipthandle')
  call.broker.queue(call.queue)
  if (handle === undefined || handle === '') throw new Refusal('MissingReceiptHandle')
  const [failure] = deleteAll(call, [handle])
  if (failure !== undefined) throw new Refusal(failure.code)
  return emptyAnswer(204)
}

function deleteBatch(call: Call): SandboxAnswer {
  call.broker.queue(call.queue)
  const { node } = readBody(call, ['ReceiptHandles'])
  const failures = deleteAll(
    call,
    entries(node, 'ReceiptHandle').map(({ text }) => text.trim())
  )
  if (failures.length === 0) return emptyAnswer(204)
  const elements = failures.map(({ handle, code }): XmlElement => {
    return ['Error', [...refusalElements(code, MNS_ERRORS[code].message), ['ReceiptHandle', handle]]]
  })
  return xmlAnswer(404, ['Errors', elements])
}

/** A handle whose message was not deleted, and why. */
interface Undeleted {
  readonly handle: string
  readonly code: MnsErrorCode
}

/** Deletes what these handles are good for, and returns the ones that were good for nothing. */
function deleteAll(call: Call, handles: readonly string[]): Undeleted[] {
  const { fault } = call.request
  if (fault?.kind === 'lost-ack') return []
  if (fault?.kind === 'partial-delete') return deleteHalf(call, handles)
  return call.broker.delete(call.queue, handles).flatMap((outcome, index) => {
    if (outcome === 'deleted') return []
    const code = outcome === 'bogus' ? 'ReceiptHandleError' : call.behaviour.expiredHandle
    return [{ handle: handles[index] ?? '', code }]
  })
}

/** Deletes every other one, and has a fault of its own with the rest. */
function deleteHalf(call: Call, handles: readonly string[]): Undeleted[] {
  const [good, failed] = [handles.filter((_, index) => index % 2 === 1), handles.filter((_, index) => index % 2 === 0)]
  const unharmed = { ...call, request: { ...call.request, fault: undefined } }
  return [...failed.map((handle): Undeleted => ({ handle, code: 'InternalError' })), ...deleteAll(unharmed, good)]
}

function changeVisibility(call: Call): SandboxAnswer {
  call.broker.queue(call.queue)
  const handle = call.query.get('receipthandle')
  if (handle === undefined || handle === '') throw new Refusal('MissingReceiptHandle')
  const seconds = readNumber(call.query.get('visibilitytimeout'), VISIBILITY)
  if (seconds === undefined) throw new Refusal('MissingVisibilityTimeout')
  const changed = call.broker.changeVisibility(call.queue, handle, seconds * 1000)
  if (changed === 'stale') throw new Refusal('MessageNotExist')
  if (changed === 'bogus') throw new Refusal('ReceiptHandleError')
  return xmlAnswer(200, [
    'ChangeVisibility',
    [
      ['ReceiptHandle', changed.handle],
      ['NextVisibleTime', changed.nextVisibleAt]
    ]
  ])
}

/** The entries of a batch. */
function entries(node: XmlNode, name: string): readonly XmlNode[] {
  const found = node.children.get(name) ?? []
  if (found.length < 1 || found.length > MAX_BATCH) throw Refusal.range(`${name}s`, 1, MAX_BATCH)
  return found
}
