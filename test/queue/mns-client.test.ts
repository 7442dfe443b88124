import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { OPERATIONS, openSource, unaborted } from './open-source.ts'
import { always, errorXml, reply, type Script } from './scripted-server.ts'
import { serve } from './serve-script.ts'

describe('an error code of MNS is a fault of its class', () => {
  test.each([
    [404, 'QueueNotExist', 'missing'],
    [403, 'AccessDenied', 'credentials'],
    [403, 'InvalidAccessKeyId', 'credentials'],
    [403, 'SignatureDoesNotMatch', 'credentials'],
    [403, 'InvalidSecurityToken', 'credentials'],
    [403, 'SomethingNew', 'credentials'],
    [429, 'TooManyRequests', 'throttled'],
    [400, 'QpsLimitExceeded', 'throttled'],
    [400, 'TimeExpired', 'clock'],
    [408, 'TimeExpired', 'clock'],
    [400, 'MalformedXML', 'rejected'],
    [400, 'InvalidArgument', 'rejected'],
    [400, 'InvalidQueueName', 'rejected'],
    [400, 'InvalidDegist', 'rejected'],
    [409, 'QueueAlreadyExist', 'rejected'],
    [400, 'SomethingNew', 'rejected'],
    [500, 'InternalError', 'unavailable'],
    [500, 'InternalServerError', 'unavailable'],
    [503, 'SomethingNew', 'unavailable'],
    [400, 'constructor', 'rejected']
  ])('%d %s: %s', async (status, code, faultClass) => {
    const server = await serve(always(status, errorXml(code)))
    for (const [, operation] of OPERATIONS) {
      expect(await operation(openSource(server.url))).toEqual({
        kind: 'failed',
        fault: { class: faultClass, code, status, message: expect.any(String), requestId: 'ABC123' }
      })
    }
  })

  test('also when the answer lacks the host id, and when the content type lies', async () => {
    const server = await serve(
      always(500, '<Error><Code>InternalError</Code></Error>', { 'content-type': 'text/html' })
    )
    expect(await openSource(server.url).acknowledge(['h'])).toMatchObject({ fault: { code: 'InternalError' } })
  })

  test('codes and request ids that look like none are not repeated', async () => {
    const server = await serve(always(400, errorXml('bad code &lt;script&gt;'), { 'x-mns-request-id': 'a b' }))
    expect(await openSource(server.url).acknowledge(['h'])).toMatchObject({
      fault: { class: 'rejected', code: 'UnknownCode', requestId: '' }
    })
  })
})

