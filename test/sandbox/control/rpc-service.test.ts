import { createHash, createHmac, randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RpcError, type RpcProduct } from '../../../src/sandbox/control/rpc-product.ts'
import { createRpcService, type RpcServiceOptions } from '../../../src/sandbox/control/rpc-service.ts'
import { Faults } from '../../../src/sandbox/faults.ts'
import { startLoopbackServer } from '../../../src/sandbox/loopback-server.ts'
import { type RpcTarget, rpcClient } from './rpc-client.ts'

const KEYS = { accessKeyId: 'key', accessKeySecret: 'secret' }
const NOW = Date.UTC(2026, 10, 22, 12, 0, 30)

/** A product that shows what it was asked. */
function echo(name: RpcProduct['name'], version: string): RpcProduct {
  return {
    name,
    version,
    statusOf: (code) => (code === 'BackendServer.configuring' ? 409 : undefined),
    operations: {
      Echo: ({ parameters, caller, fault }) => ({
        Product: name,
        Caller: caller,
        All: Object.fromEntries(parameters.all),
        Tags: parameters.objects('Tag'),
        Ids: parameters.list('Ids'),
        Fault: fault?.kind
      }),
      Count: ({ parameters }) => ({ Count: parameters.number('Count', 7) }),
      Refuse: () => {
        throw new RpcError(403, 'IncorrectInstanceStatus', 'The current status does not support this operation.')
      },
      Break: () => {
        throw new Error('a bug')
      }
    }
  }
}

async function serve(options: Partial<RpcServiceOptions> = {}) {
  const faults = new Faults()
  const service = createRpcService({
    ...KEYS,
    products: [echo('ecs', '2014-05-26'), echo('slb', '2014-05-15')],
    ...options
  })
  const server = await startLoopbackServer(service, { port: 0, faults })
  onTestFinished(() => server.close())
  const client = (changes: Partial<RpcTarget> = {}) =>
    rpcClient({ url: server.url, version: '2014-05-26', ...KEYS, ...changes })
  return { service, server, faults, client }
}

