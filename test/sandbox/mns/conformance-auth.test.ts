import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type MnsReply, startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

const MINUTE = 60_000

function expectWholeError(reply: MnsReply): void {
  expect(reply.elements()).toEqual(['Error', 'Code', 'Message', 'RequestId', 'HostId'])
  expect(reply.one('RequestId')).toBe(reply.headers['x-mns-request-id'])
}

describe('who asks', () => {
  test('1: no Authorization', async () => {
    const mns = await startMns()
    const reply = await mns.get('/queues', { headers: { authorization: undefined } })
    expect(reply.refusal).toBe('400 MissingAuthorizationHeader')
    expectWholeError(reply)
  })

  test('2: an Authorization of another scheme', async () => {
    const mns = await startMns()
    expect((await mns.get('/queues', { headers: { authorization: 'foo' } })).refusal).toBe(
      '400 InvalidAuthorizationHeader'
    )
  })

  test('3: an unknown key id', async () => {
    const mns = await startMns()
    const reply = await mns.get('/queues', { accessKeyId: 'nobody' })
    expect(reply.refusal).toBe('403 InvalidAccessKeyId')
    expect(reply.one('Message')).toBe('The access Id you provided does not exist.')
    expect(reply.one('RequestId')).toMatch(/^[0-9A-F]{24}$/)
    expect(reply.one('HostId')).toBe(mns.server.url)
    expectWholeError(reply)
  })

  test('4: a wrong secret', async () => {
    const mns = await startMns()
    const reply = await mns.get('/queues', { accessKeySecret: 'wrong' })
    expect(reply.refusal).toBe('403 SignatureDoesNotMatch')
    expect(reply.one('Message')).toBe(
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
    )
  })

  test('6: x-mns-date alone is enough; neither date, or one that is none, is refused', async () => {
    const mns = await startMns()
    const date = new Date().toUTCString()
    expect((await mns.get('/queues', { headers: { date: undefined, 'x-mns-date': date } })).status).toBe(200)
    expect((await mns.get('/queues', { headers: { date: undefined } })).refusal).toBe('400 MissingDateHeader')
    for (const bad of ['yesterday', '2026-11-22T12:00:00Z', 'Sun, 99 Nov 2026 12:00:00 GMT']) {
      expect((await mns.get('/queues', { headers: { date: bad } })).refusal).toBe('400 InvalidDateHeader')
    }
  })

  test('7: 14 minutes off pass, 16 are expired, either way', async () => {
    const clock = new ManualClock()
    const mns = await startMns({ clock })
    for (const minutes of [-14, 14]) {
      expect((await mns.get('/queues', { date: clock.now() + minutes * MINUTE })).status).toBe(200)
    }
    for (const minutes of [-16, 16]) {
      expect((await mns.get('/queues', { date: clock.now() + minutes * MINUTE })).refusal).toBe('408 TimeExpired')
    }
  })

  test('7, other mode: the status of an expired request can be 400', async () => {
    const mns = await startMns({ behaviour: { skewStatus: 400 } })
    expect((await mns.get('/queues', { date: Date.now() - 16 * MINUTE })).refusal).toBe('400 TimeExpired')
  })

  test('8: Content-MD5 of the hexadecimal digest or of the digest itself; a wrong one is refused, none is needed', async () => {
    const mns = await startMns()
    const body = '<Queue/>'
    const plain = createHash('md5').update(body).digest('base64')
    const status = async (md5: string | undefined) =>
      (await mns.put('/queues/q', body, { headers: { 'content-md5': md5 } })).status
    expect((await mns.put('/queues/q', body)).status).toBe(201)
    expect(await status(plain)).toBe(204)
    expect(await status(undefined)).toBe(204)
    const wrong = await mns.put('/queues/q', body, { headers: { 'content-md5': plain.toLowerCase() } })
    expect(wrong.refusal).toBe('400 InvalidDegist')
  })

  test('9: a handle is the same handle raw or escaped; the signature is over what is on the wire', async () => {
    const mns = await startMns()
    mns.service.createQueue('q')
    mns.service.send('q', Array(50).fill('x'))
    const handles: string[] = []
    while (mns.service.stats('q').visible > 0) {
      handles.push(...(await mns.get('/queues/q/messages?numOfMessages=16')).all('ReceiptHandle'))
    }
    expect(handles.filter((handle) => /[+/]/.test(handle)).length).toBeGreaterThan(10)
    expect(handles.every((handle) => handle.endsWith('=='))).toBe(true)
    for (const [index, handle] of handles.entries()) {
      const sent = index % 2 === 0 ? handle : encodeURIComponent(handle)
      expect((await mns.delete(`/queues/q/messages?ReceiptHandle=${sent}`)).status).toBe(204)
    }
    expect(mns.service.stats('q')).toMatchObject({ deleted: 50, invisible: 0 })
  })

  test('10: any x-mns- header takes part in the signature', async () => {
    const mns = await startMns()
    const headers = { 'x-mns-user-request-id': 'mine' }
    expect((await mns.get('/queues', { headers })).status).toBe(200)
    const added = await mns.get('/queues', { unsignedHeaders: headers })
    expect(added.refusal).toBe('403 SignatureDoesNotMatch')
  })

  test('11: a security token is not signed; a temporary key must bring its own', async () => {
    const sts = { accessKeySecret: 'sts-secret', securityToken: 'token' }
    const mns = await startMns({ credentials: new Map([['STS.1', sts]]) })
    expect((await mns.get('/queues', { headers: { 'security-token': 'unasked' } })).status).toBe(200)
    const temporary = (token: string | undefined) =>
      mns.get('/queues', { accessKeyId: 'STS.1', accessKeySecret: 'sts-secret', headers: { 'security-token': token } })
    expect((await temporary('token')).status).toBe(200)
    expect((await temporary('old token')).refusal).toBe('403 InvalidSecurityToken')
    expect((await temporary(undefined)).refusal).toBe('403 InvalidSecurityToken')
  })
})

