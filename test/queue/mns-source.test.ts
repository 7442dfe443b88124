import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type CredentialSource, staticCredentials } from '../../src/cloud/credentials.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { AuditError } from '../../src/lib/errors.ts'
import { OPERATIONS, openSource, unaborted } from './open-source.ts'
import { always, errorXml, reply } from './scripted-server.ts'
import { serve } from './serve-script.ts'

const NONE = new Set()

describe('receive', () => {
  test('names its count and its wait in every request, a wait of 0 too', async () => {
    const server = await serve(always(404, errorXml('MessageNotExist')))
    await openSource(`${server.url}/`, { waitSeconds: 0 }).receive(99, unaborted)
    await openSource(server.url).receive(3, unaborted)
    expect(server.arrivals.map(({ target }) => target)).toEqual([
      '/queues/q/messages?numOfMessages=16&waitseconds=0',
      '/queues/q/messages?numOfMessages=3&waitseconds=30'
    ])
  })

  test('gives messages with their fields, whatever the content type says', async () => {
    const server = await serve(
      always(
        200,
        `<?xml version="1.0" ?>
<Messages xmlns="http://mns.aliyuncs.com/doc/v1/">
  <Message>
    <MessageId>M1</MessageId>
    <MessageBody>&lt;a&amp;b&gt;测</MessageBody>
    <ReceiptHandle>1-a+/==</ReceiptHandle>
    <EnqueueTime>1250700979248</EnqueueTime>
    <DequeueCount>3</DequeueCount>
    <UserProperties><PropertyValue><Name>MessageId</Name><Value>x</Value></PropertyValue></UserProperties>
  </Message>
  <Message><MessageId>M2</MessageId><MessageBody/><ReceiptHandle>h</ReceiptHandle><DequeueCount>?</DequeueCount></Message>
</Messages>`,
        { 'content-type': 'application/octet-stream' }
      )
    )
    expect(await openSource(server.url).receive(16, unaborted)).toEqual({
      kind: 'messages',
      messages: [
        { messageId: 'M1', body: '<a&b>测', receiptHandle: '1-a+/==', dequeueCount: 3, enqueuedMs: 1_250_700_979_248 },
        { messageId: 'M2', body: '', receiptHandle: 'h', dequeueCount: 1, enqueuedMs: 0 }
      ]
    })
  })

  test.each([
    ['no Message in it', '<Messages></Messages>', { kind: 'empty', held: false }],
    ['a message without handle', '<Messages><Message><MessageId>1</MessageId></Message></Messages>', 'BadGateway'],
    ['another element', '<Messages><Error/></Messages>', 'BadGateway']
  ])('of a list with %s', async (_what, body, expected) => {
    const server = await serve(always(200, body))
    const outcome = await openSource(server.url).receive(16, unaborted)
    expect(outcome.kind === 'failed' ? outcome.fault.code : outcome).toEqual(expected)
  })

  test.each([
    [30, 29_499, false],
    [30, 29_500, true],
    [0, 0, true]
  ])('of an empty queue with a wait of %d s, answered after %d ms: held is %s', async (waitSeconds, tookMs, held) => {
    const server = await serve(always(404, errorXml('MessageNotExist')))
    const readings = [0, tookMs]
    const clock: Clock = { ...systemClock, elapsed: () => readings.shift() ?? tookMs }
    expect(await openSource(server.url, { waitSeconds, clock }).receive(16, unaborted)).toEqual({ kind: 'empty', held })
  })

  test('gives up at once while it waits for credentials', async () => {
    const credentials: CredentialSource = { get: () => new Promise(() => undefined), invalidate: () => undefined }
    const abort = new AbortController()
    const receiving = openSource('http://127.0.0.1:9', { credentials }).receive(16, abort.signal)
    abort.abort()
    expect(await receiving).toMatchObject({ kind: 'failed', fault: { class: 'aborted', code: 'Aborted' } })
  })
})

