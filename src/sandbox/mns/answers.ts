import type { SandboxAnswer, SandboxRequest } from '../loopback-server.ts'
import { randomHex } from './message.ts'
import { errorKind } from './refusal.ts'
import { toXml, type XmlElement } from './xml-writer.ts'

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): SandboxAnswer {
  return { status, headers: { ...commonHeaders(newRequestId()), ...headers }, body: '' }
}

/** An answer with a document. */
export function xmlAnswer(status: number, root: XmlElement, requestId = newRequestId()): SandboxAnswer {
  const headers = { ...commonHeaders(requestId), 'content-type': 'text/xml;charset=utf-8' }
  return { status, headers, body: toXml(root) }
}

export interface ErrorDetails {
  /** Default: the code's own. */
  readonly message?: string
  /** Default: the code's own. */
  readonly status?: number | undefined
  /** False leaves HostId out, which breaks the official clients. */
  readonly complete?: boolean
}

/** The service's error document (help page "Error codes"). */
export function refusalAnswer(
  code: string,
  request: Pick<SandboxRequest, 'headers'>,
  details: ErrorDetails = {}
): SandboxAnswer {
  const kind = errorKind(code)
  const requestId = newRequestId()
  const elements: XmlElement[] = [
    ['Code', code],
    ['Message', details.message ?? kind.message],
    ['RequestId', requestId]
  ]
  if (details.complete !== false) elements.push(['HostId', baseUrl(request)])
  return xmlAnswer(details.status ?? kind.status, ['Error', elements], requestId)
}

/** The service's address as the client knows it. */
export function baseUrl(request: Pick<SandboxRequest, 'headers'>): string {
  return `http://${request.headers['host'] ?? 'localhost'}`
}

/** The names are in lower case because a client reads them from a case-sensitive dictionary. */
function commonHeaders(requestId: string): Record<string, string> {
  return { server: 'AliyunMQS', 'x-mns-request-id': requestId, 'x-mns-version': '2015-06-06' }
}

function newRequestId(): string {
  return randomHex().slice(0, 24)
}
