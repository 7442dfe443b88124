import type { LogRecord } from './sink.ts'

/** Upper bound of what a log costs inside a LogGroup besides its contents: its tag, length and time. */
export const LOG_OVERHEAD_BYTES = 1 + 5 + 1 + 5

/** Protocol Buffers tags of SLS's `LogGroup` (Simple Log Service, Data encoding format). */
const TAG = { group: { logs: 0x0a, topic: 0x1a, source: 0x22 }, log: { time: 0x08, contents: 0x12 } } as const
const CONTENT_TAG = { key: 0x0a, value: 0x12 } as const

/** Up to this many characters a loop beats the call into native code (measured). */
const SHORT = 24

export interface LogGroup {
  readonly topic: string
  /** Where the logs come from: a host name or an address. */
  readonly source: string
  readonly records: readonly LogRecord[]
}

/**
 * One LogGroup as SLS's PutLogs takes it: Protocol Buffers, UTF-8, with half surrogate pairs replaced by U+FFFD. Written
 * by hand in two passes over one buffer (sizes, then bytes), because a generic encoder takes several times as long.
 */
export function encodeLogGroup(group: LogGroup): Buffer {
  const sizes = measure(group.records)
  const headBytes = textSize(utf8Size(group.topic)) + textSize(utf8Size(group.source))
  const buffer = Buffer.allocUnsafe(sizes.total + headBytes)
  let at = 0
  let slot = 0
  for (const record of group.records) {
    at = writeVarint(buffer, at, TAG.group.logs)
    at = writeVarint(buffer, at, sizes.slots[slot++] ?? 0)
    at = writeVarint(buffer, at, TAG.log.time)
    at = writeVarint(buffer, at, record.timeS)
    for (let index = 0; index < record.fields.length; index += 2) {
      const keyBytes = sizes.slots[slot++] ?? 0
      const valueBytes = sizes.slots[slot++] ?? 0
      at = writeVarint(buffer, at, TAG.log.contents)
      at = writeVarint(buffer, at, textSize(keyBytes) + textSize(valueBytes))
      at = writeText(buffer, at, CONTENT_TAG.key, record.fields[index] ?? '', keyBytes)
      at = writeText(buffer, at, CONTENT_TAG.value, record.fields[index + 1] ?? '', valueBytes)
    }
  }
  at = writeText(buffer, at, TAG.group.topic, group.topic, utf8Size(group.topic))
  writeText(buffer, at, TAG.group.source, group.source, utf8Size(group.source))
  return buffer
}

/** Bytes that one key and value take inside a log. */
export function contentSize(key: string, value: string): number {
  const bytes = textSize(utf8Size(key)) + textSize(utf8Size(value))
  return 1 + varintSize(bytes) + bytes
}

interface Sizes {
  /** Per log: the log's own bytes, then key bytes and value bytes of each of its contents. */
  readonly slots: Uint32Array
  /** Bytes of all logs with their tags and lengths. */
  readonly total: number
}

function measure(records: readonly LogRecord[]): Sizes {
  const slots = new Uint32Array(records.reduce((sum, { fields }) => sum + 1 + fields.length, 0))
  let slot = 0
  let total = 0
  for (const { fields, timeS } of records) {
    const own = slot++
    let bytes = 1 + varintSize(timeS)
    for (let index = 0; index < fields.length; index += 2) {
      const keyBytes = utf8Size(fields[index] ?? '')
      const valueBytes = utf8Size(fields[index + 1] ?? '')
      slots[slot++] = keyBytes
      slots[slot++] = valueBytes
      const content = textSize(keyBytes) + textSize(valueBytes)
      bytes += 1 + varintSize(content) + content
    }
    slots[own] = bytes
    total += 1 + varintSize(bytes) + bytes
  }
  return { slots, total }
}

function textSize(bytes: number): number {
  return 1 + varintSize(bytes) + bytes
}

function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

/** @param value an unsigned 32-bit integer */
function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}

function writeText(buffer: Buffer, start: number, tag: number, text: string, bytes: number): number {
  buffer[start] = tag
  const at = writeVarint(buffer, start + 1, bytes)
  if (bytes !== text.length) buffer.write(text, at, bytes, 'utf8')
  // As many bytes as characters means ASCII; and Latin-1 is the faster way to write that.
  else if (bytes > SHORT) buffer.write(text, at, bytes, 'latin1')
  else for (let index = 0; index < bytes; index += 1) buffer[at + index] = text.charCodeAt(index)
  return at + bytes
}

/** UTF-8 bytes of a text, as `Buffer.byteLength` counts them. */
function utf8Size(text: string): number {
  if (text.length > SHORT) return Buffer.byteLength(text)
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text)
  }
  return text.length
}
