import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { AuditError } from '../../src/lib/errors.ts'
import { auditRecord } from '../../src/logstore/record.ts'
import type { LogRecord } from '../../src/logstore/sink.ts'
import { MAX_PUT_LOGS } from '../../src/logstore/sls-sink.ts'
import { FAULT_KINDS, type FaultKind } from '../../src/sandbox/faults.ts'
import { serve } from '../queue/serve-script.ts'
import { openSink, openSls, someRecords } from './open-sink.ts'

describe('put', () => {
  it('stores what was sent, field by field', async () => {
    const { service, server } = await openSls()
    const sink = openSink(server.url, { source: 'host-1' })
    const records = [...someRecords(3), ...someRecords(1, '实例 🎉 \0 é'), ...someRecords(1, 'x'.repeat(60_000))]
    const expected = records.map((record) => ({
      time: record.timeS,
      topic: 'event',
      source: 'host-1',
      fields: fieldsOf(record)
    }))
    expect(await sink.put('event', records)).toEqual({ kind: 'stored' })
    const stored = await service.logs('my-audit', 'ecs-events')
    expect(stored.map(({ time, topic, source, fields }) => ({ time, topic, source, fields }))).toEqual(expected)
  })

  it('never stores what a stored record has become: its memory is used anew', async () => {
    const { service, server } = await openSls()
    const sink = openSink(server.url)
    const records = someRecords(200)
    expect(await sink.put('event', records)).toEqual({ kind: 'stored' })
    const others = someRecords(200, 'other')
    await expect(sink.put('event', records)).rejects.toThrow('let go')
    expect(await sink.put('event', others)).toEqual({ kind: 'stored' })
    expect(await service.logs('my-audit', 'ecs-events')).toHaveLength(400)
  })

  it('leaves a record that was not stored as it is', async () => {
    const server = await serve((response) => response.writeHead(503).end())
    const records = someRecords(2)
    const before = records.map(fieldsOf)
    expect(await openSink(server.url).put('event', records)).toMatchObject({ kind: 'retry' })
    someRecords(200, 'other')
    expect(records.map(fieldsOf)).toEqual(before)
  })

  it('stores any text', async () => {
    const { service, server } = await openSls()
    const sink = openSink(server.url)
    const texts = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), 100)
    const records = texts.map((content) => auditRecord('event', Date.now(), Date.now(), { content }))
    expect(await sink.put('event', records)).toEqual({ kind: 'stored' })
    const stored = await service.logs('my-audit', 'ecs-events')
    expect(stored.map(({ fields }) => fields['content'])).toEqual(texts)
  })

  it('sends nothing for no records', async () => {
    const server = await serve((response) => response.writeHead(500).end())
    expect(await openSink(server.url).put('event', [])).toEqual({ kind: 'stored' })
    expect(server.arrivals).toHaveLength(0)
  })

  it('tells its length, names the project in the Host header, and signs with version 4', async () => {
    const server = await serve((response) => response.writeHead(200, { 'x-log-requestid': 'R1' }).end())
    expect(await openSink(server.url).put('event', someRecords(2))).toEqual({ kind: 'stored' })
    const { method, target, headers } = server.arrivals[0] ?? {}
    expect({ method, target }).toEqual({ method: 'POST', target: '/logstores/ecs-events/shards/lb' })
    expect(headers).toMatchObject({
      host: `my-audit.${new URL(server.url).host}`,
      'content-type': 'application/x-protobuf',
      'content-length': expect.stringMatching(/^[1-9]\d*$/),
      'x-log-compresstype': 'lz4',
      'x-log-bodyrawsize': expect.stringMatching(/^[1-9]\d*$/),
      'x-log-apiversion': '0.6.0',
      authorization: expect.stringMatching(/^SLS4-HMAC-SHA256 Credential=sandbox-id\/\d{8}\/cn-hangzhou\/sls\//)
    })
    expect(headers).not.toHaveProperty('transfer-encoding')
  })

  it('is accepted by a service that refuses bodies without a length', async () => {
    const { server } = await openSls({ refuseChunked: true })
    expect(await openSink(server.url).put('event', someRecords(1))).toEqual({ kind: 'stored' })
  })

  it('reuses one connection', async () => {
    const server = await serve((response) => response.writeHead(200, { 'x-log-requestid': 'R1' }).end())
    const sink = openSink(server.url)
    for (let put = 0; put < 10; put += 1) await sink.put('event', someRecords(1))
    expect(server.connections()).toBe(1)
  })

  it('asks to split what is more than one put may hold, without sending it', async () => {
    const { server } = await openSls()
    const sink = openSink(server.url)
    const outcome = { kind: 'too-large', fault: { code: 'PostBodyTooLarge' } }
    expect(await sink.put('event', someRecords(MAX_PUT_LOGS + 1))).toMatchObject(outcome)
    expect(await sink.put('event', someRecords(4, 'x'.repeat(900_000)))).toMatchObject(outcome)
    expect(server.counts.get('PutLogs')).toBeUndefined()
    expect(await sink.put('event', someRecords(3, 'x'.repeat(900_000)))).toEqual({ kind: 'stored' })
  })

  it('takes no fresh memory for each put that is to be split', async () => {
    const sink = openSink('http://127.0.0.1:1')
    const records = someRecords(MAX_PUT_LOGS + 1)
    const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow')
    for (let put = 0; put < 5; put++) await sink.put('event', records)
    const groups = allocate.mock.calls.filter(([bytes]) => bytes > 512 * 1024)
    allocate.mockRestore()
    expect(groups).toHaveLength(1)
  })

  it('refuses, and stores nothing, for one bad record among good ones', async () => {
    const { service, server } = await openSls({ refuse: (fields) => fields['event_key'] === 'key-2' })
    const outcome = await openSink(server.url).put('event', someRecords(5))
    expect(outcome).toMatchObject({
      kind: 'refused',
      fault: { class: 'rejected', code: 'PostBodyInvalid', status: 400 }
    })
    expect(await service.count('my-audit', 'ecs-events')).toBe(0)
  })

  it('holds its records while the logstore or the project is missing', async () => {
    const { server } = await openSls()
    for (const options of [{ logstore: 'nowhere' }, { project: 'no-project' }]) {
      const outcome = await openSink(server.url, options).put('event', someRecords(1))
      expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'missing', status: 404 } })
    }
  })

  it('refuses plain http to other machines', () => {
    expect(() => openSink('http://cn-hangzhou.log.aliyuncs.com')).toThrow(AuditError)
  })
})

