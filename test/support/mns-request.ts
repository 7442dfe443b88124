import { createHash, createHmac } from 'node:crypto'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import { Faults } from '../../src/sandbox/faults.ts'
import {
  type LoopbackServer,
  type LoopbackServerOptions,
  startLoopbackServer
} from '../../src/sandbox/loopback-server.ts'
import { createMnsService, type MnsService, type MnsServiceOptions } from '../../src/sandbox/mns/mns-service.ts'

export const MNS_KEYS = { accessKeyId: 'sandbox-id', accessKeySecret: 'sandbox-secret' } as const

/** One request to the sandbox's MNS. It is signed as the official SDKs sign, unless it says otherwise. */
export interface MnsAsk {
  readonly method: string
  /** Path and query as they go on the wire. */
  readonly target: string
  readonly body?: string
  /** Added to the usual ones; `undefined` takes a usual one away. All are signed but Authorization and security-token. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Added after the signature was made. */
  readonly unsignedHeaders?: Readonly<Record<string, string>>
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  /** Epoch milliseconds of Date; default: the service's own time. */
  readonly date?: number
  /** Ends the request: the connection is closed. */
  readonly signal?: AbortSignal
}

export class MnsReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Names as they were on the wire. */
  readonly rawHeaders: readonly string[]
  readonly text: string

  constructor(status: number, headers: IncomingHttpHeaders, rawHeaders: readonly string[], text: string) {
    this.status = status
    this.headers = headers
    this.rawHeaders = rawHeaders
    this.text = text
  }

  /** The unescaped texts of all elements of a name. */
  all(name: string): string[] {
    const found = this.text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))
    return [...found].map(([, text = '']) => unescapeXml(text))
  }

  /** The text of the only element of a name. */
  one(name: string): string {
    const [text, ...others] = this.all(name)
    if (text === undefined || others.length > 0) throw new Error(`Expected one ${name} in: ${this.text}`)
    return text
  }

  /** Element names in document order, the root's first. */
  elements(): string[] {
    return [...this.text.matchAll(/<(\w+)/g)].map(([, name = '']) => name)
  }

  /** Status and error code: `404 MessageNotExist`. */
  get refusal(): string {
    return `${this.status} ${this.all('Code')[0] ?? '-'}`
  }
}

/** The service on a port of its own, with a client; closed when the test ends. */
export interface MnsSandbox {
  readonly service: MnsService
  readonly server: LoopbackServer
  readonly faults: Faults
  ask(ask: MnsAsk): Promise<MnsReply>
  get(target: string, more?: Partial<MnsAsk>): Promise<MnsReply>
  put(target: string, body?: string, more?: Partial<MnsAsk>): Promise<MnsReply>
  post(target: string, body?: string, more?: Partial<MnsAsk>): Promise<MnsReply>
  delete(target: string, body?: string, more?: Partial<MnsAsk>): Promise<MnsReply>
  close(): Promise<void>
}

export async function startMns(
  options: Partial<MnsServiceOptions> = {},
  server: Partial<LoopbackServerOptions> = {}
): Promise<MnsSandbox> {
  const service = await createMnsService({ ...MNS_KEYS, ...options })
  const faults = new Faults()
  const carrier = await startLoopbackServer(service, { port: 0, faults, ...server })
  const agent = new Agent({ keepAlive: true })
  const clock = options.clock ?? { now: Date.now }
  const ask = (request: MnsAsk) => sendAsk(carrier.port, agent, clock, request)
  const close = async () => {
    agent.destroy()
    await carrier.close()
    await service.close()
  }
  onTestFinished(close)
  return {
    service,
    server: carrier,
    faults,
    ask,
    get: (target, more) => ask({ method: 'GET', target, ...more }),
    put: (target, body = '', more = {}) => ask({ method: 'PUT', target, body, ...more }),
    post: (target, body = '', more = {}) => ask({ method: 'POST', target, body, ...more }),
    delete: (target, body = '', more = {}) => ask({ method: 'DELETE', target, body, ...more }),
    close
  }
}

function sendAsk(port: number, agent: Agent, clock: Pick<Clock, 'now'>, ask: MnsAsk): Promise<MnsReply> {
  const headers = { ...signedHeaders(port, clock.now(), ask), ...ask.unsignedHeaders }
  const { method, target: path, body = '', signal } = ask
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      agent,
      method,
      path,
      headers,
      ...(signal === undefined ? {} : { signal })
    }
    const sent = httpRequest(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve(new MnsReply(response.statusCode ?? 0, response.headers, response.rawHeaders, text))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Signature version 2, written from its description and not from the service's code. */
function signedHeaders(port: number, now: number, ask: MnsAsk): Record<string, string> {
  const { method, target, body = '', accessKeyId = MNS_KEYS.accessKeyId } = ask
  const usual: Record<string, string | undefined> = {
    host: `127.0.0.1:${port}`,
    date: new Date(ask.date ?? now).toUTCString(),
    'x-mns-version': '2015-06-06',
    ...(body === '' ? {} : { 'content-type': 'text/xml' }),
    ...(method === 'GET' ? {} : { 'content-md5': hexMd5(body), 'content-length': String(Buffer.byteLength(body)) })
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...usual, ...ask.headers })) {
    if (value !== undefined) headers[name] = value
  }
  if (ask.headers !== undefined && 'authorization' in ask.headers) return headers
  let text = `${method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n`
  text += `${headers['x-mns-date'] ?? headers['date'] ?? ''}\n`
  for (const name of Object.keys(headers).sort()) if (name.startsWith('x-mns-')) text += `${name}:${headers[name]}\n`
  const hmac = createHmac('sha1', ask.accessKeySecret ?? MNS_KEYS.accessKeySecret)
  headers['authorization'] = `MNS ${accessKeyId}:${hmac.update(text + target).digest('base64')}`
  return headers
}

/** Content-MD5 as the SDKs send it: base64 of the hexadecimal digest. */
function hexMd5(body: string): string {
  return Buffer.from(createHash('md5').update(body).digest('hex')).toString('base64')
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function unescapeXml(text: string): string {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#xD;', '\r')
  return plain.replaceAll('&amp;', '&')
}