/** A request of signature version 3, made by hand: a test may break any part of it. */
function signedRequest(
  url: string,
  {
    action = 'Echo',
    atMs = Date.now(),
    headers = {},
    unsigned = {},
    body = ''
  }: {
    action?: string
    atMs?: number
    headers?: Record<string, string>
    unsigned?: Record<string, string>
    body?: string
  } = {}
) {
  const all: Record<string, string> = {
    host: new URL(url).host,
    'x-acs-action': action,
    'x-acs-version': '2014-05-26',
    'x-acs-date': new Date(atMs).toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': sha256(body),
    ...headers
  }
  const names = Object.keys(all).sort()
  const canonical = [
    ...['POST', '/', 'RegionId=cn-hangzhou'],
    ...names.map((name) => `${name}:${all[name]}`),
    ...['', names.join(';'), all['x-acs-content-sha256']]
  ].join('\n')
  const signature = createHmac('sha256', KEYS.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=key,SignedHeaders=${names.join(';')},Signature=${signature}`
  return {
    url: `${url}/?RegionId=cn-hangzhou`,
    init: { method: 'POST', headers: { ...all, authorization, ...unsigned }, body: Buffer.from(body) }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function ask({ url, init }: ReturnType<typeof signedRequest>) {
  const response = await fetch(url, init)
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, code: body['Code'], body, headers: response.headers }
}

describe('the RPC gateway', () => {
  test.each([{ signatureAlgorithm: 'v2' as const }, {}])('serves the stock SDK, signing as in %o', async (form) => {
    const { client } = await serve()
    const parameters = {
      RegionId: 'cn-hangzhou',
      InstanceIds: '["i-1","i-2"]',
      Tag: [{ Key: 'a b*~', Value: "l'été (1)!" }, { Key: 'second' }],
      Ids: ['x', 'y']
    }
    expect(await client(form).done('Echo', parameters)).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      Product: 'ecs',
      Caller: { accessKeyId: 'key', userName: 'ecs-audit' },
      All: {
        RegionId: 'cn-hangzhou',
        InstanceIds: '["i-1","i-2"]',
        'Tag.1.Key': 'a b*~',
        'Tag.1.Value': "l'été (1)!",
        'Tag.2.Key': 'second',
        'Ids.1': 'x',
        'Ids.2': 'y'
      },
      Tags: [{ Key: 'a b*~', Value: "l'été (1)!" }, { Key: 'second' }],
      Ids: ['x', 'y']
    })
    expect(await client(form).call('Echo', { Description: 'one & two' }, 'form')).toMatchObject({
      body: { All: { Description: 'one & two' } }
    })
  })

  test('finds the product by the version, and counts its calls apart', async () => {
    const { client, server } = await serve()
    expect(await client({ version: '2014-05-15' }).done('Echo')).toMatchObject({ Product: 'slb' })
    await client().done('Count')
    expect([...server.countsOf('slb')]).toEqual([['Echo', 1]])
    expect([...server.countsOf('ecs')]).toEqual([['Count', 1]])
  })

  test('refuses what it does not serve', async () => {
    const { client, server } = await serve()
    expect(await client().refused('DeleteEverything')).toBe('404 InvalidAction.NotFound')
    expect(await client().refused('constructor')).toBe('404 InvalidAction.NotFound')
    expect(await client({ version: '2011-01-01' }).refused('Echo')).toBe('400 InvalidVersion')
    expect(await client().refused('Count', { Count: 'many' })).toBe('400 InvalidParameter')
    const response = await fetch(server.url)
    expect([response.status, await response.json()]).toMatchObject([400, { Code: 'MissingAction' }])
  })

  test('answers an error as the services do', async () => {
    const { client, server } = await serve()
    const outcome = await client().call('Refuse')
    expect(outcome).toMatchObject({
      kind: 'refused',
      status: 403,
      code: 'IncorrectInstanceStatus',
      name: 'ClientError',
      data: { HostId: new URL(server.url).host, Recommend: expect.stringContaining('q=IncorrectInstanceStatus') }
    })
    const { headers, body } = await ask(signedRequest(server.url, { action: 'Refuse' }))
    expect(headers.get('x-acs-request-id')).toBe(body['RequestId'])
    expect(await client().refused('Break')).toBe('500 InternalServerError')
  })

  test('limits an action by the minute', async () => {
    let nowMs = NOW
    const { service, server } = await serve({ now: () => nowMs })
    service.limit('ecs', 'Echo', 2)
    const call = async (action = 'Echo') => (await ask(signedRequest(server.url, { action, atMs: nowMs }))).code
    expect([await call(), await call(), await call()]).toEqual([undefined, undefined, 'Throttling.User'])
    expect(await call('Count')).toBeUndefined()
    nowMs += 29_999
    expect(await call()).toBe('Throttling.User')
    nowMs += 1
    expect(await call()).toBeUndefined()
    service.limit('ecs', 'Echo', undefined)
    expect([await call(), await call()]).toEqual([undefined, undefined])
  })
})

describe('a signature', () => {
  test('of version 3 is checked over everything that it must cover', async () => {
    const { server } = await serve()
    const code = async (parts: Parameters<typeof signedRequest>[1] = {}) =>
      (await ask(signedRequest(server.url, parts))).code
    expect(await code()).toBeUndefined()
    expect(await code({ body: 'other=text', headers: { 'x-acs-content-sha256': sha256('') } })).toBe(
      'SignatureDoesNotMatch'
    )
    expect(await code({ unsigned: { 'x-acs-action': 'Count' } })).toBe('SignatureDoesNotMatch')
    expect(await code({ unsigned: { 'x-acs-extra': 'unsigned' } })).toBe('SignatureDoesNotMatch')
    const changed = signedRequest(server.url)
    expect((await ask({ ...changed, url: `${changed.url}&More=1` })).code).toBe('SignatureDoesNotMatch')
    expect(await code({ unsigned: { authorization: 'ACS3-HMAC-SHA256 nonsense' } })).toBe('IncompleteSignature')
    expect(await code({ headers: { 'x-acs-date': 'today' } })).toBe('InvalidTimeStamp.Format')
  })

  test.each([{ signatureAlgorithm: 'v2' as const }, {}])('needs the right key, signing as in %o', async (form) => {
    const { client } = await serve()
    expect(await client({ ...form, accessKeySecret: 'wrong' }).refused('Echo')).toBe('400 SignatureDoesNotMatch')
    expect(await client({ ...form, accessKeyId: 'wrong' }).refused('Echo')).toBe('404 InvalidAccessKeyId.NotFound')
  })

  test.each([{ signatureAlgorithm: 'v2' as const }, {}])('needs the key’s token, signing as in %o', async (form) => {
    const { client } = await serve({ securityToken: 'token' })
    expect(await client({ ...form, securityToken: 'token' }).done('Echo')).toMatchObject({ Product: 'ecs' })
    expect(await client(form).refused('Echo')).toBe('400 MissingSecurityToken')
    expect(await client({ ...form, securityToken: 'old' }).refused('Echo')).toBe('400 InvalidSecurityToken.Mismatch')
  })

  test.each([{ signatureAlgorithm: 'v2' as const }, {}])('tells who calls, signing as in %o', async (form) => {
    const people = { hers: { secret: 'her secret', userName: 'alice' } }
    const { client } = await serve({ people, securityToken: 'token' })
    const alice = { ...form, accessKeyId: 'hers', accessKeySecret: 'her secret' }
    expect(await client(alice).done('Echo')).toMatchObject({ Caller: { accessKeyId: 'hers', userName: 'alice' } })
    const own = await client({ ...form, securityToken: 'token' }).done('Echo')
    expect(own).toMatchObject({ Caller: { accessKeyId: 'key', userName: 'ecs-audit' } })
    expect(own['Caller']).not.toHaveProperty('secret')
    expect(await client({ ...alice, accessKeySecret: 'secret' }).refused('Echo')).toBe('400 SignatureDoesNotMatch')
    expect(await client({ ...alice, securityToken: 'token' }).refused('Echo')).toBe('400 InvalidSecurityToken.Mismatch')
    expect(await client({ ...alice, accessKeyId: 'constructor' }).refused('Echo')).toBe(
      '404 InvalidAccessKeyId.NotFound'
    )
  })

  test('is good for 15 minutes around its time, and once', async () => {
    const { server } = await serve({ now: () => NOW })
    const at = async (atMs: number) => (await ask(signedRequest(server.url, { atMs }))).code
    const minutes = 60_000
    expect([await at(NOW - 15 * minutes), await at(NOW + 15 * minutes)]).toEqual([undefined, undefined])
    expect(await at(NOW - 15 * minutes - 1_000)).toBe('InvalidTimeStamp.Expired')
    expect(await at(NOW + 15 * minutes + 1_000)).toBe('InvalidTimeStamp.Expired')
    const request = signedRequest(server.url, { atMs: NOW })
    expect([(await ask(request)).code, (await ask(request)).code]).toEqual([undefined, 'SignatureNonceUsed'])
  })

  test('of version 1 must be complete', async () => {
    const { server } = await serve()
    const response = await fetch(`${server.url}/?Action=Echo&Version=2014-05-26&AccessKeyId=key`)
    expect([response.status, await response.json()]).toMatchObject([400, { Code: 'MissingSignatureMethod' }])
  })
})

describe('faults', () => {
  test('strike a product by its name, with the status of its code', async () => {
    const { client, faults } = await serve()
    faults.add({ service: 'slb', operation: 'Echo', kind: 'error', code: 'BackendServer.configuring' })
    expect(await client({ version: '2014-05-15' }).refused('Echo')).toBe('409 BackendServer.configuring')
    expect(await client().done('Echo')).toMatchObject({ Product: 'ecs' })
    expect([...faults.hits]).toEqual([['slb.Echo:error', 1]])
    faults.add({ service: 'ecs', kind: 'error', code: 'Throttling.User', count: 1 })
    expect(await client().call('Echo')).toMatchObject({ name: 'ThrottlingError', status: 400 })
    faults.add({ service: 'ecs', kind: 'error', code: 'SystemBusy', status: 449, count: 1 })
    expect(await client().refused('Echo')).toBe('449 SystemBusy')
    faults.add({ service: 'ecs', kind: 'error', code: 'ServiceUnavailable', count: 1 })
    expect(await client().call('Echo')).toMatchObject({ name: 'ServerError', status: 503 })
  })

  test('of the transport reach the SDK as they would', async () => {
    const { client, faults } = await serve()
    for (const kind of ['html', 'empty', 'reset-before', 'reset-after', 'truncate'] as const) {
      const off = faults.add({ service: 'ecs', kind })
      await expect(client().call('Echo')).rejects.toThrow()
      off()
    }
    faults.add({ service: 'ecs', kind: 'slow', ms: 20 })
    expect(await client().done('Echo')).toMatchObject({ Fault: 'slow' })
  })
})
