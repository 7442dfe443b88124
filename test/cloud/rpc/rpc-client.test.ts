import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Credentials } from '../../../src/cloud/credentials.ts'
import type { RpcCallReport } from '../../../src/cloud/rpc/rpc-client.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { always, reply } from '../../queue/scripted-server.ts'
import { serve } from '../../queue/serve-script.ts'
import { callOf, errorJson, KEYS, limitsOf, openApi, SkippingClock, SUCCESS } from './open-api.ts'

const MINUTE_MS = 60_000

describe('what goes out', () => {
  test('one signed request: action and version as headers, flattened parameters in the query', async () => {
    const server = await serve(always(200, SUCCESS))
    const clock = new SkippingClock(Date.UTC(2026, 10, 22, 12))
    const query = { RegionId: 'cn-hangzhou', Tag: [{ Key: 'a b', Value: "c'(d)*!" }], Absent: undefined }
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 10_000), { query }))
    expect(outcome).toEqual({ kind: 'done', value: { RequestId: 'REQ-1', Answer: 42 } })
    const [arrival] = server.arrivals
    expect(arrival).toMatchObject({ method: 'POST', body: '' })
    expect(Object.fromEntries(new URL(arrival?.target ?? '', server.url).searchParams)).toEqual({
      RegionId: 'cn-hangzhou',
      'Tag.1.Key': 'a b',
      'Tag.1.Value': "c'(d)*!"
    })
    expect(arrival?.headers).toMatchObject({
      'x-acs-action': 'StartInstance',
      'x-acs-version': '2014-05-26',
      'x-acs-security-token': KEYS.token,
      'x-acs-date': expect.stringMatching(/^2026-11-22T12:00:\d\dZ$/),
      authorization: expect.stringMatching(/^ACS3-HMAC-SHA256 Credential=KEY-ID-1,SignedHeaders=host;x-acs-/)
    })
  })

  test('each try has a nonce of its own', async () => {
    const server = await serve((response, { number }) =>
      number < 3 ? reply(response, 500, errorJson('InternalError')) : reply(response, 200, SUCCESS)
    )
    const clock = new SkippingClock()
    expect(await openApi(server.url, { clock }).call(callOf(limitsOf(clock, MINUTE_MS)))).toMatchObject({
      kind: 'done'
    })
    const nonces = server.arrivals.map(({ headers }) => headers['x-acs-signature-nonce'])
    expect(new Set(nonces).size).toBe(3)
  })

  test('no more than `concurrency` requests are under way', async () => {
    const held: ServerResponse[] = []
    let most = 0
    const server = await serve((response) => {
      held.push(response)
      most = Math.max(most, held.length)
      // Answered only when three are under way, and a moment later, in which a fourth would arrive.
      if (held.length === 3) setTimeout(() => held.splice(0).map((waiting) => reply(waiting, 200, SUCCESS)), 20)
    })
    const api = openApi(server.url, { clock: systemClock, concurrency: 3 })
    const limits = limitsOf(systemClock, 10_000)
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => api.call(callOf(limits))))
    expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(30)
    expect(most).toBe(3)
    expect(server.connections()).toBeLessThanOrEqual(3)
  })
})

