import type { Delivery } from './delivery.ts'
import { bodyMd5, type MessageProperty } from './message.ts'
import type { XmlElement } from './xml-writer.ts'

/** Only a delayed message has a handle from the start. */
export function sentElements(sent: Delivery): XmlElement[] {
  const elements: XmlElement[] = [
    ['MessageId', sent.id],
    ['MessageBodyMD5', bodyMd5(sent.body)]
  ]
  return sent.nextVisibleAt > sent.enqueuedAt ? [...elements, ['ReceiptHandle', sent.handle]] : elements
}

/** In the order of the service's own answers. */
export function receivedElements(received: Delivery): XmlElement[] {
  return [
    ['MessageId', received.id],
    ['MessageBodyMD5', bodyMd5(received.body)],
    ['MessageBody', received.body],
    ['ReceiptHandle', received.handle],
    ['EnqueueTime', received.enqueuedAt],
    ['FirstDequeueTime', received.firstDequeuedAt],
    ['NextVisibleTime', received.nextVisibleAt],
    ['DequeueCount', received.dequeueCount],
    ['Priority', received.priority],
    ...propertyElements(received)
  ]
}

/** A peek gives neither a handle nor the time that it would be good for. */
export function peekedElements(seen: Delivery): XmlElement[] {
  const withheld = ['ReceiptHandle', 'NextVisibleTime']
  return receivedElements(seen).filter(([name]) => !withheld.includes(name))
}

/** UserProperties come last: a client reads them to the end of the document. */
function propertyElements({ systemProperties, userProperties }: Delivery): XmlElement[] {
  const lists = [
    { list: 'SystemProperties', entry: 'SystemPropertyValue', properties: systemProperties },
    { list: 'UserProperties', entry: 'PropertyValue', properties: userProperties }
  ]
  return lists
    .filter(({ properties }) => properties.length > 0)
    .map(({ list, entry, properties }) => [list, properties.map((property) => [entry, valueElements(property)])])
}

function valueElements({ name, value, type }: MessageProperty): XmlElement[] {
  return [
    ['Name', name],
    ['Value', value],
    ['Type', type]
  ]
}

/** What a batch answer says of an entry that was refused. */
export function refusalElements(code: string, message: string): XmlElement[] {
  return [
    ['ErrorCode', code],
    ['ErrorMessage', message]
  ]
}
