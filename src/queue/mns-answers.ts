import { LOST_CODES } from './mns-faults.ts'
import type { QueueMessage } from './source.ts'
import { visibilityOf } from './visibility.ts'
import type { XmlElement } from './xml-reader.ts'

/** The messages of a `<Messages>` element; `undefined` when one cannot be told apart or deleted later. */
export function messagesOf(root: XmlElement): QueueMessage[] | undefined {
  const messages: QueueMessage[] = []
  for (const element of root.children) {
    const messageId = textOf(element, 'MessageId')
    const receiptHandle = textOf(element, 'ReceiptHandle')
    if (element.name !== 'Message' || messageId === '' || receiptHandle === '') return undefined
    messages.push({
      messageId,
      body: textOf(element, 'MessageBody'),
      receiptHandle,
      dequeueCount: countOf(element, 'DequeueCount') || 1,
      enqueuedMs: countOf(element, 'EnqueueTime'),
      visibilityMs: visibilityOf({
        dequeueCount: countOf(element, 'DequeueCount'),
        firstMs: countOf(element, 'FirstDequeueTime'),
        nextMs: countOf(element, 'NextVisibleTime')
      })
    })
  }
  return messages
}

/** The error codes of the entries that a batch send refused; an accepted entry has an id instead. */
export function refusedOf(root: XmlElement): string[] {
  return root.children
    .filter((element) => textOf(element, 'MessageId') === '')
    .map((element) => textOf(element, 'ErrorCode') || 'Unknown')
}

/** What became of the handles of a batch delete that were not deleted. */
export interface Undeleted {
  readonly lost: ReadonlySet<string>
  readonly retry: ReadonlySet<string>
}

/**
 * The handles that an `<Errors>` element lists, by what to do with them; `undefined` when it lists none, or one that
 * was not asked for: then nobody can say which were deleted.
 */
export function undeletedOf(root: XmlElement, receiptHandles: readonly string[]): Undeleted | undefined {
  const lost = new Set<string>()
  const retry = new Set<string>()
  for (const element of root.children) {
    const listed = textOf(element, 'ReceiptHandle')
    const handle = receiptHandles.length === 1 ? receiptHandles[0] : receiptHandles.find((asked) => asked === listed)
    if (handle === undefined) return undefined
    const set = LOST_CODES.has(textOf(element, 'ErrorCode')) ? lost : retry
    set.add(handle)
  }
  return lost.size + retry.size === 0 ? undefined : { lost, retry }
}

/** The text of a child element, '' when there is none. */
export function textOf(element: XmlElement, name: string): string {
  return element.child(name)?.text() ?? ''
}

/** A child element's whole number, 0 when it is none. */
export function countOf(element: XmlElement, name: string): number {
  const text = textOf(element, name)
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}
