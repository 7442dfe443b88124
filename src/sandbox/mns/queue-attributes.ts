import { Refusal } from './refusal.ts'

/** A queue's settings. Times in seconds, sizes in bytes. */
export interface QueueAttributes {
  /** Delay of a message that brings none. */
  readonly delaySeconds: number
  readonly maximumMessageSize: number
  /** Counted from the send, whatever happens to the message. */
  readonly messageRetentionPeriod: number
  readonly visibilityTimeout: number
  /** How long a receive that does not say is held. */
  readonly pollingWaitSeconds: number
  readonly loggingEnabled: boolean
}

export const DEFAULT_QUEUE_ATTRIBUTES: QueueAttributes = {
  delaySeconds: 0,
  maximumMessageSize: 65_536,
  messageRetentionPeriod: 345_600,
  visibilityTimeout: 30,
  pollingWaitSeconds: 0,
  loggingEnabled: false
}

type NumberAttribute = Exclude<keyof QueueAttributes, 'loggingEnabled'>

/** The numeric attributes: element name, and the range of the help page CreateQueue. */
export const NUMBER_ATTRIBUTES: ReadonlyArray<{
  readonly key: NumberAttribute
  readonly element: string
  readonly low: number
  readonly high: number
  readonly unit: string
}> = [
  { key: 'delaySeconds', element: 'DelaySeconds', low: 0, high: 604_800, unit: ' seconds' },
  { key: 'maximumMessageSize', element: 'MaximumMessageSize', low: 1_024, high: 65_536, unit: ' bytes' },
  { key: 'messageRetentionPeriod', element: 'MessageRetentionPeriod', low: 60, high: 604_800, unit: ' seconds' },
  { key: 'visibilityTimeout', element: 'VisibilityTimeout', low: 1, high: 43_200, unit: ' seconds' },
  { key: 'pollingWaitSeconds', element: 'PollingWaitSeconds', low: 0, high: 30, unit: ' seconds' }
]

/** @throws Refusal InvalidArgument for a value out of its range */
export function checkAttributes(attributes: Partial<QueueAttributes>): void {
  for (const { key, element, low, high, unit } of NUMBER_ATTRIBUTES) {
    const value = attributes[key]
    if (value === undefined) continue
    if (!Number.isInteger(value) || value < low || value > high) throw Refusal.range(element, low, high, unit)
  }
}

/** @throws Refusal for a name that the service would not take (help page CreateQueue) */
export function checkQueueName(name: string): void {
  if (name.length < 1 || name.length > 120) throw new Refusal('QueueNameLengthError')
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(name)) throw new Refusal('InvalidQueueName')
}

export function sameAttributes(one: QueueAttributes, other: QueueAttributes): boolean {
  return one.loggingEnabled === other.loggingEnabled && NUMBER_ATTRIBUTES.every(({ key }) => one[key] === other[key])
}
