import type { SandboxRequest } from '../loopback-server.ts'

export const MNS_OPERATIONS = [
  'CreateQueue',
  'SetQueueAttributes',
  'GetQueueAttributes',
  'DeleteQueue',
  'ListQueue',
  'SendMessage',
  'BatchSendMessage',
  'ReceiveMessage',
  'BatchReceiveMessage',
  'PeekMessage',
  'BatchPeekMessage',
  'DeleteMessage',
  'BatchDeleteMessage',
  'ChangeMessageVisibility',
  'Unknown'
] as const

export type MnsOperation = (typeof MNS_OPERATIONS)[number]

/** The path and query of a request, read as the service reads them. */
export interface MnsTarget {
  /** Undefined for the list of queues. */
  readonly queue: string | undefined
  readonly messages: boolean
  /** Lower-case names: the SDKs spell them differently. */
  readonly query: ReadonlyMap<string, string>
}

/** Undefined for a path that the service does not have. */
export function readTarget({ path, target }: Pick<SandboxRequest, 'path' | 'target'>): MnsTarget | undefined {
  const match = /^\/queues(?:\/([^/]*)(\/messages)?)?$/.exec(path)
  if (match === null) return undefined
  const [, queue, messages] = match
  if (queue === '' && messages !== undefined) return undefined
  return {
    queue: queue === '' || queue === undefined ? undefined : decoded(queue),
    messages: messages !== undefined,
    query: readQuery(target.slice(path.length + 1))
  }
}

/** What a request asks for. */
export function operationOf(request: Pick<SandboxRequest, 'method' | 'path' | 'target' | 'body'>): MnsOperation {
  const target = readTarget(request)
  if (target === undefined) return 'Unknown'
  if (target.queue === undefined) return request.method === 'GET' ? 'ListQueue' : 'Unknown'
  return target.messages ? messageOperation(request, target) : queueOperation(request.method, target)
}

function queueOperation(method: string, { query }: MnsTarget): MnsOperation {
  switch (method) {
    case 'PUT':
      return query.get('metaoverride') === 'true' ? 'SetQueueAttributes' : 'CreateQueue'
    case 'GET':
      return 'GetQueueAttributes'
    case 'DELETE':
      return 'DeleteQueue'
    default:
      return 'Unknown'
  }
}

function messageOperation({ method, body }: Pick<SandboxRequest, 'method' | 'body'>, target: MnsTarget): MnsOperation {
  const { query } = target
  switch (method) {
    case 'POST':
      return /<(\w+)/.exec(body.toString('utf8', 0, 1024))?.[1] === 'Messages' ? 'BatchSendMessage' : 'SendMessage'
    case 'GET': {
      const batch = query.has('numofmessages')
      if (query.get('peekonly') === 'true') return batch ? 'BatchPeekMessage' : 'PeekMessage'
      return batch ? 'BatchReceiveMessage' : 'ReceiveMessage'
    }
    case 'DELETE':
      return query.has('receipthandle') || body.length === 0 ? 'DeleteMessage' : 'BatchDeleteMessage'
    case 'PUT':
      return 'ChangeMessageVisibility'
    default:
      return 'Unknown'
  }
}

/** Unlike a form's, this query's `+` is a plus: clients put base64 receipt handles in as they are. */
function readQuery(text: string): Map<string, string> {
  const query = new Map<string, string>()
  for (const part of text.split('&')) {
    const cut = part.indexOf('=')
    const name = cut < 0 ? part : part.slice(0, cut)
    if (name !== '') query.set(decoded(name).toLowerCase(), cut < 0 ? '' : decoded(part.slice(cut + 1)))
  }
  return query
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