describe('what an answer means', () => {
  /** The tries that two minutes have room for do not matter here: the outcome does. */
  const ROWS: ReadonlyArray<readonly [status: number, body: string, kind: string, fault: object, repeated: boolean]> = [
    [
      403,
      errorJson('IncorrectInstanceStatus'),
      'refused',
      { class: 'rejected', code: 'IncorrectInstanceStatus' },
      false
    ],
    [404, errorJson('InvalidInstanceId.NotFound'), 'refused', { class: 'missing' }, false],
    [403, errorJson('OperationDenied.NoStock'), 'refused', { class: 'rejected' }, false],
    [403, errorJson('Forbidden.RAM'), 'refused', { class: 'credentials' }, false],
    [400, errorJson('IdempotentParameterMismatch'), 'refused', { class: 'rejected' }, false],
    [409, errorJson('BackendServer.configuring'), 'busy', { class: 'unavailable' }, true],
    [400, errorJson('IncorrectStatus.serverGroup'), 'busy', { class: 'unavailable' }, true],
    [449, errorJson('SystemBusy'), 'busy', { class: 'unavailable' }, true],
    [449, errorJson('SomethingNew'), 'busy', { class: 'unavailable' }, true],
    [500, errorJson('InstanceNotReady'), 'busy', { class: 'unavailable' }, true],
    [400, errorJson('Throttling.User'), 'throttled', { class: 'throttled' }, true],
    [503, errorJson('Rejected.Throttling'), 'throttled', { class: 'throttled' }, true],
    [429, 'Too Many Requests', 'throttled', { class: 'throttled', code: 'TooManyRequests' }, true],
    [503, errorJson('ServiceUnavailable'), 'unavailable', { class: 'unavailable' }, true],
    [400, errorJson('ServiceUnavailable'), 'unavailable', { class: 'unavailable' }, true],
    [500, errorJson('InternalError'), 'unknown', { class: 'unavailable' }, true],
    [500, errorJson('SomethingNew'), 'unknown', { class: 'unavailable' }, true],
    [502, '<html>Bad Gateway</html>', 'unknown', { class: 'unavailable', code: 'BadGateway', status: 502 }, true],
    [503, '', 'unknown', { class: 'unavailable', status: 503 }, true],
    [404, '<html>Not Found</html>', 'unavailable', { code: 'BadGateway' }, true],
    [403, '{"RequestId":"R","Code":"Incorr', 'unavailable', { code: 'BadGateway' }, true],
    [200, SUCCESS.slice(0, 12), 'unknown', { code: 'BadGateway', status: 200 }, true],
    [200, '<html>Welcome</html>', 'unknown', { code: 'BadGateway' }, true],
    [200, '{"hello":"world"}', 'unknown', { code: 'BadGateway' }, true],
    [200, '', 'unknown', { code: 'BadGateway' }, true],
    [200, errorJson('IncorrectStatus.serverGroup', '', { Success: false }), 'busy', { status: 200 }, true],
    [200, errorJson('InvalidParameter'), 'refused', { class: 'rejected' }, false],
    [400, errorJson('__proto__'), 'refused', { class: 'rejected', code: '__proto__' }, false],
    [400, errorJson('not a code <b>'), 'refused', { code: 'UnknownCode' }, false]
  ]

  test.each(ROWS)('HTTP %i %s: %s', async (status, body, kind, fault, repeated) => {
    const server = await serve(always(status, body))
    const clock = new SkippingClock()
    const api = openApi(server.url, { clock })
    expect(await api.call(callOf(limitsOf(clock, 2 * MINUTE_MS)))).toMatchObject({ kind, fault })
    expect(server.arrivals.length > 1).toBe(repeated)
  })

  test('ServiceUnavailable is also the answer to what never works: five tries at most', async () => {
    const server = await serve(always(400, errorJson('ServiceUnavailable')))
    const clock = new SkippingClock()
    await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 60 * MINUTE_MS)))
    expect(server.arrivals).toHaveLength(5)
  })

  test('a code may mean something special to a call, which is told it in lower case', async () => {
    const server = await serve(
      always(404, errorJson('InvalidParameter', 'The specified VServerGroupId does not exist.'))
    )
    const clock = new SkippingClock()
    const asked: unknown[] = []
    const request = callOf(limitsOf(clock, MINUTE_MS), {
      meaning: (...told) => {
        asked.push(told)
        return told[2].includes('VServerGroupId') ? 'already' : undefined
      }
    })
    expect(await openApi(server.url, { clock }).call(request)).toMatchObject({
      kind: 'already',
      fault: { code: 'InvalidParameter', requestId: 'REQ-1', status: 404 }
    })
    expect(asked).toEqual([['invalidparameter', 404, 'The specified VServerGroupId does not exist.']])
  })

  test('a missing permission is named', async () => {
    const detail = { AuthAction: 'ecs:StartInstance', EncodedDiagnosticMessage: 'AQEAAA' }
    const server = await serve(
      always(403, errorJson('Forbidden.RAM', 'User not authorized', { AccessDeniedDetail: detail }))
    )
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, MINUTE_MS)))
    expect(outcome).toMatchObject({
      fault: { message: 'StartInstance: the permission ecs:StartInstance is missing ("User not authorized")' }
    })
    expect(server.arrivals).toHaveLength(1)
  })
})

