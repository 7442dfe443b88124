import { createHash, createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import protobuf from 'protobufjs'
import { Faults } from '../../src/sandbox/faults.ts'
import { type LoopbackServer, startLoopbackServer } from '../../src/sandbox/loopback-server.ts'
import { createSlsService, type SlsService, type SlsServiceOptions } from '../../src/sandbox/sls/sls-service.ts'

export const SLS_KEYS = { accessKeyId: 'sandbox-id', accessKeySecret: 'sandbox-secret', region: 'cn-hangzhou' } as const

/** The index that the tests use unless they bring their own. */
export const SLS_INDEX = {
  line: { token: [',', ' ', ';', ':'], caseSensitive: false, chn: false },
  keys: {
    event_id: { type: 'text', doc_value: true, token: [] },
    event_name: { type: 'text', doc_value: true, token: [',', ' ', ':'] },
    note: { type: 'text', doc_value: false, token: [' '] },
    latency_ms: { type: 'long', doc_value: true },
    score: { type: 'double', doc_value: true },
    payload: {
      type: 'json',
      doc_value: true,
      token: [' '],
      json_keys: { state: { type: 'text', doc_value: true }, code: { type: 'long', doc_value: true } }
    }
  }
}

export interface SlsSandbox {
  readonly service: SlsService
  readonly server: LoopbackServer
  readonly faults: Faults
  readonly project: string
  readonly logstore: string
  close(): Promise<void>
}

/** The service on a free port, with one project and one logstore. */
export async function startSls(
  options: Partial<SlsServiceOptions> = {},
  index: Record<string, unknown> | undefined = SLS_INDEX
): Promise<SlsSandbox> {
  const service = await createSlsService({ ...SLS_KEYS, ...options })
  const faults = new Faults()
  const server = await startLoopbackServer(service, { port: 0, faults })
  const [project, logstore] = ['my-audit', 'ecs-events']
  if (!service.hasProject(project)) await service.createProject(project)
  if (!service.hasLogstore(project, logstore)) {
    await service.createLogstore(project, logstore, { ttl: 30, shards: 2 }, index)
  }
  return {
    service,
    server,
    faults,
    project,
    logstore,
    close: async () => {
      await server.close()
      await service.close()
    }
  }
}

export interface PlainLog {
  readonly time: number
  readonly timeNs?: number
  readonly fields: Readonly<Record<string, string>>
}

const logGroup = protobuf
  .parse(
    `syntax = "proto2";
     message Pair { required string Key = 1; required string Value = 2; }
     message Log { required uint32 Time = 1; repeated Pair Contents = 2; optional fixed32 TimeNs = 4; }
     message LogGroup { repeated Log Logs = 1; optional string Reserved = 2; optional string Topic = 3;
       optional string Source = 4; optional string MachineUUID = 5; repeated Pair LogTags = 6; }`,
    { keepCase: true }
  )
  .root.lookupType('LogGroup')

/** An encoded LogGroup, made by protobufjs from the vendor's schema. */
export function encodeGroup(
  logs: readonly PlainLog[],
  { topic, source, tags = {} }: { topic?: string; source?: string; tags?: Readonly<Record<string, string>> } = {}
): Buffer {
  const pairs = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).map(([Key, Value]) => ({ Key, Value }))
  const message = {
    Logs: logs.map(({ time, timeNs, fields }) => ({
      Time: time,
      Contents: pairs(fields),
      ...(timeNs !== undefined && { TimeNs: timeNs })
    })),
    ...(topic !== undefined && { Topic: topic }),
    ...(source !== undefined && { Source: source }),
    LogTags: pairs(tags)
  }
  return Buffer.from(logGroup.encode(logGroup.create(message)).finish())
}

export interface RawRequest {
  readonly method: string
  readonly target: string
  /** Overrides; `undefined` removes a header that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Buffer
  readonly project?: string
  readonly secret?: string
  readonly dateMs?: number
  readonly chunked?: boolean
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** `errorCode` of a JSON error body. */
  readonly errorCode: string | undefined
  readonly errorMessage: string | undefined
}

/** Sends one request, signed with v1 and HMAC-SHA1 by the vendor's description, whatever its headers are. */
export async function sendRaw(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method, target, body = Buffer.alloc(0), chunked = false } = request
  const headers: Record<string, string> = {}
  const all = {
    host: `${request.project ?? 'my-audit'}.127.0.0.1:${port}`,
    date: new Date(request.dateMs ?? Date.now()).toUTCString(),
    'x-log-apiversion': '0.6.0',
    'x-log-signaturemethod': 'hmac-sha1',
    ...(body.length > 0 && { 'content-md5': createHash('md5').update(body).digest('hex').toUpperCase() }),
    ...(body.length > 0 && !chunked && { 'content-length': String(body.length) }),
    ...request.headers
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) headers[name] = value
  headers['authorization'] ??= `LOG ${SLS_KEYS.accessKeyId}:${signV1(method, target, headers, request.secret)}`
  return exchange(port, { method, target, headers, body })
}

function signV1(method: string, target: string, headers: Record<string, string>, secret?: string): string {
  const [path = '', query = ''] = target.split('?')
  const params = [...new URLSearchParams(query)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${k}=${v}`)
  const own = Object.keys(headers)
    .filter((name) => /^x-(log|acs)-/.test(name))
    .sort()
    .map((name) => `${name}:${headers[name]}`)
  const text = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers['date'] ?? '',
    ...own,
    params.length === 0 ? path : `${path}?${params.join('&')}`
  ].join('\n')
  return createHmac('sha1', secret ?? SLS_KEYS.accessKeySecret)
    .update(text)
    .digest('base64')
}

function exchange(
  port: number,
  { method, target, headers, body }: { method: string; target: string; headers: Record<string, string>; body: Buffer }
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method, path: target, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const isError = (response.statusCode ?? 0) >= 400 && bytes.length > 0
          const error = isError ? (JSON.parse(bytes.toString()) as Record<string, string>) : {}
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            errorCode: error['errorCode'],
            errorMessage: error['errorMessage']
          })
        })
      }
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Puts logs uncompressed, as `sendRaw` signs them. */
export function putGroup(
  port: number,
  group: Buffer,
  more: Omit<RawRequest, 'method' | 'target' | 'body'> & { target?: string } = {}
): Promise<RawAnswer> {
  const { target = '/logstores/ecs-events/shards/lb', headers, ...rest } = more
  return sendRaw(port, {
    method: 'POST',
    target,
    body: group,
    headers: { 'content-type': 'application/x-protobuf', 'x-log-bodyrawsize': String(group.length), ...headers },
    ...rest
  })
}
