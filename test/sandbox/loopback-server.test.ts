import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type FaultRule, Faults } from '../../src/sandbox/faults.ts'
import {
  type LoopbackServerOptions,
  type SandboxRequest,
  type SandboxService,
  startLoopbackServer
} from '../../src/sandbox/loopback-server.ts'

/** A service that shows what it was asked, and waits where the path says so. */
class Echo implements SandboxService {
  readonly name = 'sls'
  readonly seen: SandboxRequest[] = []

  operationOf({ path }: Pick<SandboxRequest, 'path'>): string {
    return path === '/wait' ? 'Wait' : 'Echo'
  }

  async handle(request: SandboxRequest, operation: string) {
    this.seen.push(request)
    if (request.path === '/bug') throw new Error('a bug')
    if (operation === 'Wait') await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
    const { method, target, path, query, body } = request
    return {
      status: 200,
      headers: {},
      body: JSON.stringify({ method, target, path, query: [...query], body: body.toString() })
    }
  }

  errorAnswer(code: string, _request: unknown, complete: boolean) {
    return { status: 500, headers: {}, body: `${code} ${complete}` }
  }
}

async function start(options: Partial<LoopbackServerOptions> = {}) {
  const service = new Echo()
  const faults = new Faults()
  const server = await startLoopbackServer(service, { port: 0, faults, ...options })
  const agent = new Agent()
  onTestFinished(async () => {
    agent.destroy()
    await server.close()
  })
  const ask = (path: string, options: RequestOptions = {}, body: string | Buffer = '') =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port: server.port, agent, path, ...options }, (response) => {
        text(response).then((text) => resolve({ status: response.statusCode, text }), reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  return { service, faults, server, ask }
}

async function text(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}

test('a request reaches the service as it was on the wire', async () => {
  const { ask, server } = await start()
  const { text } = await ask('/a%2Fb?x=1&x=2', { method: 'POST' }, 'body')
  expect(JSON.parse(text)).toEqual({
    method: 'POST',
    target: '/a%2Fb?x=1&x=2',
    path: '/a%2Fb',
    query: [
      ['x', '1'],
      ['x', '2']
    ],
    body: 'body'
  })
  expect([...server.counts]).toEqual([['Echo', 1]])
})

test('a body that is too large is answered, not cut off', async () => {
  const { ask, service } = await start({ maxBodyBytes: 100_000 })
  expect((await ask('/', { method: 'POST' }, Buffer.alloc(100_000))).status).toBe(200)
  expect((await ask('/', { method: 'POST' }, Buffer.alloc(1_000_000))).status).toBe(413)
  expect(service.seen).toHaveLength(1)
})

test('what a service throws is its own internal error', async () => {
  const { ask } = await start()
  expect(await ask('/bug')).toEqual({ status: 500, text: 'InternalServerError true' })
})

test('a service learns that its client went away', async () => {
  const { ask, service } = await start()
  const leaving = new AbortController()
  const asked = ask('/wait', { signal: leaving.signal })
  await expect.poll(() => service.seen.length).toBe(1)
  leaving.abort()
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  await expect.poll(() => service.seen[0]?.signal.aborted).toBe(true)
})

test('a request that was answered is not one that went away', async () => {
  const { ask, service } = await start()
  await ask('/')
  await ask('/')
  expect(service.seen.map(({ signal }) => signal.aborted)).toEqual([false, false])
})

test('closing ends held requests, slow ones and idle connections, and can be repeated', async () => {
  const { ask, faults, server, service } = await start()
  faults.add({ kind: 'slow', ms: 600_000, operation: 'Echo' })
  const idle = connect(server.port, '127.0.0.1')
  const idleClosed = new Promise((resolve) => idle.on('close', resolve))
  const held = expect(ask('/wait')).rejects.toMatchObject({ code: 'ECONNRESET' })
  const slow = expect(ask('/')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect.poll(() => service.seen.length + (server.counts.get('Echo') ?? 0)).toBe(2)
  await Promise.all([server.close(), server.close()])
  await Promise.all([held, slow, idleClosed])
  expect(service.seen).toHaveLength(1)
})

test.each<[Partial<FaultRule> & Pick<FaultRule, 'kind'>, number, string]>([
  [{ kind: 'error', code: 'ServerBusy' }, 500, 'ServerBusy true'],
  [{ kind: 'error', code: 'ServerBusy', status: 503 }, 503, 'ServerBusy true'],
  [{ kind: 'no-host-id' }, 500, 'InternalError false'],
  [{ kind: 'empty' }, 503, ''],
  [{ kind: 'text' }, 429, 'Too Many Requests'],
  [{ kind: 'text', status: 503 }, 503, 'Too Many Requests']
])('%o is played without asking the service', async (rule, status, text) => {
  const { ask, faults, service } = await start()
  faults.add(rule)
  expect(await ask('/')).toEqual({ status, text })
  expect(service.seen).toEqual([])
})

test('a fault that breaks the answer comes after the execution', async () => {
  const { ask, faults, service } = await start()
  faults.add({ kind: 'reset-after', count: 1 })
  faults.add({ kind: 'truncate', count: 1 })
  await expect(ask('/')).rejects.toMatchObject({ code: 'ECONNRESET' })
  const whole = '{"method":"GET","target":"/","path":"/","query":[],"body":""}'
  expect((await ask('/')).text).toBe(whole.slice(0, Math.floor(whole.length / 2)))
  expect(service.seen).toHaveLength(2)
  expect((await ask('/')).text).toBe(whole)
})

test.each([
  [{ host: 'evil.example' }, 421],
  [{ host: 'localhost.evil.example:80' }, 421],
  [{ host: '127.0.0.1.evil.example' }, 421],
  [{ origin: 'http://evil.example' }, 421],
  [{ origin: 'null' }, 421],
  [{ 'sec-fetch-site': 'cross-site' }, 421],
  [{ 'sec-fetch-site': 'same-origin' }, 421],
  [{ host: 'my-audit.127.0.0.1:8080' }, 200],
  [{ host: 'my-audit.localhost' }, 200],
  [{ host: 'localhost:1' }, 200],
  [{ host: '[::1]:1' }, 200]
])('a request with %j gets %i: no page of a browser, rebound or not, is served', async (headers, status) => {
  const { ask, service } = await start()
  expect((await ask('/', { headers })).status).toBe(status)
  expect(service.seen).toHaveLength(status === 200 ? 1 : 0)
})