describe('what is no answer of MNS is never a success', () => {
  const page = '<html>\r\n<body><center><h1>Bad Gateway</h1></center><hr></body>\r\n</html>'
  const messages = '<Messages><Message><MessageId>1</MessageId><ReceiptHandle>h</ReceiptHandle></Message></Messages>'
  test.each<[string, Script, string]>([
    ['an HTML page with 502', always(502, page, { 'content-type': 'text/html' }), 'BadGateway'],
    ['an HTML page that says it is XML', always(502, page, { 'content-type': 'text/xml' }), 'BadGateway'],
    ['an HTML page with 200', always(200, page), 'BadGateway'],
    ['an HTML page with 403', always(403, page), 'BadGateway'],
    ['nothing with 503', always(503), 'BadGateway'],
    ['nothing with 200', always(200), 'BadGateway'],
    ['nothing with 201', always(201), 'BadGateway'],
    ['nothing with 404', always(404), 'BadGateway'],
    ['a redirect', always(302, '', { location: 'http://127.0.0.1:1/' }), 'BadGateway'],
    ['text with 429', always(429, 'Too Many Requests'), 'TooManyRequests'],
    ['a list that is cut off', always(200, messages.slice(0, -3)), 'BadGateway'],
    ['an error with status 200', always(200, errorXml('InternalError')), 'BadGateway'],
    ['an error without code', always(500, '<Error><Message>m</Message></Error>'), 'BadGateway'],
    ['another root', always(200, '<Topics/>'), 'BadGateway'],
    ['a document with a DTD', always(200, `<!DOCTYPE a [<!ENTITY b "c">]>${messages}`), 'BadGateway'],
    ['no HTTP', (_response, { socket }) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'NotHttp'],
    [
      'two lengths',
      (_response, { socket }) => socket.end('HTTP/1.1 204 x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'),
      'NotHttp'
    ]
  ])('%s', async (_what, script, code) => {
    const server = await serve(script)
    const source = openSource(server.url)
    for (const [, operation] of OPERATIONS) {
      expect(await operation(source)).toMatchObject({
        kind: 'failed',
        fault: { code, class: code === 'TooManyRequests' ? 'throttled' : 'unavailable' }
      })
    }
  })

  test.each<[string, number, string]>([
    ['acknowledge', 200, ''],
    ['acknowledge', 202, ''],
    ['send', 200, '<Message><MessageId>M</MessageId></Message>'],
    ['send', 204, ''],
    ['receive', 204, ''],
    ['receive', 201, messages],
    ['extend', 204, ''],
    ['extend', 201, '<ChangeVisibility><ReceiptHandle>h</ReceiptHandle></ChangeVisibility>'],
    ['describe', 204, '']
  ])('%s answered with %d, which is the success of another operation', async (name, status, body) => {
    const server = await serve(always(status, body))
    const run = OPERATIONS.find(([operation]) => operation === name)?.[1]
    expect(await run?.(openSource(server.url))).toMatchObject({ kind: 'failed', fault: { class: 'unavailable' } })
  })

  test('a body larger than any of MNS, and then nothing more arrives on the connection', async () => {
    const server = await serve((response) => {
      response.writeHead(200)
      response.write(Buffer.alloc(9 * 1024 * 1024, ' '))
    })
    expect(await openSource(server.url).receive(16, unaborted)).toMatchObject({
      fault: { class: 'unavailable', code: 'AnswerTooLarge' }
    })
    await server.left(1)
  })
})

