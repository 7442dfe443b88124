import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { cachedCredentials, staticCredentials } from '../../src/cloud/credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { MnsSource, MnsSourceOptions } from '../../src/queue/mns-source.ts'
import type { QueueMessage } from '../../src/queue/source.ts'
import { FAULT_KINDS, type FaultKind, Faults } from '../../src/sandbox/faults.ts'
import { type LoopbackServer, startLoopbackServer } from '../../src/sandbox/loopback-server.ts'
import { createMnsService, type MnsService, type MnsServiceOptions } from '../../src/sandbox/mns/mns-service.ts'
import { closeLater } from '../support/close-later.ts'
import { OPERATIONS, openSource, unaborted } from './open-source.ts'

const NONE = new Set()

let service: MnsService
let server: LoopbackServer
let faults: Faults

async function startService(options: Partial<MnsServiceOptions> = {}): Promise<void> {
  faults = new Faults()
  service = await createMnsService({ accessKeyId: 'key-id', accessKeySecret: 'key-secret', ...options })
  server = await startLoopbackServer(service, { port: 0, faults })
  closeLater(async () => {
    await service.close()
    await server.close()
  })
  service.createQueue('q', { visibilityTimeout: 60 })
}

const open = (options: Partial<MnsSourceOptions> = {}) => openSource(server.url, { waitSeconds: 0, ...options })

async function receiveAll(source: MnsSource): Promise<QueueMessage[]> {
  const outcome = await source.receive(16, unaborted)
  if (outcome.kind !== 'messages') throw new Error(`expected messages, found ${JSON.stringify(outcome)}`)
  return outcome.messages
}

beforeEach(() => startService())

