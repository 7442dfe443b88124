import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { escapeXml, type MnsSandbox, startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

const MESSAGES = '/queues/q/messages'
const message = (body: string, more = '') => `<Message><MessageBody>${escapeXml(body)}</MessageBody>${more}</Message>`
const batch = (...entries: string[]) => `<Messages>${entries.join('')}</Messages>`
const md5 = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase()

async function queueOf(mns: MnsSandbox, attributes = {}): Promise<MnsSandbox> {
  mns.service.createQueue('q', attributes)
  return mns
}

describe('one message', () => {
  test('25: is stored', async () => {
    const mns = await queueOf(await startMns())
    const reply = await mns.post(MESSAGES, message('hello'))
    expect(reply.status).toBe(201)
    expect(reply.elements()).toEqual(['Message', 'MessageId', 'MessageBodyMD5'])
    expect(reply.one('MessageId')).toMatch(/^[0-9A-F]{32}$/)
    expect(reply.one('MessageBodyMD5')).toBe(md5('hello'))
  })

  test('26: with a delay it has a handle, and comes when the delay is over', async () => {
    const clock = new ManualClock()
    const mns = await queueOf(await startMns({ clock }), { delaySeconds: 60 })
    const reply = await mns.post(MESSAGES, message('later', '<DelaySeconds>5</DelaySeconds>'))
    expect(reply.status).toBe(201)
    expect(reply.one('ReceiptHandle')).not.toBe('')
    clock.advance(4_999)
    expect((await mns.get(MESSAGES)).refusal).toBe('404 MessageNotExist')
    clock.advance(1)
    expect((await mns.get(MESSAGES)).one('MessageBody')).toBe('later')
    await mns.post(MESSAGES, message("the queue's own delay"))
    clock.advance(59_999)
    expect(mns.service.stats('q').delayed).toBe(1)
    clock.advance(1)
    expect(mns.service.stats('q').delayed).toBe(0)
  })

  test('26: a delayed message can be deleted by its first handle', async () => {
    const mns = await queueOf(await startMns())
    const reply = await mns.post(MESSAGES, message('later', '<DelaySeconds>5</DelaySeconds>'))
    expect((await mns.delete(`${MESSAGES}?ReceiptHandle=${reply.one('ReceiptHandle')}`)).status).toBe(204)
    expect(mns.service.messages('q')).toEqual([])
  })

  test.each([
    ['markup', '<a&b>测'],
    ['entities twice over', '&amp;lt;'],
    ['white space', '  two \t and\nthree  '],
    ['beyond the basic plane', '😀'],
    ['nothing', '']
  ])('27: %s comes back exactly', async (_what, body) => {
    const mns = await queueOf(await startMns())
    expect((await mns.post(MESSAGES, message(body))).one('MessageBodyMD5')).toBe(md5(body))
    const received = await mns.get(MESSAGES)
    expect([received.one('MessageBody'), received.one('MessageBodyMD5')]).toEqual([body, md5(body)])
  })

  test.each([
    ['&#x6D4B;&#13;&#65;', '测\rA'],
    ['<![CDATA[<raw> & ]]>&gt;', '<raw> & >'],
    ['a<!-- not this -->b', 'ab']
  ])('27: %s is read as XML says', async (xml, body) => {
    const mns = await queueOf(await startMns())
    await mns.post(MESSAGES, `<Message><MessageBody>${xml}</MessageBody></Message>`)
    expect(mns.service.messages('q')[0]?.body).toBe(body)
    const reply = await mns.get(MESSAGES)
    expect(reply.one('MessageBody')).toBe(body)
    // A reader turns a bare carriage return into a line feed (XML 1.0, 2.11).
    expect(reply.text).not.toContain('\r')
  })

  test('28: larger than the queue takes', async () => {
    const mns = await queueOf(await startMns(), { maximumMessageSize: 1_024 })
    expect((await mns.post(MESSAGES, message('测'.repeat(342)))).refusal).toBe('400 InvalidArgument')
    expect((await mns.post(MESSAGES, message('x'.repeat(1_024)))).status).toBe(201)
  })

  test.each([
    '',
    'no markup',
    '<Message>',
    '<Message><MessageBody>a&b</c></MessageBody></Message>',
    '<Message/><Message/>',
    '<!DOCTYPE m [<!ENTITY e "x">]><Message><MessageBody>&e;</MessageBody></Message>',
    '<Message><MessageBody>&unknown;</MessageBody></Message>',
    '<Message><MessageBody>&#0;</MessageBody></Message>',
    '<Message><__proto__>x</__proto__></Message>'
  ])('29: not well-formed: %s', async (body) => {
    const mns = await queueOf(await startMns())
    expect((await mns.post(MESSAGES, body)).refusal).toBe('400 MalformedXML')
  })

  test.each([
    '<Queue/>',
    '<Message/>',
    message('x', '<Priority>17</Priority>'),
    message('x', '<DelaySeconds>604801</DelaySeconds>')
  ])('29: well-formed, but no message: %s', async (body) => {
    const mns = await queueOf(await startMns())
    expect((await mns.post(MESSAGES, body)).refusal).toBe('400 InvalidArgument')
  })
})

describe('a batch', () => {
  test.each([1, 2, 16])('30: of %i', async (count) => {
    const mns = await queueOf(await startMns())
    const bodies = Array.from({ length: count }, (_, index) => `body ${index}`)
    const reply = await mns.post(MESSAGES, batch(...bodies.map((body) => message(body))))
    expect(reply.status).toBe(201)
    expect(reply.all('MessageBodyMD5')).toEqual(bodies.map(md5))
    expect(mns.service.messages('q').map(({ id }) => id)).toEqual(reply.all('MessageId'))
  })

  test('30: of none, of 17, or of more than 64 KB is refused whole', async () => {
    const mns = await queueOf(await startMns())
    const large = message('x'.repeat(40_000))
    for (const body of [batch(), batch(...Array(17).fill(message('x'))), batch(large, large)]) {
      expect((await mns.post(MESSAGES, body)).refusal).toBe('400 InvalidArgument')
    }
    expect(mns.service.stats('q').sent).toBe(0)
  })

  test('31: of which some entries are refused', async () => {
    const mns = await queueOf(await startMns(), { maximumMessageSize: 1_024 })
    const reply = await mns.post(MESSAGES, batch(message('one'), message('x'.repeat(1_025)), message('three')))
    expect(reply.status).toBe(500)
    expect(reply.elements()).toEqual([
      'Messages',
      ...['Message', 'MessageId', 'MessageBodyMD5'],
      ...['Message', 'ErrorCode', 'ErrorMessage'],
      ...['Message', 'MessageId', 'MessageBodyMD5']
    ])
    expect(reply.one('ErrorCode')).toBe('InvalidArgument')
    expect(mns.service.messages('q').map(({ body }) => body)).toEqual(['one', 'three'])
  })
})

test('32: every operation on the messages of a queue that is not there', async () => {
  const mns = await startMns()
  const replies = await Promise.all([
    mns.post(MESSAGES, message('x')),
    mns.post(MESSAGES, batch(message('x'))),
    mns.get(MESSAGES),
    mns.get(`${MESSAGES}?numOfMessages=2&waitseconds=3`),
    mns.get(`${MESSAGES}?peekonly=true`),
    mns.get(`${MESSAGES}?peekonly=true&numOfMessages=2`),
    mns.delete(`${MESSAGES}?ReceiptHandle=x`),
    mns.delete(MESSAGES, '<ReceiptHandles><ReceiptHandle>x</ReceiptHandle></ReceiptHandles>'),
    mns.put(`${MESSAGES}?receiptHandle=x&visibilityTimeout=10`)
  ])
  expect(replies.map(({ refusal }) => refusal)).toEqual(Array(9).fill('404 QueueNotExist'))
  expect([...mns.server.counts.keys()].sort()).toEqual([
    'BatchDeleteMessage',
    'BatchPeekMessage',
    'BatchReceiveMessage',
    'BatchSendMessage',
    'ChangeMessageVisibility',
    'DeleteMessage',
    'PeekMessage',
    'ReceiveMessage',
    'SendMessage'
  ])
})
