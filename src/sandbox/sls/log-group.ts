import { isUtf8 } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parse, type Type } from 'protobufjs'
import { SlsError } from './sls-error.ts'
import type { StoredLog } from './stored-log.ts'

/** Logs decoded in one turn of the event loop: about 4 ms of work. */
const SLICE = 256

/**
 * The vendor's LogGroup (proto2; SLS "Data encoding"), taken apart in two steps so that a large one does not hold the
 * event loop: an embedded message and `bytes` look the same on the wire. Text is declared `string`, which turns invalid
 * UTF-8 into U+FFFD without a word; `bytes` tells whether such a character was really sent.
 */
function schema(text: 'string' | 'bytes'): { envelope: Type; log: Type } {
  const { root } = parse(
    `syntax = "proto2";
     message Pair { required ${text} Key = 1; required ${text} Value = 2; }
     message Log { required uint32 Time = 1; repeated Pair Contents = 2; optional fixed32 TimeNs = 4; }
     message LogGroup {
       repeated bytes Logs = 1; optional ${text} Topic = 3; optional ${text} Source = 4; repeated Pair LogTags = 6;
     }`,
    { keepCase: true }
  )
  return { envelope: root.lookupType('LogGroup'), log: root.lookupType('Log') }
}

const TEXT = schema('string')
const BYTES = schema('bytes')
const REPLACEMENT = '\ufffd'

interface Pair<Text> {
  readonly Key: Text
  readonly Value: Text
}

interface Envelope<Text> {
  readonly Logs: readonly Uint8Array[]
  /** Empty when the client sent none. */
  readonly Topic: Text
  readonly Source: Text
  readonly LogTags: ReadonlyArray<Pair<Text>>
}

interface Log<Text> {
  readonly Time: number
  readonly TimeNs?: number
  readonly Contents: ReadonlyArray<Pair<Text>>
}

/**
 * Decodes an encoded LogGroup. Duplicate keys in one log are refused: the vendor leaves their meaning undefined.
 *
 * @param maxLogs more are refused before they are decoded
 * @throws SlsError PostBodyInvalid, PostBodyTooLarge or InvalidEncoding
 */
export async function decodeLogGroup(raw: Buffer, maxLogs: number): Promise<StoredLog[]> {
  const group = decode<Envelope<string>>(TEXT.envelope, raw)
  if (group.Logs.length > maxLogs) {
    throw new SlsError('PostBodyTooLarge', `Logs must be less than or equal to ${maxLogs} entries.`)
  }
  const { Topic: topic, Source: source } = group
  if (topic.includes(REPLACEMENT) || source.includes(REPLACEMENT) || group.LogTags.some(looksInvalid)) {
    const bytes = decode<Envelope<Uint8Array>>(BYTES.envelope, raw)
    requireUtf8([bytes.Topic, bytes.Source, ...pairTexts(bytes.LogTags)])
  }
  const tags = toRecord(group.LogTags, 'tag')
  const logs: StoredLog[] = []
  for (const bytes of group.Logs) {
    if (logs.length > 0 && logs.length % SLICE === 0) await nextTurn()
    const { time, timeNs, fields } = decodeLog(bytes)
    logs.push({ time, timeNs, topic, source, tags, fields })
  }
  return logs
}

function decodeLog(bytes: Uint8Array): Pick<StoredLog, 'time' | 'timeNs' | 'fields'> {
  const log = decode<Log<string>>(TEXT.log, bytes)
  if (log.Contents.some(looksInvalid)) requireUtf8(pairTexts(decode<Log<Uint8Array>>(BYTES.log, bytes).Contents))
  return {
    time: log.Time,
    timeNs: Object.hasOwn(log, 'TimeNs') ? log.TimeNs : undefined,
    fields: toRecord(log.Contents, 'log')
  }
}

function decode<Message>(type: Type, bytes: Uint8Array): Message {
  try {
    return type.decode(bytes) as unknown as Message
  } catch {
    throw new SlsError('PostBodyInvalid', 'Protobuffer content cannot be parsed.')
  }
}

function looksInvalid({ Key, Value }: Pair<string>): boolean {
  return Key.includes(REPLACEMENT) || Value.includes(REPLACEMENT)
}

function pairTexts(pairs: ReadonlyArray<Pair<Uint8Array>>): Uint8Array[] {
  return pairs.flatMap(({ Key, Value }) => [Key, Value])
}

function requireUtf8(texts: readonly Uint8Array[]): void {
  if (texts.some((text) => !isUtf8(Buffer.from(text)))) {
    throw new SlsError('InvalidEncoding', 'Non-UTF8 characters are in logs.')
  }
}

/** Without a prototype: `__proto__` is a key like any other. */
function toRecord(pairs: ReadonlyArray<Pair<string>>, what: string): Record<string, string> {
  const record: Record<string, string> = Object.create(null)
  for (const { Key, Value } of pairs) {
    if (Key in record) throw new SlsError('PostBodyInvalid', `Duplicate key in one ${what}: ${Key.slice(0, 128)}`)
    record[Key] = Value
  }
  return record
}