describe('no answer', () => {
  test('nothing listens: surely not carried out', async () => {
    const clock = new SkippingClock()
    const outcome = await openApi(await deadAddress(), { clock }).call(callOf(limitsOf(clock, 5_000)))
    expect(outcome).toMatchObject({ kind: 'unavailable', fault: { code: 'ConnectionRefused', status: 0 } })
  })

  test('no TLS: surely not carried out', async () => {
    const server = await serve(always(200, SUCCESS))
    const clock = new SkippingClock()
    const api = openApi(server.url.replace('http:', 'https:'), { clock })
    expect(await api.call(callOf(limitsOf(clock, 5_000)))).toMatchObject({
      kind: 'unavailable',
      fault: { code: 'TlsFailure' }
    })
    expect(server.arrivals).toHaveLength(0)
  })

  test.each([
    ['ETIMEDOUT', 'Unreachable'],
    ['EHOSTUNREACH', 'Unreachable'],
    ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'TlsFailure'],
    ['ECONNREFUSED', 'ConnectionRefused']
  ])('a connection that ends with %s after the request went out: unknown', async (code, reason) => {
    const sockets: Socket[] = []
    const onHeaders = (sent: unknown): void => void sockets.push((sent as { socket: Socket }).socket)
    subscribe('undici:client:sendHeaders', onHeaders)
    const server = await serve(() => {
      for (const socket of sockets) socket.destroy(Object.assign(new Error('read'), { code }))
    })
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 5_000), { repeatable: false }))
    unsubscribe('undici:client:sendHeaders', onHeaders)
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { code: reason } })
    expect(server.arrivals).toHaveLength(1)
  })

  test('a connection that ends during the handshake: surely not carried out', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const clock = new SkippingClock()
    const outcome = await openApi(`https://127.0.0.1:${port}`, { clock }).call(callOf(limitsOf(clock, 5_000)))
    await new Promise((resolve) => server.close(resolve))
    expect(outcome).toMatchObject({ kind: 'unavailable', fault: { code: 'ConnectionReset' } })
  })

  test('a host name that does not exist: surely not carried out', async () => {
    const clock = new SkippingClock()
    const outcome = await openApi('https://no-such-host.invalid', { clock }).call(callOf(limitsOf(clock, 5_000)))
    expect(outcome).toMatchObject({ kind: 'unavailable', fault: { code: 'HostNotFound' } })
  })

  test('something else listens: unknown', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('SSH-2.0-OpenSSH_9.6\r\n')
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address() as AddressInfo
    const clock = new SkippingClock()
    const api = openApi(`http://127.0.0.1:${address.port}`, { clock })
    const outcome = await api.call(callOf(limitsOf(clock, 5_000), { repeatable: false }))
    await new Promise((resolve) => server.close(resolve))
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { code: 'NotHttp' } })
  })

  test('an answer without end: unknown, and not read on', async () => {
    const chunk = 'x'.repeat(1024 * 1024)
    const server = await serve((response) => {
      const write = (): void => void response.write(chunk, (fault) => (fault ? undefined : write()))
      write()
    })
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 30_000), { repeatable: false }))
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { code: 'AnswerTooLarge' } })
    await server.left(1)
  })

  test('a reset connection: unknown; repeated only if the call may be', async () => {
    const server = await serve((response) => response.socket?.resetAndDestroy())
    const clock = new SkippingClock()
    const api = openApi(server.url, { clock })
    const once = await api.call(callOf(limitsOf(clock, 5_000), { repeatable: false }))
    expect(once).toMatchObject({ kind: 'unknown', fault: { code: 'ConnectionReset' } })
    expect(server.arrivals).toHaveLength(1)
    expect(await api.call(callOf(limitsOf(clock, 3_000)))).toMatchObject({ kind: 'unknown' })
    expect(server.arrivals.length).toBeGreaterThan(2)
  })

  test('an answer that never comes: unknown after the time for one try', async () => {
    const server = await serve(() => undefined)
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock, timeoutMs: 50 }).call(
      callOf(limitsOf(clock, 5_000), { repeatable: false })
    )
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { class: 'unavailable', code: 'Timeout' } })
    await server.left(1)
  })

  test('an answer that stops half-way: unknown', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"RequestId":')
    })
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock, timeoutMs: 50 }).call(
      callOf(limitsOf(clock, 5_000), { repeatable: false })
    )
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { code: 'Timeout' } })
    await server.left(1)
  })

  test('what once was sent without an answer stays unknown, whatever kept later tries from being made', async () => {
    const server = await serve((response, { number }) =>
      number === 1 ? response.socket?.resetAndDestroy() : reply(response, 400, errorJson('Throttling.User'))
    )
    // At the start of a minute: the next one, until which a throttled action waits, lies beyond the deadline.
    const clock = new SkippingClock(Date.UTC(2026, 0, 1))
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 10_000)))
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { code: 'Throttling.User' } })
    expect(server.arrivals).toHaveLength(2)
  })

  test('a refusal after that ends the call, and leaves it unknown too', async () => {
    const server = await serve((response, { number }) =>
      number === 1 ? response.socket?.resetAndDestroy() : reply(response, 403, errorJson('OperationDenied.NoStock'))
    )
    const clock = new SkippingClock()
    expect(await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 60_000)))).toMatchObject({
      kind: 'unknown',
      fault: { code: 'OperationDenied.NoStock' }
    })
    expect(server.arrivals).toHaveLength(2)
  })
})