describe('acknowledge', () => {
  const handles = ['h1', 'h2', 'a+/=&<', 'h4']
  const entry = (code: string, handle: string) =>
    `<Error><ErrorCode>${code}</ErrorCode><ErrorMessage>m</ErrorMessage><ReceiptHandle>${handle}</ReceiptHandle></Error>`

  test('deletes all with one call, written so that XML keeps each handle', async () => {
    const server = await serve(always(204))
    expect(await openSource(server.url).acknowledge(handles)).toEqual({ kind: 'acknowledged', lost: NONE, retry: NONE })
    expect(server.arrivals).toHaveLength(1)
    expect(server.arrivals[0]?.body).toContain('<ReceiptHandle>a+/=&amp;&lt;</ReceiptHandle>')
  })

  test('of nothing asks nothing; of 17 is a bug of the caller', async () => {
    const source = openSource('http://127.0.0.1:9')
    expect(await source.acknowledge([])).toEqual({ kind: 'acknowledged', lost: NONE, retry: NONE })
    await expect(source.acknowledge(new Array(17).fill('h'))).rejects.toThrow('the most is 16')
  })

  test('tells handles that are lost from those to try again', async () => {
    const errors = [
      entry('ReceiptHandleError', 'h1'),
      entry('MessageNotExist', 'a+/=&amp;&lt;'),
      entry('InternalError', 'h4')
    ]
    const server = await serve(always(404, `<Errors>${errors.join('\n')}</Errors>`))
    expect(await openSource(server.url).acknowledge(handles)).toEqual({
      kind: 'acknowledged',
      lost: new Set(['h1', 'a+/=&<']),
      retry: new Set(['h4'])
    })
  })

  test.each([
    ['an empty handle', `<Errors>${entry('ReceiptHandleError', '')}</Errors>`],
    ['a handle that was not asked for', `<Errors>${entry('ReceiptHandleError', 'other')}</Errors>`],
    ['no handle', '<Errors></Errors>']
  ])('counts nothing as deleted when the answer lists %s', async (_what, body) => {
    const server = await serve(always(404, body))
    expect(await openSource(server.url).acknowledge(handles)).toMatchObject({
      kind: 'failed',
      fault: { code: 'BadGateway' }
    })
  })

  test('of a single handle knows which one an empty entry means', async () => {
    const server = await serve(always(404, `<Errors>${entry('ReceiptHandleError', '')}</Errors>`))
    expect(await openSource(server.url).acknowledge(['h1'])).toEqual({
      kind: 'acknowledged',
      lost: new Set(['h1']),
      retry: NONE
    })
  })

  test('takes all as lost when the service refuses the whole call for its handles', async () => {
    const server = await serve(always(404, errorXml('MessageNotExist')))
    expect(await openSource(server.url).acknowledge(handles)).toMatchObject({ lost: new Set(handles), retry: NONE })
  })
})

describe('extend', () => {
  test('gives the new handle; the old one is URL-encoded, the time is in whole seconds from 1 to 43200', async () => {
    const server = await serve(always(200, '<ChangeVisibility><ReceiptHandle>new=</ReceiptHandle></ChangeVisibility>'))
    const source = openSource(server.url)
    expect(await source.extend('1-a+/=&# ä', 1_001)).toEqual({ kind: 'extended', receiptHandle: 'new=' })
    await source.extend('h', 0)
    await source.extend('h', 99_999_999)
    expect(server.arrivals.map(({ target }) => target)).toEqual([
      '/queues/q/messages?receiptHandle=1-a%2B%2F%3D%26%23%20%C3%A4&visibilityTimeout=2',
      '/queues/q/messages?receiptHandle=h&visibilityTimeout=1',
      '/queues/q/messages?receiptHandle=h&visibilityTimeout=43200'
    ])
  })

  test.each([
    [404, 'MessageNotExist'],
    [400, 'ReceiptHandleError']
  ])('with a handle that is no longer ours (%d %s) says so', async (status, code) => {
    const server = await serve(always(status, errorXml(code)))
    expect(await openSource(server.url).extend('h', 1_000)).toEqual({ kind: 'lost' })
  })

  test('without a new handle in the answer has failed', async () => {
    const server = await serve(always(200, '<ChangeVisibility><NextVisibleTime>1</NextVisibleTime></ChangeVisibility>'))
    expect(await openSource(server.url).extend('h', 1_000)).toMatchObject({ fault: { code: 'BadGateway' } })
  })
})

test('send escapes the body and passes the delay on in seconds', async () => {
  const server = await serve(always(201, '<Message><MessageId>M1</MessageId></Message>'))
  const source = openSource(server.url)
  expect(await source.send('a&b</c>]]>\r\n', 900)).toEqual({ kind: 'sent', messageId: 'M1' })
  expect(server.arrivals[0]?.body).toContain(
    '<MessageBody>a&amp;b&lt;/c&gt;]]&gt;&#13;\n</MessageBody><DelaySeconds>1</DelaySeconds>'
  )
})