describe('without a whole answer', () => {
  test('nobody listens: ConnectionRefused', async () => {
    const server = await serve(always(204))
    await server.close()
    for (const [, operation] of OPERATIONS) {
      expect(await operation(openSource(server.url))).toMatchObject({
        fault: {
          class: 'unavailable',
          code: 'ConnectionRefused',
          message: expect.stringContaining(server.url.slice(7))
        }
      })
    }
  })

  test('the connection is reset before the answer: a new connection is tried once, but nothing is sent twice', async () => {
    const server = await serve((_response, { socket }) => socket.resetAndDestroy())
    const source = openSource(server.url)
    for (const [name, operation] of OPERATIONS) {
      const before = server.arrivals.length
      expect(await operation(source)).toMatchObject({ fault: { class: 'unavailable', code: 'ConnectionReset' } })
      expect([name, server.arrivals.length - before]).toEqual([name, name === 'send' ? 1 : 2])
    }
  })

  test('a poll that was repeated says so: the first may have been handed messages', async () => {
    const server = await serve((response, { number, socket }) => {
      if (number === 1) socket.resetAndDestroy()
      else reply(response, 404, errorXml('MessageNotExist'))
    })
    const source = openSource(server.url, { waitSeconds: 0 })
    expect(await source.receive(16, unaborted)).toEqual({ kind: 'empty', held: true, repeated: true })
    expect(await source.receive(16, unaborted)).toEqual({ kind: 'empty', held: true })
  })

  test('the connection is reset in the middle of the answer: ConnectionReset with its status, no second try', async () => {
    const server = await serve((response, { socket }) => {
      response.writeHead(200, { 'content-length': 1_000 })
      response.write('<Messages>', () => socket.resetAndDestroy())
    })
    expect(await openSource(server.url).receive(16, unaborted)).toMatchObject({
      fault: { class: 'unavailable', code: 'ConnectionReset', status: 200 }
    })
    expect(server.arrivals).toHaveLength(1)
  })

  test('no answer comes: AnswerTimeout after the wait of the poll and ten seconds more, and the connection is closed', async () => {
    const { clock, timers, fire } = heldTimers()
    const server = await serve(() => undefined)
    const receiving = openSource(server.url, { clock }).receive(16, unaborted)
    await server.arrived(1)
    expect(timers).toEqual([40_000])
    fire()
    expect(await receiving).toMatchObject({ fault: { class: 'unavailable', code: 'AnswerTimeout', status: 0 } })
    await server.left(1)
  })

  test('the answer stops half-way: BodyTimeout, and the connection is closed', async () => {
    const { clock, timers, fire, armed } = heldTimers()
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': 1_000 })
      response.write('<Messages>')
    })
    const receiving = openSource(server.url, { clock }).receive(16, unaborted)
    await armed(2)
    expect(timers).toEqual([40_000, 10_000])
    fire()
    expect(await receiving).toMatchObject({ fault: { class: 'unavailable', code: 'BodyTimeout', status: 200 } })
    await server.left(1)
  })

  test('the connection is not TLS: TlsFailure', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const source = openSource(`https://127.0.0.1:${port}`)
    expect(await source.acknowledge(['h'])).toMatchObject({ fault: { class: 'unavailable', code: 'TlsFailure' } })
    await source.close()
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('an abort', () => {
  test('ends a long poll within 50 ms, and its connection with it', async () => {
    const server = await serve(() => undefined)
    const source = openSource(server.url)
    const tookMs: number[] = []
    for (let poll = 1; poll <= 5; poll += 1) {
      const abort = new AbortController()
      const receiving = source.receive(16, abort.signal)
      await server.arrived(poll)
      const startedMs = performance.now()
      abort.abort()
      expect(await receiving).toMatchObject({ kind: 'failed', fault: { class: 'aborted' } })
      await server.left(poll)
      tookMs.push(performance.now() - startedMs)
    }
    // The fastest, because a busy machine may stop this process at any point.
    expect(Math.min(...tookMs)).toBeLessThan(50)
  })

  test('in the middle of an answer lets it arrive: what it hands out would be lost to everybody', async () => {
    const { clock, armed } = heldTimers()
    let finish: () => void = () => undefined
    const server = await serve((response) => {
      const message = '<Message><MessageId>one</MessageId><ReceiptHandle>h</ReceiptHandle></Message>'
      const body = `<Messages>${message}</Messages>`
      response.writeHead(200, { 'content-length': body.length })
      response.write(body.slice(0, 30))
      finish = () => response.end(body.slice(30))
    })
    const abort = new AbortController()
    const receiving = openSource(server.url, { clock }).receive(16, abort.signal)
    await armed(2)
    abort.abort()
    finish()
    expect(await receiving).toMatchObject({ kind: 'messages', messages: [{ messageId: 'one' }] })
  })

  test('in the middle of an answer that does not go on ends it after a second', async () => {
    const { clock, timers, armed, fire } = heldTimers()
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': 1_000 })
      response.write('<Messages>')
    })
    const abort = new AbortController()
    const receiving = openSource(server.url, { clock }).receive(16, abort.signal)
    await armed(2)
    abort.abort()
    expect(timers.at(-1)).toBe(1_000)
    fire()
    expect(await receiving).toMatchObject({ fault: { class: 'aborted' } })
    await server.left(1)
  })

  test('of a poll that still waits for a socket sends nothing', async () => {
    const server = await serve(() => undefined)
    const source = openSource(server.url, { receivers: 1 })
    const first = new AbortController()
    const second = new AbortController()
    const running = source.receive(16, first.signal)
    await server.arrived(1)
    const waiting = source.receive(16, second.signal)
    second.abort()
    expect(await waiting).toMatchObject({ fault: { class: 'aborted' } })
    first.abort()
    await running
    await server.left(1)
    expect(server.arrivals).toHaveLength(1)
  })

  test('close ends every call under way; later calls have failed at once', async () => {
    const server = await serve(() => undefined)
    const source = openSource(server.url)
    const running = OPERATIONS.map(([, operation]) => operation(source))
    await server.arrived(OPERATIONS.length)
    await Promise.all([source.close(), source.close()])
    for (const outcome of await Promise.all(running)) expect(outcome).toMatchObject({ fault: { class: 'aborted' } })
    expect(await source.acknowledge(['h'])).toMatchObject({ fault: { class: 'aborted' } })
    await server.drained()
  })
})