describe('against the sandbox', () => {
  test('16 messages are received in one call and deleted in another', async () => {
    const ids = service.send(
      'q',
      Array.from({ length: 20 }, (_, index) => `body ${index}`)
    )
    const source = open()
    const messages = await receiveAll(source)
    expect(messages.map(({ messageId }) => messageId)).toEqual(ids.slice(0, 16))
    expect(messages.map(({ body }) => body)).toEqual(Array.from({ length: 16 }, (_, index) => `body ${index}`))
    expect(messages[0]).toMatchObject({ dequeueCount: 1, enqueuedMs: service.messages('q')[0]?.enqueuedAt })
    const handles = messages.map(({ receiptHandle }) => receiptHandle)
    expect(await source.acknowledge(handles)).toEqual({ kind: 'acknowledged', lost: NONE, retry: NONE })
    expect(service.stats('q')).toMatchObject({ deleted: 16, visible: 4, invisible: 0 })
    expect(server.counts.get('BatchDeleteMessage')).toBe(1)
  })

  test('a long poll brings a message as soon as it is sent', async () => {
    const receiving = open({ waitSeconds: 30 }).receive(16, unaborted)
    await service.waitFor(() => service.stats('q').polls === 1)
    service.send('q', ['late'])
    expect(await receiving).toMatchObject({ kind: 'messages', messages: [{ body: 'late' }] })
  })

  test('an aborted long poll is gone from the service and takes nothing', async () => {
    const abort = new AbortController()
    const receiving = open({ waitSeconds: 30 }).receive(16, abort.signal)
    await service.waitFor(() => service.stats('q').polls === 1)
    abort.abort()
    expect(await receiving).toMatchObject({ kind: 'failed', fault: { class: 'aborted' } })
    await service.waitFor(() => service.stats('q').polls === 0)
    service.send('q', ['kept'])
    expect(service.stats('q')).toMatchObject({ visible: 1, invisible: 0 })
  })

  test('an empty queue is held to the end of the wait', async () => {
    expect(await open({ waitSeconds: 1 }).receive(16, unaborted)).toEqual({ kind: 'empty', held: true })
  })

  test('an extension gives a new handle: it deletes, the old one is lost', async () => {
    service.send('q', ['x'])
    const source = open()
    const [message] = await receiveAll(source)
    const old = message?.receiptHandle ?? ''
    const extended = await source.extend(old, 3_600_000)
    const renewed = extended.kind === 'extended' ? extended.receiptHandle : ''
    expect(renewed).not.toBe(old)
    expect((service.messages('q')[0]?.nextVisibleAt ?? 0) - Date.now()).toBeGreaterThan(3_500_000)
    expect(await source.extend(old, 1_000)).toEqual({ kind: 'lost' })
    expect(await source.acknowledge([old])).toEqual({ kind: 'acknowledged', lost: new Set([old]), retry: NONE })
    expect(await source.acknowledge([renewed])).toEqual({ kind: 'acknowledged', lost: NONE, retry: NONE })
    expect(service.stats('q')).toMatchObject({ deleted: 1, invisible: 0 })
  })

  test('of a batch delete only the handles that are not ours are lost, whatever is in them', async () => {
    service.send('q', ['1', '2', '3'])
    const source = open()
    const mine = (await receiveAll(source)).map(({ receiptHandle }) => receiptHandle)
    const foreign = ['1-ODU4OTkzNDU5My0xNDM1MTk3NjAwLTItNg==', '8-a+b/c=&d#e f', '1-<é测😀>"\'%']
    expect(await source.acknowledge([...foreign, ...mine])).toEqual({
      kind: 'acknowledged',
      lost: new Set(foreign),
      retry: NONE
    })
    expect(service.stats('q').deleted).toBe(3)
    for (const handle of foreign) expect(await source.extend(handle, 1_000)).toEqual({ kind: 'lost' })
  })

  test('a delayed message is sent, and not there yet', async () => {
    const source = open()
    const sent = await source.send('later', 60_000)
    expect(sent).toEqual({ kind: 'sent', messageId: service.messages('q')[0]?.id })
    expect(service.stats('q')).toMatchObject({ delayed: 1, visible: 0 })
    expect(await source.receive(16, unaborted)).toEqual({ kind: 'empty', held: true })
  })

  test('any text that XML can hold comes back as it was sent', async () => {
    const source = open()
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    const markup = fc.constantFrom('<a>', '&amp;', ']]>', '<![CDATA[', '&#13;', '\r\n', '\t', '"', "'", '<!--', '测')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(text, markup), { minLength: 1, maxLength: 8 }), async (parts) => {
        const body = parts.join('')
        expect(await source.send(body, 0)).toMatchObject({ kind: 'sent' })
        const [message] = await receiveAll(source)
        expect(message?.body).toBe(body)
        expect(await source.acknowledge([message?.receiptHandle ?? ''])).toMatchObject({ lost: NONE })
      }),
      { numRuns: 60 }
    )
  })

  test('a body that the service refuses is rejected', async () => {
    expect(await open().send('x'.repeat(65_537), 0)).toMatchObject({ kind: 'failed', fault: { class: 'rejected' } })
  })

  test('a queue describes itself; one that is not there is missing for every operation', async () => {
    expect(await open().describe()).toEqual({
      ...{ kind: 'found', visibilityMs: 60_000, retentionMs: 345_600_000 },
      ...{ pollingMs: 0, maxMessageBytes: 65_536 }
    })
    const absent = open({ name: 'absent' })
    for (const [, operation] of OPERATIONS) {
      expect(await operation(absent)).toMatchObject({ fault: { class: 'missing', code: 'QueueNotExist', status: 404 } })
    }
  })

  test('a wrong secret and an unknown key are faults of the credentials', async () => {
    for (const [id, code] of [
      ['key-id', 'SignatureDoesNotMatch'],
      ['other', 'InvalidAccessKeyId']
    ] as const) {
      const source = open({ credentials: staticCredentials(id, 'wrong') })
      expect(await source.describe()).toMatchObject({ fault: { class: 'credentials', code, status: 403 } })
    }
  })

  test('a clock that is off is a fault of the clock', async () => {
    await startService({ clock: { ...systemClock, now: () => Date.now() + 16 * 60_000 } })
    expect(await open().describe()).toMatchObject({ fault: { class: 'clock', code: 'TimeExpired' } })
  })

  test('a token that has expired is refused once; the next call brings the new one', async () => {
    await startService({ accessKeyId: 'sts-2', accessKeySecret: 'secret-2', securityToken: 'token-2' })
    let elapsedMs = 0
    let generation = 0
    const credentials = cachedCredentials(
      () => async () => {
        generation += 1
        const [accessKeyId, accessKeySecret] = [`sts-${generation}`, `secret-${generation}`]
        return { accessKeyId, accessKeySecret, securityToken: `token-${generation}` }
      },
      { clock: { ...systemClock, elapsed: () => elapsedMs } }
    )
    const source = open({ credentials })
    expect(await source.describe()).toMatchObject({ fault: { class: 'credentials', status: 403 } })
    elapsedMs = 1_000
    expect(await source.describe()).toMatchObject({ kind: 'found' })
    expect(generation).toBe(2)
  })
})

/** Timers strike after 100 ms, so that a stalled answer does not stall the test. */
const hurried = {
  ...systemClock,
  after: (ms: number, callback: () => void) => systemClock.after(Math.min(ms, 100), callback)
}

/** What the effect of each operation on a message that was received before looks like in the queue. */
const EFFECTS: Readonly<Record<string, () => boolean>> = {
  acknowledged: () => service.stats('q').deleted === 1,
  extended: () => (service.messages('q')[0]?.nextVisibleAt ?? 0) > Date.now() + 3_000_000,
  sent: () => service.stats('q').sent === 2,
  found: () => true
}