describe('waiting', () => {
  test('throttled: until the next minute of the clock, and a moment more', async () => {
    const clock = new SkippingClock(Date.UTC(2026, 10, 22, 12, 0, 20))
    const calls: string[] = []
    const server = await serve((response, { number }) => {
      calls.push(new Date(clock.now()).toISOString())
      if (number === 1) reply(response, 400, errorJson('Throttling.User'))
      else reply(response, 200, SUCCESS)
    })
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 2 * MINUTE_MS)))
    expect(outcome).toMatchObject({ kind: 'done' })
    expect(calls).toEqual([expect.stringContaining('T12:00:'), expect.stringMatching(/T12:01:0\d/)])
  })

  test('a throttled action is not called again in that minute; other actions are', async () => {
    const server = await serve((response, { headers }) =>
      headers['x-acs-action'] === 'StartInstance'
        ? reply(response, 400, errorJson('Throttling.User'))
        : reply(response, 200, SUCCESS)
    )
    const clock = new SkippingClock(Date.UTC(2026, 10, 22, 12, 0, 20))
    const api = openApi(server.url, { clock })
    const soon = () => limitsOf(clock, 5_000)
    expect(await api.call(callOf(soon()))).toMatchObject({ kind: 'throttled' })
    expect(await api.call(callOf(soon()))).toMatchObject({ kind: 'throttled', fault: { code: 'Throttling.User' } })
    expect(server.arrivals).toHaveLength(1)
    expect(await api.call(callOf(soon(), { action: 'DescribeInstances' }))).toMatchObject({ kind: 'done' })
    expect(clock.slept).toEqual([])
  })

  test.each([
    ['retry-after', '7', 7_000],
    ['x-acs-retry-after', '2500', 2_500],
    ['retry-after', '999999', 300_000]
  ])('the service may say how long: %s %s', async (name, value, leastMs) => {
    const server = await serve((response, { number }) =>
      number === 1
        ? reply(response, 400, errorJson('Throttling.User'), { [name]: value })
        : reply(response, 200, SUCCESS)
    )
    const clock = new SkippingClock()
    expect(await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 10 * MINUTE_MS)))).toMatchObject({
      kind: 'done'
    })
    expect(clock.slept).toHaveLength(1)
    expect(clock.slept[0]).toBeGreaterThanOrEqual(leastMs)
    expect(clock.slept[0]).toBeLessThanOrEqual(leastMs + 3_000)
  })

  test('busy for 40 s: asked every one to three seconds, then done', async () => {
    const clock = new SkippingClock()
    const endMs = clock.elapsed() + 40_000
    const server = await serve((response) =>
      clock.elapsed() < endMs ? reply(response, 400, errorJson('ServiceIsConfiguring')) : reply(response, 200, SUCCESS)
    )
    expect(await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 2 * MINUTE_MS)))).toMatchObject({
      kind: 'done'
    })
    expect(Math.min(...clock.slept)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(3_000)
  })

  test('a wait that would pass the deadline is not started', async () => {
    const server = await serve(always(400, errorJson('Throttling.User')))
    const clock = new SkippingClock(Date.UTC(2026, 10, 22, 12, 0, 20))
    expect(await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 30_000)))).toMatchObject({
      kind: 'throttled'
    })
    expect(clock.slept).toEqual([])
  })

  test('a deadline that has passed: nothing is sent', async () => {
    const server = await serve(always(200, SUCCESS))
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock }).call(callOf(limitsOf(clock, -1)))
    expect(outcome).toMatchObject({ kind: 'unavailable', fault: { class: 'unavailable', code: 'NoTimeLeft' } })
    expect(server.arrivals).toHaveLength(0)
  })

  test('a deadline in the middle of a try: unknown, and the request is ended', async () => {
    const server = await serve(() => undefined)
    const outcome = await openApi(server.url, { clock: systemClock }).call(callOf(limitsOf(systemClock, 50)))
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { class: 'unavailable', code: 'NoTimeLeft' } })
    await server.left(1)
  })

  test('an abort ends a call under way and one that waits for its turn, which was surely not carried out', async () => {
    const server = await serve(() => undefined)
    const api = openApi(server.url, { clock: systemClock, concurrency: 1 })
    const stop = new AbortController()
    const limits = limitsOf(systemClock, 60_000, stop.signal)
    const [first, second] = [api.call(callOf(limits)), api.call(callOf(limits))]
    await server.arrived(1)
    stop.abort()
    expect(await first).toMatchObject({ kind: 'unknown', fault: { class: 'aborted', code: 'Aborted' } })
    expect(await second).toMatchObject({ kind: 'unavailable', fault: { class: 'aborted' } })
    expect(server.arrivals).toHaveLength(1)
    expect(await api.call(callOf(limits))).toMatchObject({ kind: 'unavailable', fault: { class: 'aborted' } })
  })

  test('close() ends calls, waits and connections', async () => {
    const server = await serve((response, { number }) =>
      number === 1 ? reply(response, 400, errorJson('Throttling.User')) : undefined
    )
    const api = openApi(server.url, { clock: systemClock })
    const limits = limitsOf(systemClock, 5 * MINUTE_MS)
    const waiting = api.call(callOf(limits))
    await server.arrived(1)
    const running = api.call(callOf(limits, { action: 'DescribeInstances' }))
    await server.arrived(2)
    await api.close()
    expect(await waiting).toMatchObject({ kind: 'throttled' })
    expect(await running).toMatchObject({ kind: 'unknown', fault: { class: 'aborted' } })
    expect(await api.call(callOf(limits))).toMatchObject({ kind: 'unavailable', fault: { class: 'aborted' } })
    await api.close()
    await server.drained()
  })
})

