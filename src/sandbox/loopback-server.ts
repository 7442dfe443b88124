import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { isLoopback } from '../lib/loopback.ts'
import type { FaultRule, Faults } from './faults.ts'
import { RequestCounts } from './request-counts.ts'

/** One request as a sandbox service sees it. */
export interface SandboxRequest {
  readonly method: string
  /** Path and query exactly as on the wire: signatures are over it. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Aborts when the client goes away before it was answered. */
  readonly signal: AbortSignal
  /** The fault that hit this request, for the kinds that only the service itself can play (`duplicate`, `lost-ack`, ...). */
  readonly fault: FaultRule | undefined
}

export interface SandboxAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** What a service gives to the server that carries it. */
export interface SandboxService {
  /** `mns`, `sls` or `control-plane`: the name that fault rules use. */
  readonly name: string
  /** That name for one request, where one server carries several services. Default: `name`. */
  serviceOf?(request: Omit<SandboxRequest, 'fault'>): string
  /** The operation that a request asks for, for counting and fault rules. */
  operationOf(request: Omit<SandboxRequest, 'fault'>): string
  /** Must not throw for what a client does; what it throws becomes the service's 500 answer. */
  handle(request: SandboxRequest, operation: string): Promise<SandboxAnswer>
  /** The service's own error answer for a code. `complete: false` leaves an element out (MNS's HostId). */
  errorAnswer(code: string, request: Omit<SandboxRequest, 'fault'>, complete: boolean): SandboxAnswer
}

export interface LoopbackServer {
  readonly port: number
  readonly url: string
  /** Requests received so far, by operation. */
  readonly counts: ReadonlyMap<string, number>
  /** The same for one of several services on one server; the map grows with its requests. */
  countsOf(service: string): ReadonlyMap<string, number>
  /** Ends every connection; idempotent. */
  close(): Promise<void>
}

export interface LoopbackServerOptions {
  /** 0 picks a free port. */
  readonly port: number
  readonly faults: Faults
  /** Larger bodies are answered with 413. Default 16 MiB. */
  readonly maxBodyBytes?: number
  /** Idle keep-alive connections are closed after this. Default 60 s. */
  readonly keepAliveTimeoutMs?: number
}

const DEFAULT_STATUS: Partial<Record<FaultRule['kind'], number>> = { html: 502, empty: 503, text: 429 }

/** Serves one sandbox service on 127.0.0.1, and plays the faults that break the transport. */
export async function startLoopbackServer(
  service: SandboxService,
  options: LoopbackServerOptions
): Promise<LoopbackServer> {
  const counts = new RequestCounts()
  const sockets = new Set<Socket>()
  const server = createServer((incoming, response) => {
    answer(service, options, counts, incoming, response).catch(() => response.socket?.resetAndDestroy())
  })
  server.keepAliveTimeout = options.keepAliveTimeoutMs ?? 60_000
  server.requestTimeout = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    counts: counts.of(service.name),
    countsOf: (name) => counts.of(name),
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
      return closing
    }
  }
}

async function answer(
  service: SandboxService,
  options: LoopbackServerOptions,
  counts: RequestCounts,
  incoming: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  if (isStranger(incoming)) {
    response.writeHead(421, { connection: 'close' }).end()
    return
  }
  const body = await readBody(incoming, options.maxBodyBytes ?? 16 * 1024 * 1024)
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const request = toRequest(incoming, body, gone.signal)
  const name = service.serviceOf?.(request) ?? service.name
  const operation = service.operationOf(request)
  counts.add(name, operation)
  const fault = options.faults.take(name, operation)
  if (fault !== undefined && !(await held(fault.ms, gone.signal))) return
  const early = fault === undefined ? undefined : insteadOfExecuting(service, request, fault)
  if (early === 'reset') return void response.socket?.resetAndDestroy()
  if (early === 'stall') return
  if (early !== undefined) return send(response, early)
  const result = await service
    .handle({ ...request, fault }, operation)
    .catch(() => service.errorAnswer('InternalServerError', request, true))
  if (gone.signal.aborted) return
  sendBroken(response, result, fault)
}

/**
 * A page in a browser can reach a loopback address, under a name that it has rebound to it or from its own origin; no client
 * of a cloud service says where a page is from. A project may stand in front of the address, as SLS clients have it.
 */
function isStranger({ headers }: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers
  const name = host.replace(/:\d*$/, '')
  const own =
    isLoopback(name) || isLoopback(name.replace(/^[a-z0-9-]+\.(?=(127\.\d+\.\d+\.\d+|localhost|\[.*\])$)/i, ''))
  return !own || origin !== undefined || (site !== undefined && site !== 'none')
}

function toRequest(incoming: IncomingMessage, body: Buffer, signal: AbortSignal): Omit<SandboxRequest, 'fault'> {
  const target = incoming.url ?? '/'
  const cut = target.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    target,
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1)),
    headers: flatHeaders(incoming),
    body,
    signal
  }
}

/** Waits out a fault's hold; false when the client went away meanwhile. */
async function held(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms === 0) return true
  return delay(ms, true, { signal }).catch(() => false)
}

/** What a client gets when the fault strikes before the operation is executed. */
function insteadOfExecuting(
  service: SandboxService,
  request: Omit<SandboxRequest, 'fault'>,
  fault: FaultRule
): SandboxAnswer | 'reset' | 'stall' | undefined {
  const status = fault.status || DEFAULT_STATUS[fault.kind] || 500
  switch (fault.kind) {
    case 'error':
      return {
        ...service.errorAnswer(fault.code, request, true),
        ...(fault.status > 0 ? { status: fault.status } : {})
      }
    case 'no-host-id':
      return service.errorAnswer(fault.code || 'InternalError', request, false)
    case 'html':
      return {
        status,
        headers: { 'content-type': 'text/html' },
        body: `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body><center><h1>${status}</h1></center><hr><center>Tengine</center></body>\r\n</html>\r\n`
      }
    case 'empty':
      return { status, headers: {}, body: '' }
    case 'text':
      return { status, headers: { 'content-type': 'text/plain' }, body: 'Too Many Requests' }
    case 'reset-before':
      return 'reset'
    case 'stall-before':
      return 'stall'
    default:
      return undefined
  }
}

function sendBroken(response: ServerResponse, result: SandboxAnswer, fault: FaultRule | undefined): void {
  const body = Buffer.from(result.body)
  const half = Math.floor(body.length / 2)
  switch (fault?.kind) {
    case 'reset-after':
      response.socket?.resetAndDestroy()
      return
    case 'stall-after':
      return
    case 'truncate':
      send(response, { ...result, body: body.subarray(0, half) })
      return
    case 'reset-mid-body':
    case 'stall-body':
      response.writeHead(result.status, { ...result.headers, 'content-length': Math.max(body.length, 1) })
      response.flushHeaders()
      response.write(body.subarray(0, half), () => {
        if (fault.kind === 'reset-mid-body') response.socket?.resetAndDestroy()
      })
      return
    default:
      send(response, result)
  }
}

function send(response: ServerResponse, result: SandboxAnswer): void {
  const body = Buffer.from(result.body)
  const length = result.status === 204 ? {} : { 'content-length': body.length }
  response.writeHead(result.status, { ...result.headers, ...length }).end(body)
}

/** The body, or undefined when it is too large; the rest is read and dropped then, so that the client sees the answer. */
function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return void chunks.push(chunk)
      chunks = []
      resolve(undefined)
    })
    incoming.on('end', () => resolve(Buffer.concat(chunks)))
    incoming.on('error', reject)
  })
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