describe('under a fault of the service', () => {
  const broken: FaultKind[] = ['error', 'html', 'empty', 'text', 'reset-before', 'stall-before', 'no-host-id']
  const cutOff: FaultKind[] = ['reset-after', 'reset-mid-body', 'truncate', 'stall-after', 'stall-body']

  test.each([...broken, ...cutOff, 'slow' as const])('%s: nothing succeeds that did not happen', async (kind) => {
    const operations: ReadonlyArray<(handle: string, source: MnsSource) => Promise<{ kind: string; fault?: object }>> =
      [
        (handle, source) => source.acknowledge([handle]),
        (handle, source) => source.extend(handle, 3_600_000),
        (_handle, source) => source.send('again', 0),
        (_handle, source) => source.describe()
      ]
    for (const run of operations) {
      await startService()
      service.send('q', ['x'])
      const [message] = await receiveAll(open())
      const source = open(kind.startsWith('stall') ? { clock: hurried } : {})
      const clear = faults.add({ kind, code: 'InternalError', ms: 5 })
      const outcome = await run(message?.receiptHandle ?? '', source)
      clear()
      if (outcome.kind === 'failed') {
        const expected = kind === 'text' ? 'throttled' : 'unavailable'
        expect(outcome.fault).toMatchObject({ class: expected, code: expect.any(String), message: expect.any(String) })
        expect(kind).not.toBe('slow')
      } else {
        expect(broken).not.toContain(kind)
        expect(EFFECTS[outcome.kind]?.()).toBe(true)
      }
    }
  })

  test.each([...broken, ...cutOff])('%s: a receive has failed, and the messages come again', async (kind) => {
    const source = open(kind.startsWith('stall') ? { clock: hurried } : {})
    service.send('q', ['x'])
    const clear = faults.add({ kind, code: 'InternalError' })
    expect(await source.receive(16, unaborted)).toMatchObject({ kind: 'failed', fault: { code: expect.any(String) } })
    clear()
    expect(service.stats('q').deleted).toBe(0)
    expect(service.messages('q')).toHaveLength(1)
  })

  test.each([
    ['reset-before', 0],
    // The first try deleted the message, so the second finds no such handle: the truth, if not the whole of it.
    ['reset-after', 1]
  ] as const)('%s once: the delete is tried again on a new connection; lost: %d', async (kind, lost) => {
    service.send('q', ['x'])
    const source = open()
    const [message] = await receiveAll(source)
    faults.add({ kind, count: 1 })
    const outcome = await source.acknowledge([message?.receiptHandle ?? ''])
    expect(outcome).toMatchObject({ kind: 'acknowledged', lost: { size: lost } })
    expect(service.stats('q').deleted).toBe(1)
  })

  test('duplicate: the same message comes twice, each time with a handle of its own', async () => {
    service.send('q', ['x'])
    const source = open()
    faults.add({ kind: 'duplicate', count: 1 })
    const [[first], [second]] = [await receiveAll(source), await receiveAll(source)]
    expect(second).toMatchObject({ messageId: first?.messageId, dequeueCount: 2 })
    expect(second?.receiptHandle).not.toBe(first?.receiptHandle)
  })

  test('lost-ack: the delete looks done, as it must, and the message stays', async () => {
    service.send('q', ['x'])
    const source = open()
    const [message] = await receiveAll(source)
    faults.add({ kind: 'lost-ack' })
    expect(await source.acknowledge([message?.receiptHandle ?? ''])).toMatchObject({ kind: 'acknowledged', lost: NONE })
    expect(service.messages('q')).toHaveLength(1)
  })

  test('early-empty: an empty answer that came too early says so', async () => {
    faults.add({ kind: 'early-empty' })
    expect(await open({ waitSeconds: 30 }).receive(16, unaborted)).toEqual({ kind: 'empty', held: false })
  })

  test('partial-delete: what was not deleted is named, to be tried again', async () => {
    service.send('q', ['a', 'b', 'c', 'd'])
    const source = open()
    const messages = await receiveAll(source)
    const handles = messages.map(({ receiptHandle }) => receiptHandle)
    faults.add({ kind: 'partial-delete', count: 1 })
    const outcome = await source.acknowledge(handles)
    expect(outcome).toMatchObject({ kind: 'acknowledged', lost: NONE, retry: { size: 2 } })
    const left = outcome.kind === 'acknowledged' ? [...outcome.retry] : []
    const kept = messages.filter(({ receiptHandle }) => left.includes(receiptHandle))
    expect(new Set(service.messages('q').map(({ id }) => id))).toEqual(new Set(kept.map(({ messageId }) => messageId)))
    expect(await source.acknowledge(left)).toMatchObject({ kind: 'acknowledged', lost: NONE, retry: NONE })
    expect(service.messages('q')).toEqual([])
  })

  test('every kind of fault of a queue is in one of these tests', () => {
    const tested: FaultKind[] = [...broken, ...cutOff, 'slow', 'duplicate', 'lost-ack', 'early-empty', 'partial-delete']
    const ofTheLogstore: FaultKind[] = ['incomplete']
    expect(new Set([...tested, ...ofTheLogstore])).toEqual(new Set(FAULT_KINDS))
  })
})
