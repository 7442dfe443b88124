import { EncodedLog } from './encoded-log.ts'
import { encodeLog } from './log-writer.ts'
import { GROUP_TAG, varintSize, writeVarint } from './protobuf.ts'
import type { LogRecord } from './sink.ts'

export interface LogGroup {
  readonly topic: string
  /** Where the logs come from: a host name or an address. */
  readonly source: string
  readonly records: readonly LogRecord[]
}

/**
 * One LogGroup as SLS's PutLogs takes it: Protocol Buffers, UTF-8, with half surrogate pairs replaced by U+FFFD. The logs
 * are encoded already (`LogWriter`).
 *
 * @param into a buffer to write to, when it is large enough
 * @returns the group: `into` or a part of it, or a buffer of its own
 */
export function encodeLogGroup({ topic, source, records }: LogGroup, into?: Buffer): Buffer {
  const logs = records.map(encoded)
  const total = logs.reduce((sum, { bytes }) => sum + bytes, textSize(topic) + textSize(source))
  const buffer = into !== undefined && into.length >= total ? into.subarray(0, total) : Buffer.allocUnsafe(total)
  let at = 0
  for (const log of logs) at = log.copyTo(buffer, at)
  at = writeText(buffer, at, GROUP_TAG.topic, topic)
  writeText(buffer, at, GROUP_TAG.source, source)
  return buffer
}

function encoded(record: LogRecord): EncodedLog {
  if (record instanceof EncodedLog) return record
  const { topic, timeS, fields } = record
  return encodeLog(topic, timeS, fields)
}

function textSize(text: string): number {
  const bytes = Buffer.byteLength(text)
  return 1 + varintSize(bytes) + bytes
}

function writeText(buffer: Buffer, start: number, tag: number, text: string): number {
  buffer[start] = tag
  const at = writeVarint(buffer, start + 1, Buffer.byteLength(text))
  return at + buffer.write(text, at, 'utf8')
}