describe('faults', () => {
  const executed: readonly FaultKind[] = [
    'reset-after',
    'reset-mid-body',
    'truncate',
    'stall-after',
    'stall-body',
    'slow'
  ]
  const ofOtherCalls: readonly FaultKind[] = [
    'no-host-id',
    'duplicate',
    'lost-ack',
    'early-empty',
    'partial-delete',
    'incomplete'
  ]

  it.each(FAULT_KINDS.filter((kind) => !ofOtherCalls.includes(kind)))(
    '%s: stored only if it is stored',
    async (kind) => {
      const { service, server, faults } = await openSls()
      const sink = openSink(server.url, { timeoutMs: 300 })
      faults.add({
        service: 'sls',
        operation: 'PutLogs',
        kind,
        code: 'ServerBusy',
        ms: kind === 'slow' ? 600 : 0,
        count: 1
      })
      const outcome = await sink.put('event', someRecords(2))
      if (kind !== 'truncate') expect(outcome.kind).toBe('retry')
      if (outcome.kind === 'stored') expect(await service.count('my-audit', 'ecs-events')).toBe(2)
      if (!executed.includes(kind)) expect(await service.count('my-audit', 'ecs-events')).toBe(0)
      faults.clear()
      expect(await openSink(server.url).put('event', someRecords(2))).toEqual({ kind: 'stored' })
    }
  )

  it.each([
    ['html', { class: 'unavailable', code: 'BadGateway', status: 502 }],
    ['empty', { class: 'unavailable', code: 'BadGateway', status: 503 }],
    ['text', { class: 'throttled', code: 'TooManyRequests', status: 429 }],
    ['reset-before', { class: 'unavailable', code: 'ConnectionReset', status: 0 }],
    ['stall-before', { class: 'unavailable', code: 'Timeout', status: 0 }],
    ['stall-body', { class: 'unavailable', code: 'Timeout', status: 0 }],
    ['reset-mid-body', { class: 'unavailable', code: 'ConnectionReset', status: 0 }]
  ] as const)('%s is told as what it is', async (kind, fault) => {
    const { server, faults } = await openSls()
    faults.add({ service: 'sls', kind })
    const outcome = await openSink(server.url, { timeoutMs: 300 }).put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault })
  })

  it('tells a port where nothing listens', async () => {
    const server = await serve((response) => response.end())
    await server.close()
    const outcome = await openSink(server.url).put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'unavailable', code: 'ConnectionRefused' } })
  })

  it('tells a host name that does not exist', async () => {
    const outcome = await openSink('https://no-such-host.invalid').put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'unavailable', code: 'HostNotFound' } })
  })

  it('tells a server that speaks no TLS', async () => {
    const server = await serve((response) => response.end())
    const outcome = await openSink(server.url.replace('http:', 'https:')).put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'unavailable', code: 'TlsFailure' } })
  })

  it('gives up at its time limit, not at the first silence', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'x-log-requestid': 'R1' }).flushHeaders()
      const drip = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(drip))
    })
    const outcome = await openSink(server.url, { timeoutMs: 200 }).put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { code: 'Timeout' } })
    await server.drained()
  })
})

