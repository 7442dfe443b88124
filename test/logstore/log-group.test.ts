import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EncodedLog } from '../../src/logstore/encoded-log.ts'
import { fieldKey } from '../../src/logstore/log-content.ts'
import { encodeLogGroup } from '../../src/logstore/log-group.ts'
import { encodeLog, LogWriter } from '../../src/logstore/log-writer.ts'
import type { LogRecord } from '../../src/logstore/sink.ts'
import { SlabPool } from '../../src/logstore/slab.ts'
import { encodeGroup } from '../support/sls-sandbox.ts'

/** Any UTF-16: ASCII, Latin-1, all planes, half surrogate pairs; short, and longer than what a loop writes. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.constant('\ud800'),
  fc.nat({ max: 20_000 }).map((length) => 'é'.repeat(length))
)
const anyKey = anyText.map((text) => `k${text}`)
const anyContents = fc.uniqueArray(fc.tuple(anyKey, anyText), { maxLength: 12, selector: ([key]) => wellFormed(key) })
const anyLog = fc.record({ timeS: fc.nat({ max: 0xffff_ffff }), contents: anyContents })

describe('encodeLogGroup', () => {
  it('writes the bytes that protobufjs writes, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(anyLog, { maxLength: 6 }), anyText, anyText, (logs, topic, source) => {
        const records = logs.map(({ timeS, contents }) => recordOf(timeS, contents))
        const reference = encodeGroup(
          logs.map(({ timeS, contents }) => ({
            time: timeS,
            fields: Object.fromEntries(contents.map((pair) => pair.map(wellFormed)))
          })),
          { topic: wellFormed(topic), source: wellFormed(source) }
        )
        expect(encodeLogGroup({ topic, source, records }).equals(reference)).toBe(true)
      })
    )
  })

  it('writes each log and value length around the steps of a varint', () => {
    for (const length of [0, 1, 24, 25, 119, 127, 128, 129, 16_370, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const records = [recordOf(1, [['key', 'x'.repeat(length)]])]
      const reference = encodeGroup([{ time: 1, fields: { key: 'x'.repeat(length) } }], { topic: 't', source: 's' })
      expect(encodeLogGroup({ topic: 't', source: 's', records }).equals(reference), `length ${length}`).toBe(true)
    }
  })

  it('takes as many bytes for a log as its record says', () => {
    fc.assert(
      fc.property(anyLog, ({ timeS, contents }) => {
        const record = encodeLog('t', timeS, contents.flat())
        const empty = encodeLogGroup({ topic: '', source: '', records: [] }).length
        const actual = encodeLogGroup({ topic: '', source: '', records: [record] }).length - empty
        expect(actual).toBe(record.bytes)
      })
    )
  })

  it('writes the same into a buffer that is there, if it is large enough', () => {
    fc.assert(
      fc.property(fc.array(anyLog, { maxLength: 6 }), fc.nat({ max: 2_000 }), (logs, length) => {
        const records = logs.map(({ timeS, contents }) => recordOf(timeS, contents))
        const group = { topic: 't', source: 's', records }
        const into = Buffer.alloc(length, 0xff)
        const written = encodeLogGroup(group, into)
        expect(written.equals(encodeLogGroup(group))).toBe(true)
        expect(written.buffer === into.buffer).toBe(written.length <= length)
      })
    )
  })

  it('never writes anything but UTF-8', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const bytes = encodeLogGroup({ topic: '', source: '', records: [recordOf(1, [['k', value]])] })
        const text = bytes.subarray(bytes.length - 4 - Buffer.byteLength(value), bytes.length - 4)
        expect(isUtf8(text)).toBe(true)
      })
    )
  })
})

/** Half surrogate pairs become U+FFFD; protobufjs would write them as bytes that are no UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function recordOf(timeS: number, contents: ReadonlyArray<readonly [string, string]>): LogRecord {
  return { topic: 't', timeS, fields: contents.flat(), bytes: 0 }
}

describe('an encoded log', () => {
  it('gives its fields back, half surrogate pairs as U+FFFD', () => {
    fc.assert(
      fc.property(anyLog, ({ timeS, contents }) => {
        const record = encodeLog('t', timeS, contents.flat())
        expect(record).toMatchObject({ topic: 't', timeS })
        expect(record.fields).toEqual(contents.flat().map(wellFormed))
      })
    )
  })

  it('stays as it is while others are written, in whatever slab', () => {
    const texts = [10, 5_000, 70_000, 20, 16_500, 200_000, 1].map((length, at) => `${at}`.repeat(length))
    const records = texts.map((text) => encodeLog('t', 1, ['key', text, 'other', text.slice(0, 30)]))
    expect(records.map(({ fields }) => fields[1])).toEqual(texts)
  })

  it('keeps its fields and its raw body while the memory of others is used anew', () => {
    const anyRaw = fc.oneof(anyText, fc.string({ unit: 'binary-ascii', maxLength: 30_000 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyRaw, fc.boolean()), { maxLength: 40 }), (logs) => {
        const writer = new LogWriter()
        const held: Array<{ log: EncodedLog; expected: readonly string[] }> = []
        for (const [text, raw, stays] of logs) {
          writer.begin(1)
          writer.content(fieldKey('key'), text)
          const log = writer.end({ topic: 't', timeS: 1 }, raw)
          if (stays) held.push({ log, expected: ['key', wellFormed(text), raw] })
          else log.letGo()
        }
        for (const { log, expected } of held) expect([...log.fields, log.raw]).toEqual(expected)
      })
    )
  })

  it('uses the memory of logs that were let go anew, and only theirs', () => {
    const pool = new SlabPool()
    const first = pool.take(1)
    first.hold()
    first.letGo()
    expect(pool.take(1)).not.toBe(first)
    first.letGo()
    expect(pool.take(1)).toBe(first)
  })

  it('cannot be read or stored any more when it has been let go', () => {
    const record = encodeLog('t', 1, ['key', 'value'])
    record.letGo()
    record.letGo()
    expect(() => record.fields).toThrow('let go')
    expect(() => record.raw).toThrow('let go')
    expect(() => encodeLogGroup({ topic: 't', source: 's', records: [record] })).toThrow('let go')
  })

  it('leaves out what has no value, and writes numbers in plain digits', () => {
    const writer = new LogWriter()
    const [text, number] = [fieldKey('text'), fieldKey('number')]
    writer.begin(1)
    for (const value of ['', undefined]) writer.text(text, value)
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, -7, 1e21, 1.5]) writer.integer(number, value)
    const { fields } = writer.end({ topic: 't', timeS: 1 })
    expect(fields).toEqual(['number', '-7', 'number', '1000000000000000000000', 'number', '1'])
  })
})
