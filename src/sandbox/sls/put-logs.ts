import type { SandboxRequest } from '../loopback-server.ts'
import { uncompressBody } from './compression.ts'
import { decodeLogGroup } from './log-group.ts'
import { SlsError } from './sls-error.ts'
import type { StoredLog } from './stored-log.ts'

/** Limits of one PutLogs (SLS "PutLogs" and "Limits / Basic resources"; the smallest where vendor pages disagree). */
const PUT_LIMITS = {
  rawBytes: 10 * 1024 * 1024,
  logs: 4096,
  keyBytes: 128,
  valueBytes: 1024 * 1024,
  /** Seconds before and after the service's clock. */
  pastS: 7 * 86_400,
  futureS: 15 * 60
} as const

/** What a put is checked against besides the limits. */
export interface PutRules {
  readonly nowS: number
  /** True answers a body without content-length with 411, as the vendor documents it; else it is taken. */
  readonly refuseChunked: boolean
  /** A log for which this says true makes the whole put fail. */
  readonly refuse: (fields: Readonly<Record<string, string>>) => boolean
}

/**
 * The logs of a PutLogs request: its headers checked, its body uncompressed and decoded, every log within the limits.
 *
 * @throws SlsError as the service would answer: one bad log fails the whole request
 */
export async function readPut(
  request: Pick<SandboxRequest, 'headers' | 'body'>,
  rules: PutRules
): Promise<StoredLog[]> {
  const raw = await rawBody(request, rules)
  const logs = await decodeLogGroup(raw, PUT_LIMITS.logs)
  if (logs.length === 0) throw new SlsError('PostBodyInvalid', 'The log group holds no logs.')
  for (const log of logs) checkLog(log, rules)
  return logs
}

async function rawBody({ headers, body }: Pick<SandboxRequest, 'headers' | 'body'>, rules: PutRules): Promise<Buffer> {
  if (headers['content-length'] === undefined && (rules.refuseChunked || headers['transfer-encoding'] === undefined)) {
    throw new SlsError('MissingContentLength', 'Content-Length does not exist in http header when it is necessary.')
  }
  const contentType = headers['content-type']
  if (contentType === undefined) {
    throw new SlsError('MissingContentType', 'Content-Type does not exist in http header when body is not empty.')
  }
  if (contentType !== 'application/x-protobuf') {
    throw new SlsError('InvalidContentType', `Content-Type ${contentType} is unsupported.`)
  }
  const sizeText = headers['x-log-bodyrawsize']
  if (sizeText === undefined) {
    throw new SlsError('MissingBodyRawSize', 'x-log-bodyrawsize does not exist in header when it is necessary.')
  }
  if (!/^\d{1,10}$/.test(sizeText)) throw new SlsError('InvalidBodyRawSize', 'x-log-bodyrawsize is invalid.')
  const rawBytes = Number(sizeText)
  if (rawBytes > PUT_LIMITS.rawBytes || body.length > PUT_LIMITS.rawBytes) throw new SlsError('PostBodyTooLarge')
  const type = headers['x-log-compresstype']
  if (type === undefined) {
    if (rawBytes !== body.length) throw new SlsError('InvalidBodyRawSize', 'x-log-bodyrawsize is invalid.')
    return body
  }
  if (type !== 'lz4' && type !== 'deflate') {
    throw new SlsError('InvalidCompressType', `x-log-compresstype ${type} is unsupported.`)
  }
  const raw = await uncompressBody(body, type, rawBytes)
  if (raw === undefined) throw new SlsError('PostBodyUncompressError', 'Failed to decompress logs.')
  return raw
}

function checkLog(log: StoredLog, rules: PutRules): void {
  if (log.time < rules.nowS - PUT_LIMITS.pastS || log.time > rules.nowS + PUT_LIMITS.futureS) {
    throw new SlsError('PostBodyInvalid', 'The post data time is out of range')
  }
  if (log.timeNs !== undefined && log.timeNs > 999_999_999) {
    throw new SlsError('InvalidTimestamp', 'Invalid timestamps are in logs.')
  }
  let count = 0
  for (const [key, value] of Object.entries(log.fields)) {
    count += 1
    if (key === '' || longerThan(key, PUT_LIMITS.keyBytes))
      throw new SlsError('InvalidKey', 'Invalid keys are in logs.')
    if (longerThan(value, PUT_LIMITS.valueBytes)) {
      throw new SlsError('PostBodyInvalid', `The value of ${key} is larger than ${PUT_LIMITS.valueBytes} bytes.`)
    }
  }
  if (count === 0) throw new SlsError('PostBodyInvalid', 'A log without contents is invalid.')
  if (rules.refuse(log.fields)) throw new SlsError('PostBodyInvalid', 'Protobuffer content cannot be parsed.')
}

/** A UTF-16 unit takes at most 3 bytes, so most texts need not be measured. */
function longerThan(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}
