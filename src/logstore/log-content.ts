import { CONTENT_TAG, LOG_TAG, varintSize, writeVarint } from './protobuf.ts'

/** What a field's name takes inside a content: its tag and length, and the tag of the value behind it. Written once, copied often. */
export type FieldKey = Uint8Array

/** Up to this many characters a loop beats the call into native code (measured). */
const SHORT = 24
/** Tags and lengths of a content, the key apart. */
export const CONTENT_BYTES = 1 + 5 + 5
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
export const BYTES_PER_UNIT = 3

/** The key of every content of that name: to be made once, not for each content. */
export function fieldKey(name: string): FieldKey {
  const text = Buffer.from(name)
  const key = Buffer.alloc(1 + varintSize(text.length) + text.length + 1)
  key[0] = CONTENT_TAG.key
  text.copy(key, writeVarint(key, 1, text.length))
  key[key.length - 1] = CONTENT_TAG.value
  return key
}

/** Contents for `LogWriter.constant`. */
export function constantContents(fields: ReadonlyArray<readonly [name: string, value: string]>): Uint8Array {
  const contents = fields.map(([name, value]) => {
    const key = fieldKey(name)
    const buffer = Buffer.alloc(key.length + CONTENT_BYTES + BYTES_PER_UNIT * value.length)
    return buffer.subarray(0, writeContent(buffer, 0, key, value))
  })
  return Buffer.concat(contents)
}

/**
 * Both lengths stand before the value, and are known for sure only when it has been written: it goes where it belongs if it is
 * ASCII, as nearly all are, and is moved if not. Counting its bytes first would cost as much as writing it.
 */
export function writeContent(buffer: Buffer, start: number, key: FieldKey, value: string): number {
  const quick = writeShort(buffer, start, key, value)
  if (quick > 0) return quick
  const guess = value.length
  const guessed = start + 1 + headSize(key, guess)
  const bytes = writeValue(buffer, guessed, value)
  const head = headSize(key, bytes)
  if (start + 1 + head !== guessed) buffer.copyWithin(start + 1 + head, guessed, guessed + bytes)
  buffer[start] = LOG_TAG.contents
  let at = writeVarint(buffer, start + 1, key.length + varintSize(bytes) + bytes)
  for (let index = 0; index < key.length; index += 1) buffer[at + index] = key[index] as number
  at = writeVarint(buffer, at + key.length, bytes)
  return at + bytes
}

/**
 * A content of less than 128 bytes in ASCII: each length is one byte, and known. Nearly all are: an eighth of a record's time.
 *
 * @returns where the next byte goes; 0 for any other content
 */
function writeShort(buffer: Buffer, start: number, key: FieldKey, value: string): number {
  const { length } = value
  const bytes = key.length + 1 + length
  if (bytes > 0x7f) return 0
  buffer[start] = LOG_TAG.contents
  buffer[start + 1] = bytes
  let at = start + 2
  for (let index = 0; index < key.length; index += 1) buffer[at + index] = key[index] as number
  at += key.length
  buffer[at] = length
  at += 1
  if (length > SHORT) return buffer.write(value, at) === length ? at + length : 0
  for (let index = 0; index < length; index += 1) {
    const unit = value.charCodeAt(index)
    if (unit > 0x7f) return 0
    buffer[at + index] = unit
  }
  return at + length
}

/** Bytes between a content's tag and its value. */
function headSize(key: FieldKey, valueBytes: number): number {
  const size = varintSize(valueBytes)
  return varintSize(key.length + size + valueBytes) + key.length + size
}

/** @returns the bytes that it took */
function writeValue(buffer: Buffer, at: number, value: string): number {
  const length = value.length
  if (length > SHORT) return buffer.write(value, at)
  for (let index = 0; index < length; index += 1) {
    const unit = value.charCodeAt(index)
    if (unit > 0x7f) return buffer.write(value, at)
    buffer[at + index] = unit
  }
  return length
}
