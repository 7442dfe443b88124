import type { SandboxAnswer } from '../loopback-server.ts'
import { baseUrl, emptyAnswer, xmlAnswer } from './answers.ts'
import { type Call, type Operation, readBody, readNumber } from './call.ts'
import type { MessageQueue } from './message-queue.ts'
import type { MnsOperation } from './operation.ts'
import {
  checkQueueName,
  DEFAULT_QUEUE_ATTRIBUTES,
  NUMBER_ATTRIBUTES,
  type QueueAttributes
} from './queue-attributes.ts'
import { Refusal } from './refusal.ts'
import { childText, type XmlNode } from './xml-reader.ts'
import type { XmlElement } from './xml-writer.ts'

/** The operations on queues (help pages CreateQueue to ListQueue). */
export const queueOperations = {
  CreateQueue: createQueue,
  SetQueueAttributes: setQueueAttributes,
  GetQueueAttributes: getQueueAttributes,
  DeleteQueue: deleteQueue,
  ListQueue: listQueue
} as const satisfies Partial<Record<MnsOperation, Operation>>

function createQueue(call: Call): SandboxAnswer {
  checkQueueName(call.queue)
  const attributes = { ...DEFAULT_QUEUE_ATTRIBUTES, ...readAttributes(readBody(call, ['Queue']).node) }
  const outcome = call.broker.createQueue(call.queue, attributes)
  if (outcome === 'different') throw new Refusal('QueueAlreadyExist')
  return emptyAnswer(outcome === 'created' ? 201 : 204, { location: queueUrl(call, call.queue) })
}

function setQueueAttributes(call: Call): SandboxAnswer {
  call.broker.setAttributes(call.queue, readAttributes(readBody(call, ['Queue']).node))
  return emptyAnswer(204)
}

function getQueueAttributes(call: Call): SandboxAnswer {
  const queue = call.broker.queue(call.queue)
  return xmlAnswer(200, ['Queue', attributeElements(queue, call.behaviour.zeroCounters)])
}

/** Deleting a queue that is not there is a success, as every delete that has been tried against the service. */
function deleteQueue(call: Call): SandboxAnswer {
  call.broker.deleteQueue(call.queue)
  return emptyAnswer(204)
}

function listQueue(call: Call): SandboxAnswer {
  const { headers } = call.request
  const range = { element: 'RetNumber', low: 1, high: 1_000 }
  const limit = readNumber(headers['x-mns-ret-number'], range) ?? range.high
  const after = Buffer.from(headers['x-mns-marker'] ?? '', 'base64').toString()
  const prefix = headers['x-mns-prefix'] ?? ''
  const found = call.broker.queues().filter(({ name }) => name.startsWith(prefix) && name > after)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const elements = page.map((queue): XmlElement => {
    const meta = headers['x-mns-with-meta'] === 'true'
    const about: XmlElement[] = meta
      ? attributeElements(queue, call.behaviour.zeroCounters)
      : [['QueueName', queue.name]]
    return ['Queue', [['QueueURL', queueUrl(call, queue.name)], ...about]]
  })
  if (last !== undefined && found.length > limit) {
    elements.push(['NextMarker', Buffer.from(last.name).toString('base64')])
  }
  return xmlAnswer(200, ['Queues', elements])
}

function queueUrl({ request }: Call, name: string): string {
  return `${baseUrl(request)}/queues/${name}`
}

/** The attributes that a request gives; elements of other names are passed over. */
function readAttributes(node: XmlNode): Partial<QueueAttributes> {
  const given: { -readonly [Key in keyof QueueAttributes]?: QueueAttributes[Key] } = {}
  for (const { key, ...range } of NUMBER_ATTRIBUTES) {
    const value = readNumber(childText(node, range.element), range)
    if (value !== undefined) given[key] = value
  }
  const logging = childText(node, 'LoggingEnabled')?.trim().toLowerCase()
  if (logging === undefined) return given
  if (logging !== 'true' && logging !== 'false') throw new Refusal('InvalidArgument')
  return { ...given, loggingEnabled: logging === 'true' }
}

/** All twelve: a client takes the answer for damaged if one is missing. Times are epoch seconds. */
function attributeElements(queue: MessageQueue, zeroCounters: boolean): XmlElement[] {
  const { visible, invisible, delayed } = queue.counts
  const { attributes } = queue
  return [
    ['QueueName', queue.name],
    ['CreateTime', Math.floor(queue.createdAt / 1000)],
    ['LastModifyTime', Math.floor(queue.modifiedAt / 1000)],
    ...NUMBER_ATTRIBUTES.map(({ key, element }): XmlElement => [element, attributes[key]]),
    ['ActiveMessages', zeroCounters ? 0 : visible],
    ['InactiveMessages', zeroCounters ? 0 : invisible],
    ['DelayMessages', zeroCounters ? 0 : delayed],
    ['LoggingEnabled', attributes.loggingEnabled ? 'True' : 'False']
  ]
}
