import { request } from 'node:http'
import { hostname } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import type { HealthReport } from '../../src/monitor/health.ts'
import { isOwnHost } from '../../src/monitor/host-guard.ts'
import { type MonitorServer, openMonitorServer } from '../../src/monitor/monitor-server.ts'

const open: MonitorServer[] = []
let report: HealthReport = { ready: true, healthy: true, problems: [] }

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
  report = { ready: true, healthy: true, problems: [] }
})

async function start(serving = true): Promise<URL> {
  const server = await openMonitorServer({ host: '127.0.0.1', port: 0, names: ['audit.internal'] })
  open.push(server)
  if (serving) server.serve({ health: () => report, metricsText: async () => 'some_metric 1\n' })
  return new URL(server.url)
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

function ask(
  url: URL,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {}
) {
  const { method = 'GET', headers = {}, body } = options
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      { host: url.hostname, port: url.port, path, method, headers, agent: false },
      (incoming) => {
        let text = ''
        incoming.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        incoming.on('end', () => resolve({ status: incoming.statusCode, headers: incoming.headers, body: text }))
      }
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

describe('the pages', () => {
  test('/readyz: 200, or 503 with each reason and what to do', async () => {
    const url = await start()
    expect(await ask(url, '/readyz')).toMatchObject({ status: 200, body: '{"ready":true,"problems":[]}\n' })
    const problem = { reason: 'queue-missing', detail: 'queue q', do: 'Create it.' } as const
    report = { ready: false, healthy: true, problems: [problem] }
    const answer = await ask(url, '/readyz')
    expect(answer).toMatchObject({ status: 503, headers: { 'content-type': 'application/json; charset=utf-8' } })
    expect(JSON.parse(answer.body)).toEqual({ ready: false, problems: [problem] })
  })

  test('/healthz fails only when a restart helps, and tells nothing else', async () => {
    const url = await start()
    const down = { reason: 'logstore-down', detail: '', do: '' } as const
    const stuck = { reason: 'stuck', detail: '', do: '' } as const
    report = { ready: false, healthy: true, problems: [down] }
    expect(await ask(url, '/healthz')).toMatchObject({ status: 200, body: '{"healthy":true,"problems":[]}\n' })
    report = { ready: false, healthy: false, problems: [stuck, down] }
    const answer = await ask(url, '/healthz')
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toEqual({ healthy: false, problems: [stuck] })
  })

  test('/metrics as Prometheus wants it; a query string does not matter; HEAD has no body', async () => {
    const url = await start()
    const answer = await ask(url, '/metrics?x=1')
    expect(answer).toMatchObject({ status: 200, body: 'some_metric 1\n' })
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const head = await ask(url, '/metrics', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(head.headers['content-length']).toBe('14')
  })

  test('before the service runs it lives and is not ready', async () => {
    const url = await start(false)
    expect((await ask(url, '/healthz')).status).toBe(200)
    expect((await ask(url, '/readyz')).status).toBe(503)
    expect((await ask(url, '/metrics')).status).toBe(503)
  })
})

describe('what is refused', () => {
  test('other methods, other pages, long addresses and headers', async () => {
    const url = await start()
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const body = method.startsWith('P') ? { body: 'x' } : {}
      expect(await ask(url, '/metrics', { method, ...body })).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' }
      })
    }
    expect(await ask(url, '/')).toMatchObject({ status: 404, body: expect.stringContaining('/readyz') })
    expect((await ask(url, `/${'x'.repeat(20_000)}`)).status).toBe(431)
    expect((await ask(url, '/metrics', { headers: { x: 'y'.repeat(20_000) } })).status).toBe(431)
  })

  test('a Host that is not its own (DNS rebinding), whatever the path', async () => {
    const url = await start()
    for (const host of ['evil.example', `evil.example:${url.port}`, '127.0.0.1.evil.example', '10.0.0.1']) {
      expect((await ask(url, '/metrics', { headers: { host } })).status, host).toBe(421)
    }
    for (const host of ['localhost', '127.0.0.1:1', '[::1]:99', 'audit.internal', 'AUDIT.internal:80']) {
      expect((await ask(url, '/metrics', { headers: { host } })).status, host).toBe(200)
    }
  })

  test('bound to all addresses it answers for addresses and its own name, not for others', () => {
    const own = ['10.1.2.3:9464', '[fd00::1]:9464', 'localhost:9464', hostname(), 'metrics.internal']
    for (const host of own) expect(isOwnHost(host, '0.0.0.0', ['metrics.internal']), host).toBe(true)
    for (const host of ['evil.example', '10.1.2.3.evil.example', 'a b', '[::1', '1.2.3.4:5:6', '']) {
      expect(isOwnHost(host, '0.0.0.0', []), host).toBe(false)
    }
  })

  test('no page of another site can read an answer', async () => {
    const url = await start()
    const { headers } = await ask(url, '/metrics', { headers: { origin: 'https://evil.example' } })
    expect(headers).toMatchObject({
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff'
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })
})

describe('opening', () => {
  test('a port that is taken is told with what to do', async () => {
    const { port } = await start()
    const taken = openMonitorServer({ host: '127.0.0.1', port: Number(port), names: [] })
    await expect(taken).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Set http.port')
    })
  })

  test('an address that is not of this machine is a mistake in the configuration', async () => {
    const away = openMonitorServer({ host: '192.0.2.1', port: 0, names: [] })
    await expect(away).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('Set http.host') })
  })

  test('closing ends open connections, and may be done twice', async () => {
    const url = await start()
    const [server] = open
    const idle = request({ host: url.hostname, port: url.port, path: '/metrics' })
    const ended = new Promise((resolve) => idle.once('error', resolve))
    await new Promise((resolve) => idle.once('socket', (socket) => socket.once('connect', resolve)))
    await Promise.all([server?.close(), server?.close()])
    await ended
  })
})