describe('credentials', () => {
  test('are asked for before each call, and their token travels with it', async () => {
    const server = await serve(always(204))
    const tokens = ['token-1', 'token-2', '']
    const credentials: CredentialSource = {
      get: () => staticCredentials('id', 'secret', tokens.shift()).get(),
      invalidate: () => undefined
    }
    const source = openSource(server.url, { credentials })
    for (let call = 0; call < 3; call += 1) await source.acknowledge(['h'])
    expect(server.arrivals.map(({ headers }) => headers['security-token'])).toEqual(['token-1', 'token-2', undefined])
  })

  test('that are refused are invalidated once, however many calls were refused with them', async () => {
    const server = await serve(always(403, errorXml('AccessDenied')))
    let generation = 0
    let current = staticCredentials('id', 'secret', 'old')
    const credentials: CredentialSource = {
      get: () => current.get(),
      invalidate: () => {
        generation += 1
        current = staticCredentials('id', 'secret', `new ${generation}`)
      }
    }
    const source = openSource(server.url, { credentials })
    const run = () => Promise.all(OPERATIONS.map(([, operation]) => operation(source)))
    for (const outcome of await run())
      expect(outcome).toMatchObject({ kind: 'failed', fault: { class: 'credentials' } })
    expect(generation).toBe(1)
    await run()
    expect(generation).toBe(2)
    expect(server.arrivals.at(-1)?.headers['security-token']).toBe('new 1')
  })

  test('that cannot be had make a fault that says what to do', async () => {
    const credentials: CredentialSource = {
      get: () => Promise.reject(new AuditError('denied', 'Set the variables')),
      invalidate: () => undefined
    }
    const source = openSource('http://127.0.0.1:9', { credentials })
    for (const [, operation] of OPERATIONS) {
      expect(await operation(source)).toEqual({
        kind: 'failed',
        fault: { class: 'credentials', code: 'NoCredentials', status: 0, message: 'Set the variables', requestId: '' }
      })
    }
  })
})

describe('options', () => {
  test.each([
    ['mns.example.com'],
    ['ftp://127.0.0.1'],
    ['http://1.mns.cn-hangzhou.aliyuncs.com'],
    ['http://10.0.0.1:80'],
    ['https://1.mns.cn-hangzhou.aliyuncs.com/queues/q'],
    ['https://1.mns.cn-hangzhou.aliyuncs.com/?a'],
    ['https://user:marked-password@1.mns.cn-hangzhou.aliyuncs.com']
  ])('refuse the endpoint %s without repeating it', (endpoint) => {
    const open = () => openSource(endpoint)
    expect(open).toThrow(expect.objectContaining({ code: 'config', message: expect.not.stringContaining(endpoint) }))
    expect(open).toThrow('queue.endpoint')
  })

  test.each([[''], ['_bad'], ['-bad'], ['a/b'], ['a'.repeat(121)]])('refuse the queue name "%s"', (name) => {
    expect(() => openSource('http://localhost:1', { name })).toThrow(expect.objectContaining({ code: 'config' }))
  })

  test('accept the endpoints of the vendor and of this machine', () => {
    for (const endpoint of ['https://1.mns.cn-hangzhou.aliyuncs.com/', 'http://[::1]:8080', 'http://localhost']) {
      expect(openSource(endpoint).endpoint).toBe(endpoint.replace(/\/$/, ''))
    }
  })
})

test('requests name the host that they go to and carry the signature of the SDK', async () => {
  const server = await serve(always(204))
  await openSource(server.url).acknowledge(['h'])
  expect(server.arrivals[0]?.headers).toMatchObject({
    host: new URL(server.url).host,
    authorization: expect.stringMatching(/^MNS key-id:[A-Za-z0-9+/]{27}=$/),
    'x-mns-version': '2015-06-06'
  })
})

test('each poll and each delete is signed for its own method and resource, with the key of its own moment', async () => {
  const server = await serve((response, { method }) =>
    method === 'GET' ? reply(response, 404, errorXml('MessageNotExist')) : reply(response, 204)
  )
  const keyOf = (id: string) => ({ accessKeyId: id, accessKeySecret: `${id}-secret`, securityToken: `${id}-token` })
  let key = keyOf('first')
  const source = openSource(server.url, { credentials: { get: async () => key, invalidate: () => undefined } })
  for (const maxMessages of [16, 16, 1]) await source.receive(maxMessages, unaborted)
  for (const handle of ['one', 'two']) await source.acknowledge([handle])
  key = keyOf('second')
  await source.receive(16, unaborted)
  await source.acknowledge(['three'])
  const signed = server.arrivals.map(({ method, target, headers }) => {
    const date = headers['x-mns-date']
    const type = headers['content-type'] ?? ''
    const text = `${method}\n\n${type}\n${date}\nx-mns-date:${date}\nx-mns-version:2015-06-06\n${target}`
    const token = String(headers['security-token'])
    const id = token.replace('-token', '')
    const signature = createHmac('sha1', `${id}-secret`).update(text).digest('base64')
    return { method, id, right: headers['authorization'] === `MNS ${id}:${signature}` }
  })
  const expected = [...Array(3).fill(['GET', 'first']), ...Array(2).fill(['DELETE', 'first'])]
  expected.push(['GET', 'second'], ['DELETE', 'second'])
  expect(signed).toEqual(expected.map(([method, id]) => ({ method, id, right: true })))
})