describe('connections', () => {
  test('are kept over batch deletes', async () => {
    const server = await serve(always(204))
    const source = openSource(server.url)
    for (let call = 0; call < 20; call += 1) await source.acknowledge(['h'])
    // undici may open a second one before it has seen that the first is free again.
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  test('of polls are apart: a delete does not wait behind them', async () => {
    const server = await serve((response, { method }) => {
      if (method === 'DELETE') reply(response, 204)
    })
    const source = openSource(server.url, { receivers: 1 })
    const abort = new AbortController()
    const polls = [source.receive(16, abort.signal), source.receive(16, abort.signal)]
    await server.arrived(1)
    expect(await source.acknowledge(['h'])).toMatchObject({ kind: 'acknowledged' })
    abort.abort()
    await Promise.all(polls)
  })

  test('are bounded in number, and what is over the bound waits its turn', async () => {
    let open = 0
    let most = 0
    const server = await serve((response) => {
      open += 1
      most = Math.max(most, open)
      setImmediate(() => {
        open -= 1
        reply(response, 204)
      })
    })
    const source = openSource(server.url)
    await Promise.all(Array.from({ length: 200 }, () => source.acknowledge(['h'])))
    expect(server.arrivals).toHaveLength(200)
    expect(server.connections()).toBeLessThanOrEqual(16)
    expect(most).toBeGreaterThan(1)
  })

  test('that the server closes just when they are used again are replaced without the caller noticing', async () => {
    const server = await serve((response, { number, socket }) => {
      if (number === 2) socket.destroy()
      else reply(response, 204)
    })
    const source = openSource(server.url)
    await source.acknowledge(['h'])
    await new Promise(setImmediate)
    expect(await source.acknowledge(['h'])).toMatchObject({ kind: 'acknowledged' })
    const [first, second, third] = server.arrivals.map(({ socket }) => socket)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })
})

describe('secrets', () => {
  const marked = {
    id: 'MARKEDid',
    secret: 'MARKEDsecret',
    token: 'MARKEDtoken',
    handle: 'MARKEDhandle',
    body: 'MARKEDbody'
  }
  /** Answers that repeat all that they were sent, each as another kind of fault. */
  const echoes: ReadonlyArray<readonly [string, Script]> = [
    [
      'an error',
      (response, { target, body, headers }) => reply(response, 400, echo(target + body + JSON.stringify(headers)))
    ],
    ['text', (response, { target, body, headers }) => reply(response, 502, target + body + JSON.stringify(headers))],
    ['a reset', (_response, { socket }) => socket.resetAndDestroy()]
  ]
  const echo = (text: string) =>
    `<Error><Code><![CDATA[${text}]]></Code><Message><![CDATA[${text}]]></Message><RequestId>x</RequestId></Error>`

  test.each(echoes)('are in no fault when the service answers with %s', async (_what, script) => {
    const server = await serve(script)
    const credentials = staticCredentials(marked.id, marked.secret, marked.token)
    const source = openSource(server.url, { credentials })
    const outcomes = [
      await source.receive(16, unaborted),
      await source.acknowledge([marked.handle]),
      await source.extend(marked.handle, 1_000),
      await source.send(marked.body, 0),
      await source.describe()
    ]
    for (const outcome of outcomes) {
      expect(outcome.kind).toBe('failed')
      expect(JSON.stringify(outcome)).not.toContain('MARKED')
    }
    expect(JSON.stringify(server.arrivals.map(({ target, body }) => target + body))).toContain('MARKED')
  })
})

/** A clock whose timers strike only when told to. */
function heldTimers(): { clock: Clock; timers: number[]; fire: () => void; armed: (count: number) => Promise<void> } {
  const timers: number[] = []
  const live = new Set<() => void>()
  const waiting = new Set<() => void>()
  return {
    timers,
    clock: {
      ...systemClock,
      after: (ms, callback) => {
        timers.push(ms)
        live.add(callback)
        for (const check of waiting) check()
        return () => live.delete(callback)
      }
    },
    fire: () => {
      for (const callback of live) callback()
    },
    armed: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (timers.length >= count) resolve()
        }
        waiting.add(check)
        check()
      })
  }
}
