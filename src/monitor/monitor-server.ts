import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AuditError, errorMessage } from '../lib/errors.ts'
import type { HealthReport } from './health.ts'
import { isOwnHost } from './host-guard.ts'

/** What is served: the health as it is now, and the metrics' text. */
export interface Monitored {
  health(): HealthReport
  metricsText(): Promise<string>
}

export interface MonitorServerOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** Host names that it answers for, beside its own addresses. */
  readonly names: readonly string[]
}

export interface MonitorServer {
  /** `http://127.0.0.1:9464/` */
  readonly url: string
  /** Answers from now on; before, every path says that the service is starting. */
  serve(monitored: Monitored): void
  /** Ends every connection; idempotent. */
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const JSON_TYPE = 'application/json; charset=utf-8'
/** Prometheus, Exposition formats, text-based format. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const PATHS = ['/healthz', '/readyz', '/metrics']

/**
 * Serves /healthz, /readyz and /metrics: GET and HEAD only, no request changes anything.
 *
 * @throws AuditError `unavailable` when the port is taken, `config` for an address that is not this machine's
 */
export async function openMonitorServer({ host, port, names }: MonitorServerOptions): Promise<MonitorServer> {
  let monitored: Monitored | undefined
  const server = createServer({ maxHeaderSize: 8 * 1_024 }, (request, response) => {
    const own = isOwnHost(request.headers.host ?? '', host, names)
    answer(request, own ? (monitored ?? 'starting') : 'stranger').then(
      (content) => send(request, response, content),
      () => response.destroy()
    )
  })
  server.headersTimeout = 5_000
  server.requestTimeout = 5_000
  server.keepAliveTimeout = 60_000
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault) => reject(cannotListen(host, port, fault)))
    server.listen(port, host.replace(/^\[|\]$/g, ''), resolve)
  })
  // One connection that can't be accepted (no file descriptor left) must not end the service.
  server.on('error', () => undefined)
  const { port: own } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    url: `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${own}/`,
    serve: (now) => {
      monitored = now
    },
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closing
    }
  }
}

function cannotListen(host: string, port: number, fault: NodeJS.ErrnoException): AuditError {
  const what = `Cannot serve health and metrics at ${host}:${port}`
  if (fault.code === 'EADDRINUSE') {
    const text = `${what}: the port is taken, perhaps by another ecs-audit. Set http.port to a free one, or to 0 to serve nothing.`
    return new AuditError('unavailable', text, { cause: fault })
  }
  const text = `${what}: ${errorMessage(fault)}. Set http.host to an address of this machine and http.port to one that this user may open.`
  return new AuditError('config', text, { cause: fault })
}

async function answer(request: IncomingMessage, monitored: Monitored | 'starting' | 'stranger'): Promise<Answer> {
  if (monitored === 'stranger') {
    return json(421, { error: 'This server does not answer for that host name: add it to http.names.' })
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'Only GET and HEAD.' })
  const [path = ''] = (request.url ?? '/').split('?')
  if (!PATHS.includes(path)) return json(404, { error: 'No such page.', pages: PATHS })
  if (monitored === 'starting') return json(path === '/healthz' ? 200 : 503, { starting: true })
  if (path === '/metrics') return { status: 200, type: METRICS_TYPE, body: await monitored.metricsText() }
  const { healthy, ready, problems } = monitored.health()
  if (path === '/readyz') return json(ready ? 200 : 503, { ready, problems })
  return json(healthy ? 200 : 503, { healthy, problems: problems.filter(({ reason }) => reason === 'stuck') })
}

function json(status: number, content: unknown): Answer {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(content)}\n` }
}

function send({ method }: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  if (response.destroyed) return
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    ...(status === 405 && { allow: 'GET, HEAD', connection: 'close' })
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}