describe('the breaker', () => {
  const down = errorJson('InternalError')

  test('opens after several faults of the service: calls end at once without a request', async () => {
    const server = await serve(always(500, down))
    const clock = new SkippingClock()
    const states: string[] = []
    const api = openApi(server.url, { clock, onBreaker: (state) => states.push(state) })
    const once = () => api.call(callOf(limitsOf(clock, 60_000), { repeatable: false }))
    for (let call = 1; call <= 5; call++) expect(await once()).toMatchObject({ kind: 'unknown' })
    expect(states).toEqual(['open'])
    expect(await once()).toMatchObject({
      kind: 'unavailable',
      fault: {
        code: 'CircuitOpen',
        message: expect.stringMatching(
          /^no call is made for a while: ecs in cn-hangzhou fails \(HTTP 500 InternalError/
        )
      }
    })
    expect(server.arrivals).toHaveLength(5)
  })

  test.each([
    ['a refusal', 403, errorJson('IncorrectInstanceStatus')],
    ['a missing thing', 404, errorJson('InvalidInstanceId.NotFound')],
    ['a refused key', 404, errorJson('InvalidAccessKeyId.NotFound')],
    ['busy', 409, errorJson('BackendServer.configuring')],
    ['too many calls', 400, errorJson('Throttling.User')]
  ])('%s never opens it', async (_name, status, body) => {
    const server = await serve(always(status, body))
    const clock = new SkippingClock()
    const api = openApi(server.url, { clock })
    for (let call = 0; call < 20; call++) {
      const action = `Action${call}`
      expect(await api.call(callOf(limitsOf(clock, 2_000), { action }))).not.toMatchObject({
        fault: { code: 'CircuitOpen' }
      })
    }
  })

  test('many first calls at once all go through', async () => {
    const server = await serve((response) => void setTimeout(() => reply(response, 200, SUCCESS), 20))
    const api = openApi(server.url, { clock: systemClock })
    const limits = limitsOf(systemClock, 10_000)
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => api.call(callOf(limits))))
    expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true)
  })

  test('when it lets one call try, the others wait a moment for what comes of it', async () => {
    let healthy = false
    const server = await serve((response) =>
      healthy ? void setTimeout(() => reply(response, 200, SUCCESS), 50) : reply(response, 500, down)
    )
    const changes: string[] = []
    let changed = (): void => undefined
    const api = openApi(server.url, {
      clock: systemClock,
      breakerResetMs: 50,
      onBreaker: (state) => {
        changes.push(state)
        changed()
      }
    })
    const call = () => api.call(callOf(limitsOf(systemClock, 10_000), { repeatable: false }))
    for (let failed = 1; failed <= 5; failed++) await call()
    healthy = true
    await new Promise<void>((resolve) => {
      changed = () => changes.at(-1) === 'half-open' && resolve()
      changed()
    })
    const outcomes = await Promise.all([call(), call(), call()])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
    expect(changes).toEqual(['open', 'half-open', 'closed'])
  })
})