describe('answers that no logstore gives', () => {
  it.each([
    ['a portal that says 200', 200, { 'content-type': 'text/html' }, '<html>Welcome, please log in</html>'],
    ['an empty 200 of something else', 200, {}, ''],
    ['a JSON 200 of something else', 200, { 'content-type': 'application/json' }, '{"ok":true}'],
    ['an empty 204 of something else', 204, {}, ''],
    ['accepted, for later', 202, { 'x-log-requestid': 'R1' }, ''],
    ['a redirect', 302, { location: 'http://127.0.0.1:1/login' }, ''],
    ['a redirect that names a request', 302, { 'x-log-requestid': 'R1' }, ''],
    ['not modified', 304, {}, ''],
    ['a forbidding page', 403, { 'content-type': 'text/html' }, '<html>Forbidden</html>'],
    ['a bad-request page', 400, { 'content-type': 'text/html' }, '<html>Bad Request</html>'],
    ['a page that knows no such host', 404, {}, 'no such host'],
    ['JSON without a code', 400, { 'x-log-requestid': 'R1' }, '{"message":"no"}'],
    ['JSON that is no object', 400, { 'x-log-requestid': 'R1' }, '[]'],
    ['a code that is no word', 400, { 'x-log-requestid': 'R1' }, '{"errorCode":"<script>","errorMessage":""}']
  ] as const)('%s: the records are held', async (_, status, headers, body) => {
    const server = await serve((response) => response.writeHead(status, headers).end(body))
    const outcome = await openSink(server.url).put('event', someRecords(2))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'unavailable', status } })
  })

  it('a proxy that finds the body too large: split', async () => {
    const server = await serve((response) => response.writeHead(413).end('<html>Request Entity Too Large</html>'))
    expect(await openSink(server.url).put('event', someRecords(2))).toMatchObject({ kind: 'too-large' })
  })
})

describe('close', () => {
  it('leaves no connection open, and ends what runs as aborted', async () => {
    const server = await serve((response, { number }) => {
      if (number <= 3) response.writeHead(200, { 'x-log-requestid': 'R1' }).end()
    })
    const sink = openSink(server.url)
    await Promise.all([1, 2, 3].map(() => sink.put('event', someRecords(1))))
    const running = [4, 5].map(() => sink.put('event', someRecords(1)))
    await server.arrived(5)
    await sink.close()
    await server.drained()
    for (const outcome of await Promise.all(running)) {
      expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'aborted' } })
    }
    expect(await sink.put('event', someRecords(1))).toMatchObject({ kind: 'retry', fault: { class: 'aborted' } })
    await sink.close()
  })
})

