import { createHash, randomBytes } from 'node:crypto'

const NAMESPACE = 'xmlns="http://mns.aliyuncs.com/doc/v1"'
const PROLOG = '<?xml version="1.0" ?>\n'
const VISIBILITY_MS = 60_000
const BATCH = 16
const REQUEST_ID = 'x-log-requestid: 5F290C926D472878F1A2B3C4'
const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 204: 'No Content', 404: 'Not Found' }
/** Everything that a queue hands out, built beforehand: an answer costs one write. */
export interface Pool {
  /** Whole answers of 16 messages. */
  readonly batches: readonly Buffer[]
  /** Whole answers of a receive of one message. */
  readonly singles: readonly Buffer[]
  /** `<Message>` elements, for answers of another size. */
  readonly elements: readonly string[]
}

/** @param bodies the message bodies before base64, a multiple of 16 */
export function buildPool(bodies: readonly string[]): Pool {
  const contents = bodies.map((body) => messageContent(body))
  const elements = contents.map((content) => `  <Message>\n${content}  </Message>\n`)
  const singles = contents.map((content) => mnsAnswer(200, `<Message ${NAMESPACE}>\n${content}</Message>\n`))
  const batches: Buffer[] = []
  for (let at = 0; at < elements.length; at += BATCH) batches.push(batchAnswer(elements.slice(at, at + BATCH)))
  return { batches, singles, elements }
}

/** An answer of these `<Message>` elements. */
export function batchAnswer(elements: readonly string[]): Buffer {
  return mnsAnswer(200, `<Messages ${NAMESPACE}>\n${elements.join('')}</Messages>\n`)
}

/** A `<Message>` element of its own. */
export function messageElement(body: string): string {
  return `  <Message>\n${messageContent(body)}  </Message>\n`
}

/** Elements in the order of captures of the service. */
function messageContent(body: string): string {
  const base64 = Buffer.from(body).toString('base64')
  const nowMs = Date.now()
  return [
    ['MessageId', randomBytes(16).toString('hex').toUpperCase()],
    ['MessageBodyMD5', createHash('md5').update(base64).digest('hex').toUpperCase()],
    ['MessageBody', base64],
    ['ReceiptHandle', `8-${randomBytes(24).toString('base64url')}`],
    ['EnqueueTime', nowMs],
    ['FirstDequeueTime', nowMs],
    ['NextVisibleTime', nowMs + VISIBILITY_MS],
    ['DequeueCount', 1],
    ['Priority', 8]
  ]
    .map(([name, value]) => `    <${name}>${value}</${name}>\n`)
    .join('')
}

/** An HTTP answer of the queue service. */
export function mnsAnswer(status: number, xml: string): Buffer {
  const body = xml === '' ? '' : `${PROLOG}${xml}`
  return answer(status, body, [
    'Content-Type: text/xml;charset=utf-8',
    'x-mns-request-id: 5F290C926D472878F1A2B3C4',
    'x-mns-version: 2015-06-06'
  ])
}

/** An HTTP answer of the logstore or of the control plane. */
export function jsonAnswer(body: string): Buffer {
  return answer(200, body, ['Content-Type: application/json', REQUEST_ID])
}

export const EMPTY_QUEUE = mnsAnswer(
  404,
  `<Error ${NAMESPACE}>\n  <Code>MessageNotExist</Code>\n  <Message>Message not exist.</Message>\n` +
    '  <RequestId>5F290C926D472878F1A2B3C4</RequestId>\n  <HostId>http://127.0.0.1</HostId>\n</Error>\n'
)
export const DELETED = mnsAnswer(204, '')
export const SENT = mnsAnswer(
  201,
  `<Message ${NAMESPACE}>\n  <MessageId>5F290C926D472878F1A2B3C45F290C92</MessageId>\n` +
    '  <MessageBodyMD5>5F290C926D472878F1A2B3C45F290C92</MessageBodyMD5>\n</Message>\n'
)
export const STORED = answer(200, '', [REQUEST_ID])

/** The renewed handle is the old one: what is deleted is only counted here. */
export function extendedAnswer(receiptHandle: string): Buffer {
  return mnsAnswer(
    200,
    `<ChangeVisibility ${NAMESPACE}>\n  <ReceiptHandle>${receiptHandle}</ReceiptHandle>\n` +
      `  <NextVisibleTime>${Date.now() + VISIBILITY_MS}</NextVisibleTime>\n</ChangeVisibility>\n`
  )
}

function answer(status: number, body: string, headers: readonly string[]): Buffer {
  const bytes = Buffer.byteLength(body)
  const lines = [`HTTP/1.1 ${status} ${REASONS[status]}`, ...headers, 'Date: Sun, 29 Nov 2026 00:00:00 GMT']
  if (status !== 204) lines.push(`Content-Length: ${bytes}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