describe('credentials and clock', () => {
  /** Gives the next of these after each refusal. */
  function rotating(...keys: readonly Credentials[]): { get(): Promise<Credentials>; invalidate(): void } {
    let index = 0
    return {
      get: async () =>
        keys[Math.min(index, keys.length - 1)] ?? { accessKeyId: '', accessKeySecret: '', securityToken: '' },
      invalidate: () => {
        index += 1
      }
    }
  }

  const OLD = { accessKeyId: 'OLD', accessKeySecret: 'OLD-SECRET', securityToken: 'OLD-TOKEN' }
  const NEW = { accessKeyId: 'NEW', accessKeySecret: 'NEW-SECRET', securityToken: 'NEW-TOKEN' }

  test('a refused key is asked for anew, and the call made once more', async () => {
    const server = await serve((response, { headers }) =>
      headers['x-acs-accesskey-id'] === 'OLD'
        ? reply(response, 400, errorJson('InvalidSecurityToken.Expired'))
        : reply(response, 200, SUCCESS)
    )
    const clock = new SkippingClock()
    const api = openApi(server.url, { clock, credentials: rotating(OLD, NEW) })
    expect(await api.call(callOf(limitsOf(clock, 10_000)))).toMatchObject({ kind: 'done' })
    expect(server.arrivals).toHaveLength(2)
  })

  test('once only', async () => {
    const server = await serve(always(400, errorJson('SignatureDoesNotMatch')))
    const clock = new SkippingClock()
    const outcome = await openApi(server.url, { clock, credentials: rotating(OLD, NEW) }).call(
      callOf(limitsOf(clock, 60_000))
    )
    expect(outcome).toMatchObject({ kind: 'refused', fault: { class: 'credentials' } })
    expect(server.arrivals).toHaveLength(2)
  })

  test('without credentials nothing is sent, and the breaker stays closed', async () => {
    const server = await serve(always(200, SUCCESS))
    const clock = new SkippingClock()
    const credentials = { get: () => Promise.reject(new Error('no keys: set them')), invalidate: () => undefined }
    const api = openApi(server.url, { clock, credentials })
    for (let call = 0; call < 10; call++) {
      expect(await api.call(callOf(limitsOf(clock, 2_000)))).toMatchObject({
        kind: 'unavailable',
        fault: { class: 'credentials', code: 'NoCredentials', message: 'no keys: set them' }
      })
    }
    expect(server.arrivals).toHaveLength(0)
  })

  test('no message holds what signs, even when the service quotes it', async () => {
    const server = await serve((response, { number, headers }) => {
      const told = `${headers.authorization} ${headers['x-acs-security-token']} ${KEYS.id} ${KEYS.secret}`
      const code = number === 1 ? 'SignatureDoesNotMatch' : 'InvalidParameter'
      reply(response, 400, errorJson(code, `server string to sign: ${told}`))
    })
    const clock = new SkippingClock()
    const api = openApi(server.url, { clock })
    const outcome = await api.call(callOf(limitsOf(clock, 10_000)))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { code: 'InvalidParameter' } })
    const signature = /Signature=(\w+)/.exec(server.arrivals[1]?.headers.authorization ?? '')?.[1] ?? 'none'
    for (const secret of [KEYS.id, KEYS.secret, KEYS.token, signature])
      expect(JSON.stringify(outcome)).not.toContain(secret)
  })

  test("the service's clock is learned from its refusal", async () => {
    const serviceMs = Date.UTC(2026, 10, 22, 12)
    const server = await serve((response, { headers }) => {
      const skewMs = Math.abs(Date.parse(String(headers['x-acs-date'])) - serviceMs)
      const date = { date: new Date(serviceMs).toUTCString() }
      if (skewMs > 900_000) reply(response, 400, errorJson('InvalidTimeStamp.Expired'), date)
      else reply(response, 200, SUCCESS, date)
    })
    const clock = new SkippingClock(serviceMs - 3_600_000)
    const api = openApi(server.url, { clock })
    expect(await api.call(callOf(limitsOf(clock, 10_000)))).toMatchObject({ kind: 'done' })
    expect(await api.call(callOf(limitsOf(clock, 10_000)))).toMatchObject({ kind: 'done' })
    expect(server.arrivals).toHaveLength(3)
  })

  test('a clock that is right and yet refused: class clock', async () => {
    const server = await serve(always(400, errorJson('InvalidTimeStamp.Expired')))
    const clock = new SkippingClock()
    expect(await openApi(server.url, { clock }).call(callOf(limitsOf(clock, 10_000)))).toMatchObject({
      kind: 'refused',
      fault: { class: 'clock' }
    })
    expect(server.arrivals).toHaveLength(1)
  })
})

test('every call is reported when it has ended', async () => {
  const server = await serve((response, { number }) =>
    number === 1 ? reply(response, 409, errorJson('ServiceIsStopping')) : reply(response, 200, SUCCESS)
  )
  const clock = new SkippingClock()
  const reports: RpcCallReport[] = []
  const api = openApi(server.url, { clock, product: 'slb', onCall: (call) => reports.push(call) })
  await api.call(callOf(limitsOf(clock, 10_000)))
  expect(reports).toMatchObject([
    { product: 'slb', region: 'cn-hangzhou', action: 'StartInstance', outcome: { kind: 'done' }, tries: 2 }
  ])
  expect(reports[0]?.durationMs).toBeGreaterThanOrEqual(1_000)
})

/** An address at which nothing listens. */
async function deadAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
