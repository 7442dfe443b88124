import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { isLoopback } from '../lib/loopback.ts'
import { BadRequest } from './bad-request.ts'
import { loadPageFiles, type PageFile } from './page-files.ts'
import { refusalOf, SECURITY_HEADERS } from './request-guard.ts'
import { answerRequest, type ViewParts } from './view-routes.ts'

export interface ViewServerOptions {
  /** A loopback address: what the logstore holds is for nobody else. */
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
}

export interface ViewServer {
  /** `http://127.0.0.1:9465/` */
  readonly url: string
  /** Ends every connection; idempotent. */
  close(): Promise<void>
}

const MAX_BODY_BYTES = 16 * 1_024
const MAX_URL = 1_024
const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Serves the page and its API on a loopback address.
 *
 * @throws AuditError `usage` for a host that others could reach, `unavailable` when the port is taken
 */
export async function startViewServer(parts: ViewParts, { host, port }: ViewServerOptions): Promise<ViewServer> {
  if (!isLoopback(host)) {
    throw new AuditError(
      'usage',
      `Cannot serve the page at ${host}: it asks nobody for a password, so it must be a loopback address, such as 127.0.0.1.`
    )
  }
  const files = loadPageFiles()
  const server = createServer({ maxHeaderSize: 16 * 1_024 }, (request, response) => {
    const own = (server.address() as AddressInfo | null)?.port ?? 0
    serve({ parts, files, port: own }, request, response).catch(() => response.destroy())
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 10_000
  server.maxConnections = 256
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault) => reject(taken(host, port, fault)))
    server.listen(port, host.replace(/^\[|\]$/g, ''), resolve)
  })
  const { port: own } = server.address() as AddressInfo
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  let closing: Promise<void> | undefined
  return {
    url: `http://${name}:${own}/`,
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closing
    }
  }
}

function taken(host: string, port: number, fault: unknown): AuditError {
  const text = `Cannot serve the page at ${host}:${port}: ${errorMessage(fault)}. Choose another --port; 0 picks a free one.`
  return new AuditError('unavailable', text, { cause: fault })
}

interface Service {
  readonly parts: ViewParts
  readonly files: ReadonlyMap<string, PageFile>
  readonly port: number
}

async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  const refusal = refusalOf(request, service.port)
  if (refusal !== undefined) return sendJson(response, refusal.status, { error: refusal.error })
  const url = request.url ?? '/'
  if (url.length > MAX_URL) return sendJson(response, 414, { error: 'Too long an address.' })
  const cut = url.indexOf('?')
  const [path, query] = cut < 0 ? [url, ''] : [url.slice(0, cut), url.slice(cut + 1)]
  const file = service.files.get(path)
  if (file !== undefined) return sendFile(request, response, file)
  try {
    const body = await readBody(request)
    const signal = goneSignal(response)
    const asked = { method: request.method ?? '', path: decoded(path), query: new URLSearchParams(query), body, signal }
    sendJson(response, 200, await answerRequest(service.parts, asked))
  } catch (thrown) {
    if (!(thrown instanceof BadRequest)) {
      return sendJson(response, 500, { error: 'This is a bug in ecs-audit: please report it.' })
    }
    if (thrown.status === 413) response.setHeader('connection', 'close')
    sendJson(response, thrown.status, { error: thrown.message })
  }
}

function sendFile({ method, headers }: IncomingMessage, response: ServerResponse, file: PageFile): void {
  if (method !== 'GET' && method !== 'HEAD') {
    sendJson(response, 405, { error: 'Another method, please.' })
    return
  }
  response.setHeader('cache-control', 'no-cache')
  response.setHeader('etag', file.etag)
  if (file.link !== '') response.setHeader('link', file.link)
  if (headers['if-none-match'] === file.etag) {
    response.writeHead(304).end()
    return
  }
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length })
  response.end(method === 'HEAD' ? undefined : file.body)
}

function sendJson(response: ServerResponse, status: number, content: unknown): void {
  if (response.destroyed) return
  const body = Buffer.from(JSON.stringify(content))
  response.writeHead(status, { 'content-type': JSON_TYPE, 'cache-control': 'no-store', 'content-length': body.length })
  response.end(body)
}

/** @throws BadRequest for a body that is too large or no JSON by its type */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (request.method !== 'POST') return Buffer.alloc(0)
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new BadRequest('JSON, please.', 415)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new BadRequest('Too large a request.', 413)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new BadRequest('Not an address.')
  }
}