describe('a kept-alive connection that died while idle', () => {
  it('is replaced at once', async () => {
    const server = await serve((response, { number, socket }) => {
      // The second request finds its connection closed under it, as after an idle time-out of the service.
      if (number === 2) socket.resetAndDestroy()
      else response.writeHead(200, { 'x-log-requestid': 'R1' }).end()
    })
    const sink = openSink(server.url)
    expect(await sink.put('event', someRecords(1))).toEqual({ kind: 'stored' })
    expect(await sink.put('event', someRecords(1))).toEqual({ kind: 'stored' })
    expect(server.arrivals).toHaveLength(3)
  })

  it('is replaced once, no more', async () => {
    const server = await serve((response, { number, socket }) => {
      if (number > 1) socket.resetAndDestroy()
      else response.writeHead(200, { 'x-log-requestid': 'R1' }).end()
    })
    const sink = openSink(server.url)
    await sink.put('event', someRecords(1))
    const outcome = await sink.put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { code: 'ConnectionReset' } })
    expect(server.arrivals).toHaveLength(3)
  })

  it('is no excuse to send again what was answered in part', async () => {
    const server = await serve((response, { number, socket }) => {
      if (number === 1) return void response.writeHead(200, { 'x-log-requestid': 'R1' }).end()
      response.writeHead(200, { 'x-log-requestid': 'R2', 'content-length': 10 })
      response.write('half', () => socket.resetAndDestroy())
    })
    const sink = openSink(server.url)
    await sink.put('event', someRecords(1))
    expect(await sink.put('event', someRecords(1))).toMatchObject({ kind: 'retry', fault: { code: 'ConnectionReset' } })
    expect(server.arrivals).toHaveLength(2)
  })

  it('is no excuse to send twice over a new connection', async () => {
    const server = await serve((_, { socket }) => socket.resetAndDestroy())
    const outcome = await openSink(server.url).put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { code: 'ConnectionReset' } })
    expect(server.arrivals).toHaveLength(1)
  })
})

describe('a clock that is wrong', () => {
  const shifted = (ms: number) => ({ ...systemClock, now: () => Date.now() + ms })

  it.each([
    ['behind', -3_600_000],
    ['ahead', 3_600_000]
  ])('%s by an hour: corrected by the service, then right at once', async (_, skewMs) => {
    const { server } = await openSls()
    const sink = openSink(server.url, { clock: shifted(skewMs) })
    expect(await sink.put('event', someRecords(1))).toEqual({ kind: 'stored' })
    expect(await sink.put('event', someRecords(1))).toEqual({ kind: 'stored' })
    expect(server.counts.get('PutLogs')).toBe(3)
  })

  it('is corrected for all puts that are under way', async () => {
    const { service, server } = await openSls()
    const sink = openSink(server.url, { clock: shifted(86_400_000) })
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => sink.put('event', someRecords(1))))
    expect(outcomes).toEqual(Array(4).fill({ kind: 'stored' }))
    expect(await service.count('my-audit', 'ecs-events')).toBe(4)
  })

  it.each(['RequestTimeExpired', 'RequestTimeTooSkewed'])(
    '%s: tells by how much when that does not help',
    async (code) => {
      const answer = JSON.stringify({ errorCode: code, errorMessage: 'too old' })
      const server = await serve((response) => response.writeHead(400, { 'x-log-requestid': 'R1' }).end(answer))
      const outcome = await openSink(server.url, { clock: shifted(-7_200_000) }).put('event', someRecords(1))
      expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'clock', code } })
      expect(outcome).toHaveProperty('fault.message', expect.stringMatching(/it is 7(199|200|201) s behind/))
      expect(server.arrivals).toHaveLength(2)
    }
  )

  it('is not corrected by an answer without a date', async () => {
    const answer = JSON.stringify({ errorCode: 'RequestTimeExpired', errorMessage: '' })
    const server = await serve((response) => {
      response.sendDate = false
      response.writeHead(400, { 'x-log-requestid': 'R1' }).end(answer)
    })
    const outcome = await openSink(server.url).put('event', someRecords(1))
    expect(outcome).toMatchObject({ kind: 'retry', fault: { class: 'clock' } })
    expect(server.arrivals).toHaveLength(1)
  })
})

function fieldsOf({ fields }: LogRecord): Record<string, string> {
  const pairs = Array.from({ length: fields.length / 2 }, (_, index) => fields.slice(index * 2, index * 2 + 2))
  return Object.fromEntries(pairs)
}