describe('framing', () => {
  test('12: the headers of every answer', async () => {
    const mns = await startMns()
    const created = await mns.put('/queues/q', '<Queue/>')
    const again = await mns.put('/queues/q', '<Queue/>')
    const read = await mns.get('/queues/q')
    const refused = await mns.get('/queues/none')
    for (const reply of [created, again, read, refused]) {
      expect(reply.rawHeaders).toContain('x-mns-request-id')
      expect(reply.headers['x-mns-request-id']).toMatch(/^[0-9A-F]{24}$/)
      expect(reply.headers['x-mns-version']).toBe('2015-06-06')
    }
    for (const reply of [read, refused]) {
      expect(reply.headers['content-type']).toBe('text/xml;charset=utf-8')
      expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(reply.text)))
    }
    expect(again.text).toBe('')
    expect(again.headers['content-length']).toBeUndefined()
  })

  test.each(['application/xml', 'text/xml', 'text/xml;charset=UTF-8', undefined])(
    '13: content type %s',
    async (type) => {
      const mns = await startMns()
      mns.service.createQueue('q')
      const body = '<Message><MessageBody>no namespace</MessageBody></Message>'
      const reply = await mns.post('/queues/q/messages', body, { headers: { 'content-type': type } })
      expect(reply.status).toBe(201)
      expect((await mns.get('/queues/q/messages', { headers: { 'content-type': type } })).status).toBe(200)
    }
  )

  test('14: two requests on one connection, which is closed once it has been idle', async () => {
    const mns = await startMns({}, { keepAliveTimeoutMs: 30 })
    const socket = connect(mns.server.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    const ended = new Promise((resolve) => socket.on('end', resolve))
    const request = 'GET /queues HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
    socket.write(request + request)
    await ended
    expect(text.match(/HTTP\/1.1 400/g)).toHaveLength(2)
    socket.destroy()
  })
})

test('a path that the service does not have', async () => {
  const mns = await startMns()
  for (const target of ['/', '/topics/t', '//queues/q', '/queues/q/other', '/queues//messages']) {
    expect((await mns.get(target)).refusal).toBe('400 InvalidRequestURL')
  }
})
