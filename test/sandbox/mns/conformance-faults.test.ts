import { describe, expect, test } from 'vitest'
import { type FaultRule, parseFaults } from '../../../src/sandbox/faults.ts'
import { type MnsSandbox, startMns } from '../../support/mns-request.ts'

const MESSAGES = '/queues/q/messages'

/** A service with one message in one queue, and these faults switched on. */
async function faulty(spec: string, more: Partial<FaultRule> = {}): Promise<MnsSandbox> {
  const mns = await startMns()
  mns.service.createQueue('q')
  mns.service.send('q', ['the only message'])
  for (const rule of parseFaults(spec)) mns.faults.add({ ...rule, ...more })
  return mns
}

/** Sends a request whose answer never comes, and gives up on it once the service has it. */
async function expectStall(mns: MnsSandbox, reached: () => boolean): Promise<void> {
  const leaving = new AbortController()
  const stalled = mns.get(MESSAGES, { signal: leaving.signal })
  const outcome = expect(stalled).rejects.toMatchObject({ code: expect.stringMatching(/ABORT_ERR|ECONNRESET/) })
  await expect.poll(reached).toBe(true)
  leaving.abort()
  await outcome
}

describe('nothing is executed', () => {
  test('57: 429 TooManyRequests, after a hold', async () => {
    const mns = await faulty('mns.ReceiveMessage:TooManyRequests@ms=100@count=1')
    const start = performance.now()
    const reply = await mns.get(MESSAGES)
    expect(reply.refusal).toBe('429 TooManyRequests')
    expect(reply.elements()).toEqual(['Error', 'Code', 'Message', 'RequestId', 'HostId'])
    expect(performance.now() - start).toBeGreaterThanOrEqual(99)
    expect((await mns.get(MESSAGES)).one('DequeueCount')).toBe('1')
  })

  test('58: 500 InternalError', async () => {
    const mns = await faulty('mns:InternalError')
    expect((await mns.get(MESSAGES)).refusal).toBe('500 InternalError')
    expect(mns.service.messages('q')).toMatchObject([{ dequeueCount: 0 }])
  })

  test.each([502, 503, 504])('59: a %i page in HTML', async (status) => {
    const mns = await faulty('mns:html', { status })
    const reply = await mns.get(MESSAGES)
    expect([reply.status, reply.headers['content-type']]).toEqual([status, 'text/html'])
    expect(reply.text).toContain('<html>')
    expect(mns.service.messages('q')).toMatchObject([{ dequeueCount: 0 }])
  })

  test('60: 503 and no body', async () => {
    const mns = await faulty('mns:empty')
    const reply = await mns.get(MESSAGES)
    expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([503, '', undefined])
  })

  test('60: 429 in plain text', async () => {
    const mns = await faulty('mns:text')
    const reply = await mns.get(MESSAGES)
    expect([reply.status, reply.headers['content-type'], reply.text]).toEqual([429, 'text/plain', 'Too Many Requests'])
  })

  test('62: a reset before the headers', async () => {
    const mns = await faulty('mns:reset-before')
    await expect(mns.get(MESSAGES)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(mns.service.messages('q')).toMatchObject([{ dequeueCount: 0 }])
  })

  test('64: no answer at all', async () => {
    const mns = await faulty('mns:stall-before')
    await expectStall(mns, () => mns.faults.hits.get('mns.ReceiveMessage:stall-before') === 1)
    expect(mns.service.messages('q')).toMatchObject([{ dequeueCount: 0 }])
  })

  test('65: an error without HostId', async () => {
    const mns = await faulty('mns:no-host-id')
    const reply = await mns.get(MESSAGES)
    expect(reply.refusal).toBe('500 InternalError')
    expect(reply.elements()).toEqual(['Error', 'Code', 'Message', 'RequestId'])
  })

  test.each(['InvalidAccessKeyId', 'InvalidSecurityToken', 'AccessDenied'])('66: 403 %s on demand', async (code) => {
    const mns = await faulty(`mns:${code}@count=1`)
    expect((await mns.get(MESSAGES)).refusal).toBe(`403 ${code}`)
    expect((await mns.get(MESSAGES)).status).toBe(200)
  })

  test('66: any code, under any status', async () => {
    const mns = await faulty('mns:QpsLimitExceeded@status=400')
    expect((await mns.get(MESSAGES)).refusal).toBe('400 QpsLimitExceeded')
  })
})

describe('the answer breaks on its way', () => {
  test('61: 200 with a body that ends early', async () => {
    const mns = await faulty('mns:truncate')
    const reply = await mns.get(MESSAGES)
    expect(reply.status).toBe(200)
    expect(reply.text).toContain('<MessageBody>')
    expect(reply.text).not.toContain('</Message>')
    expect(mns.service.messages('q')).toMatchObject([{ dequeueCount: 1 }])
  })

  test('63: a reset in the middle of the body', async () => {
    const mns = await faulty('mns:reset-mid-body')
    await expect(mns.get(MESSAGES)).rejects.toMatchObject({ code: 'ECONNRESET', message: 'aborted' })
    expect(mns.service.messages('q')).toMatchObject([{ dequeueCount: 1 }])
  })

  test.each(['stall-body', 'stall-after'])('64: %s, the message was handed out', async (kind) => {
    const mns = await faulty(`mns:${kind}`)
    await expectStall(mns, () => mns.service.messages('q')[0]?.dequeueCount === 1)
  })
})

describe('the queue misbehaves', () => {
  test('67: a message is delivered twice, also when the first delivery was deleted at once', async () => {
    const mns = await faulty('mns:duplicate@count=1')
    const first = await mns.get(MESSAGES)
    const firstDelete = `${MESSAGES}?ReceiptHandle=${first.one('ReceiptHandle')}`
    expect((await mns.delete(firstDelete)).status).toBe(204)
    expect((await mns.delete(firstDelete)).refusal).toBe('400 ReceiptHandleError')
    const second = await mns.get(MESSAGES)
    expect(second.one('MessageId')).toBe(first.one('MessageId'))
    expect((await mns.delete(`${MESSAGES}?ReceiptHandle=${second.one('ReceiptHandle')}`)).status).toBe(204)
    expect(mns.service.messages('q')).toEqual([])
  })

  test('67: the handle of the first of two deliveries is dead once the second is out', async () => {
    const mns = await faulty('mns:duplicate@count=1')
    const first = (await mns.get(MESSAGES)).one('ReceiptHandle')
    const second = (await mns.get(MESSAGES)).one('ReceiptHandle')
    expect((await mns.delete(`${MESSAGES}?ReceiptHandle=${first}`)).refusal).toBe('400 ReceiptHandleError')
    expect((await mns.delete(`${MESSAGES}?ReceiptHandle=${second}`)).status).toBe(204)
  })

  test('68: a delete that is answered and not done', async () => {
    const mns = await faulty('mns:lost-ack@count=1')
    const handle = (await mns.get(MESSAGES)).one('ReceiptHandle')
    const body = `<ReceiptHandles><ReceiptHandle>${handle}</ReceiptHandle></ReceiptHandles>`
    expect((await mns.delete(MESSAGES, body)).status).toBe(204)
    expect(mns.service.messages('q')).toMatchObject([{ state: 'invisible' }])
    expect((await mns.delete(MESSAGES, body)).status).toBe(204)
    expect(mns.service.messages('q')).toEqual([])
  })

  test('69: a delete that is done and not answered', async () => {
    const mns = await faulty('mns.DeleteMessage:reset-after@count=1')
    const handle = (await mns.get(MESSAGES)).one('ReceiptHandle')
    const target = `${MESSAGES}?ReceiptHandle=${handle}`
    await expect(mns.delete(target)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(mns.service.messages('q')).toEqual([])
    expect((await mns.delete(target)).refusal).toBe('400 ReceiptHandleError')
  })

  test('a batch delete of which half is done', async () => {
    const mns = await faulty('mns:partial-delete@count=1')
    mns.service.send('q', ['another message'])
    const handles = (await mns.get(`${MESSAGES}?numOfMessages=16`)).all('ReceiptHandle')
    const entries = handles.map((handle) => `<ReceiptHandle>${handle}</ReceiptHandle>`)
    const body = `<ReceiptHandles>${entries.join('')}</ReceiptHandles>`
    const reply = await mns.delete(MESSAGES, body)
    expect([reply.status, reply.one('ErrorCode'), reply.one('ReceiptHandle')]).toEqual([
      404,
      'InternalError',
      handles[0]
    ])
    expect(mns.service.messages('q')).toMatchObject([{ body: 'the only message', state: 'invisible' }])
  })

  test('a long poll that is not held', async () => {
    const mns = await faulty('mns:early-empty')
    await mns.delete(`${MESSAGES}?ReceiptHandle=${(await mns.get(MESSAGES)).one('ReceiptHandle')}`)
    expect((await mns.get(`${MESSAGES}?waitseconds=30`)).refusal).toBe('404 MessageNotExist')
    expect(mns.service.stats('q').polls).toBe(0)
  })
})
