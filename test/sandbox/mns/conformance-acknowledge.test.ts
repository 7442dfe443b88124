import { describe, expect, test } from 'vitest'
import type { MnsServiceOptions } from '../../../src/sandbox/mns/mns-service.ts'
import { type MnsSandbox, startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

const MESSAGES = '/queues/q/messages'
/** From the suites of the official SDKs: well-formed once, never given out here. */
const BOGUS = '1-ODU4OTkzNDU5My0xNDM1MTk3NjAwLTItNg=='

class Consumer {
  readonly clock: ManualClock
  readonly mns: MnsSandbox

  constructor(mns: MnsSandbox, clock: ManualClock) {
    this.mns = mns
    this.clock = clock
  }

  /** Receives one message; its handle. */
  async handle(): Promise<string> {
    return (await this.mns.get(MESSAGES)).one('ReceiptHandle')
  }

  /** `204 -`, or status and code of the refusal. */
  async delete(handle: string): Promise<string> {
    return (await this.mns.delete(`${MESSAGES}?ReceiptHandle=${encodeURIComponent(handle)}`)).refusal
  }

  async change(handle: string, seconds: number | string) {
    const target = `${MESSAGES}?receiptHandle=${encodeURIComponent(handle)}&visibilityTimeout=${seconds}`
    return this.mns.put(target)
  }
}

async function consumer(bodies: string[], behaviour: MnsServiceOptions['behaviour'] = {}): Promise<Consumer> {
  const clock = new ManualClock()
  const mns = await startMns({ clock, behaviour })
  mns.service.createQueue('q')
  mns.service.send('q', bodies)
  return new Consumer(mns, clock)
}

describe('delete', () => {
  test('47: once', async () => {
    const it = await consumer(['x'])
    const handle = await it.handle()
    expect(await it.delete(handle)).toBe('204 -')
    expect(await it.delete(handle)).toBe('400 ReceiptHandleError')
    expect(it.mns.service.stats('q')).toMatchObject({ deleted: 1, invisible: 0 })
  })

  test('47 and 48, other mode: a handle that is good no more is answered MessageNotExist', async () => {
    const it = await consumer(['x', 'y'], { expiredHandle: 'MessageNotExist' })
    const handle = await it.handle()
    expect(await it.delete(handle)).toBe('204 -')
    expect(await it.delete(handle)).toBe('404 MessageNotExist')
    const late = await it.handle()
    it.clock.advance(30_000)
    expect(await it.delete(late)).toBe('404 MessageNotExist')
    expect(await it.delete(BOGUS)).toBe('400 ReceiptHandleError')
  })

  test('48: after NextVisibleTime it is too late', async () => {
    const it = await consumer(['x'])
    const handle = await it.handle()
    it.clock.advance(30_000)
    expect(await it.delete(handle)).toBe('400 ReceiptHandleError')
    expect((await it.mns.get(MESSAGES)).one('DequeueCount')).toBe('2')
  })

  test('49: the handle of the receive before', async () => {
    const it = await consumer(['x'])
    const first = await it.handle()
    it.clock.advance(30_000)
    const second = await it.handle()
    expect(await it.delete(first)).toBe('400 ReceiptHandleError')
    expect(await it.delete(second)).toBe('204 -')
  })

  test('50: without a handle', async () => {
    const it = await consumer([])
    expect((await it.mns.delete(MESSAGES)).refusal).toBe('400 MissingReceiptHandle')
    expect((await it.mns.delete(`${MESSAGES}?ReceiptHandle=`)).refusal).toBe('400 MissingReceiptHandle')
  })

  test('51: in a batch, of which the bad ones are told', async () => {
    const it = await consumer(['1', '2', '3', '4'])
    const handles = (await it.mns.get(`${MESSAGES}?numOfMessages=3`)).all('ReceiptHandle')
    const batch = (list: string[]) =>
      `<ReceiptHandles>${list.map((handle) => `<ReceiptHandle>${handle}</ReceiptHandle>`).join('')}</ReceiptHandles>`
    const partial = await it.mns.delete(MESSAGES, batch([...handles.slice(0, 1), BOGUS, ...handles.slice(1)]))
    expect(partial.status).toBe(404)
    expect(partial.elements()).toEqual(['Errors', 'Error', 'ErrorCode', 'ErrorMessage', 'ReceiptHandle'])
    expect([partial.one('ErrorCode'), partial.one('ReceiptHandle')]).toEqual(['ReceiptHandleError', BOGUS])
    expect(it.mns.service.messages('q').map(({ body }) => body)).toEqual(['4'])
    expect((await it.mns.delete(MESSAGES, batch([await it.handle()]))).status).toBe(204)
    for (const wrong of [[], Array(17).fill(BOGUS)]) {
      expect((await it.mns.delete(MESSAGES, batch(wrong))).refusal).toBe('400 InvalidArgument')
    }
  })
})

describe('change of visibility', () => {
  test('52: gives a new handle and counts from now', async () => {
    const it = await consumer(['x'])
    const handle = await it.handle()
    it.clock.advance(20_000)
    const reply = await it.change(handle, 10)
    expect([reply.status, ...reply.elements()]).toEqual([200, 'ChangeVisibility', 'ReceiptHandle', 'NextVisibleTime'])
    expect(reply.one('ReceiptHandle')).not.toBe(handle)
    expect(reply.one('NextVisibleTime')).toBe(String(it.clock.now() + 10_000))
    const escaped = encodeURIComponent(reply.one('ReceiptHandle'))
    const other = await it.mns.put(`${MESSAGES}?ReceiptHandle=${escaped}&VisibilityTimeout=60`)
    expect(other.one('NextVisibleTime')).toBe(String(it.clock.now() + 60_000))
  })

  test('53: the new handle deletes, the old one does not', async () => {
    const it = await consumer(['x'])
    const old = await it.handle()
    const fresh = (await it.change(old, 10)).one('ReceiptHandle')
    expect(await it.delete(old)).toBe('400 ReceiptHandleError')
    expect(await it.delete(fresh)).toBe('204 -')
  })

  test('53, other mode: the old one deletes too, but not that of an earlier receive', async () => {
    const it = await consumer(['x'], { supersededHandle: 'accepted' })
    const earlier = await it.handle()
    it.clock.advance(30_000)
    const old = await it.handle()
    await it.change(old, 10)
    expect(await it.delete(earlier)).toBe('400 ReceiptHandleError')
    expect(await it.delete(old)).toBe('204 -')
  })

  test('54: what is refused', async () => {
    const it = await consumer(['x'])
    const handle = await it.handle()
    const missing = await it.mns.put(`${MESSAGES}?receiptHandle=${encodeURIComponent(handle)}`)
    expect(missing.refusal).toBe('400 MissingVisibilityTimeout')
    expect((await it.mns.put(`${MESSAGES}?visibilityTimeout=10`)).refusal).toBe('400 MissingReceiptHandle')
    for (const seconds of [0, 43_201, 'long']) {
      expect((await it.change(handle, seconds)).refusal).toBe('400 InvalidArgument')
    }
    expect((await it.change(BOGUS, 10)).refusal).toBe('400 ReceiptHandleError')
    it.clock.advance(30_000)
    expect((await it.change(handle, 10)).refusal).toBe('404 MessageNotExist')
  })

  test('55: to 1 gives the message back after a second', async () => {
    const it = await consumer(['x'])
    await it.change(await it.handle(), 1)
    it.clock.advance(999)
    expect((await it.mns.get(MESSAGES)).refusal).toBe('404 MessageNotExist')
    it.clock.advance(1)
    expect((await it.mns.get(MESSAGES)).one('DequeueCount')).toBe('2')
  })
})

describe('dead letters', () => {
  test('56: after three receives the message is in the other queue, as old as it is', async () => {
    const it = await consumer(['poison'])
    const { service } = it.mns
    const sentAt = it.clock.now()
    service.createQueue('dead')
    service.setDeadLetter('q', { target: 'dead', maxReceiveCount: 3 })
    for (let count = 1; count <= 3; count += 1) {
      expect((await it.mns.get(MESSAGES)).one('DequeueCount')).toBe(String(count))
      it.clock.advance(30_000)
    }
    expect((await it.mns.get(MESSAGES)).refusal).toBe('404 MessageNotExist')
    const dead = await it.mns.get('/queues/dead/messages')
    expect([dead.one('MessageBody'), dead.one('EnqueueTime')]).toEqual(['poison', String(sentAt)])
    it.clock.advance(345_600_000 - 90_000)
    expect(service.messages('dead')).toEqual([])
  })

  test('56: a poll on the other queue gets it at once', async () => {
    const it = await consumer(['poison'])
    const { service } = it.mns
    service.createQueue('dead')
    service.setDeadLetter('q', { target: 'dead', maxReceiveCount: 1 })
    const poll = it.mns.get('/queues/dead/messages?waitseconds=30')
    await service.waitFor(() => service.stats('dead').polls === 1)
    await it.change(await it.handle(), 2)
    it.clock.advance(2_000)
    expect((await poll).one('DequeueCount')).toBe('1')
  })

  test('56: a policy needs another queue that exists, and ends with it', async () => {
    const it = await consumer(['poison'])
    const { service } = it.mns
    expect(() => service.setDeadLetter('q', { target: 'q', maxReceiveCount: 1 })).toThrow('its own')
    expect(() => service.setDeadLetter('q', { target: 'none', maxReceiveCount: 1 })).toThrow('not exist')
    service.createQueue('dead')
    expect(() => service.setDeadLetter('q', { target: 'dead', maxReceiveCount: 0 })).toThrow('MaxReceiveCount')
    service.setDeadLetter('q', { target: 'dead', maxReceiveCount: 1 })
    await it.mns.delete('/queues/dead')
    await it.handle()
    it.clock.advance(30_000)
    expect((await it.mns.get(MESSAGES)).one('DequeueCount')).toBe('2')
  })
})
