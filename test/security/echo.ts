import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Echo {
  readonly url: string
  /** Signatures that it was sent. */
  readonly secrets: ReadonlySet<string>
}

const STATUSES = [400, 401, 403, 404, 409, 429, 500, 503, 200, 204, 302]
const CODES = [
  'SignatureDoesNotMatch',
  'Unauthorized',
  'InternalError',
  'Strange',
  'InvalidArgument',
  'PostBodyInvalid'
]

/** A server that answers every call with an error that quotes the whole request, in the form of the service that was called. */
export async function startEcho(): Promise<Echo> {
  const secrets = new Set<string>()
  let number = 0
  const server = createServer((request, response) => {
    void answer(request, response, number++, secrets)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secrets }
}

async function answer(request: IncomingMessage, response: ServerResponse, number: number, secrets: Set<string>) {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const { headers, url = '' } = request
  const authorization = headers.authorization ?? ''
  const signature = /(?:Signature=|:)([\w+/=]{20,})$/.exec(authorization)?.[1]
  if (signature !== undefined) secrets.add(signature)
  const told = `${url} ${JSON.stringify(headers)} ${Buffer.concat(chunks).toString()}`
  const code = number % 13 === 12 ? told : (CODES[number % CODES.length] ?? '')
  const { type, body } = errorBody(headers, code, told)
  const status = STATUSES[number % STATUSES.length] ?? 500
  const id = number % 5 === 4 ? told.replace(/[^ -~]/g, '') : `ID${number}`
  response.writeHead(status, { 'content-type': type, 'x-mns-request-id': id, 'x-log-requestid': id })
  response.end(body)
}

function errorBody(headers: IncomingMessage['headers'], code: string, told: string): { type: string; body: string } {
  if (headers['x-mns-version'] !== undefined) {
    const text = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    const inner = ['Code', 'Message', 'RequestId', 'HostId'].map((name) => {
      return `<${name}>${text(name === 'Code' ? code : told)}</${name}>`
    })
    return { type: 'text/xml', body: `<?xml version="1.0"?><Error>${inner.join('')}</Error>` }
  }
  const body = { errorCode: code, errorMessage: told, Code: code, Message: told, RequestId: told }
  return { type: 'application/json', body: JSON.stringify(body) }
}
