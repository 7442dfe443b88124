import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode } from '../../src/events/decode.ts'
import { readPlainly } from '../../src/events/read-plainly.ts'
import { SAMPLES } from './samples.ts'

const RUNS = 30_000

/** What the full parser makes of the bytes: it alone reads over blanks in base64. */
function slowly(bytes: Buffer): unknown {
  const text = bytes.toString('base64')
  return withoutBody(decode(` ${text.slice(0, 4)}\n${text.slice(4)}`, { messageId: 'm' }))
}

function quickly(bytes: Buffer): unknown {
  return withoutBody(decode(bytes.toString('base64'), { messageId: 'm' }))
}

/** An undecodable message's key and body are of the text as it came, blanks and all. */
function withoutBody(decoded: ReturnType<typeof decode>): unknown {
  if (decoded.kind === 'event') return decoded
  const { kind, reason, detail } = decoded
  return { kind, reason, detail }
}

const FLAT = ['ver', 'id', 'product', 'resourceId', 'level', 'name', 'userId', 'eventTime', 'regionId', 'status']
const OTHER = ['eventType', 'ruleName', 'curLevel', 'instanceName', 'TopicOwner', 'Message', 'content', '', '0', '测']
const CONTENT = ['instanceId', 'resourceId', 'state', 'action', 'status', 'eventStatus', 'executeStartTime']
const ODD = ['__proto__', 'constructor', 'a', 'b', '7', '-7', '07', '', 'é', 'diskId', 'ecsInstanceId']

/** JSON texts of values: plain ones, ones that are written otherwise than `JSON.stringify` does, and wrong ones. */
const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('"i-bp1a"', '"ECS"', '"Running"', '"20190409T121826.922+0800"', '""', '"ecs"')
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom('"é"', '"Ã©"', '"\u2028"', '"\u007f"', '"\ufffd"', '"***"') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"\\u0041"', '"\\/"', '"\\ud800"', '"\t"', '"\\x"', `"${'x'.repeat(1_030)}"`)
  }
)
const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '-5', '123456789012345', 'true', 'false', 'null') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('-0', '01', '1.50', '1e3', '1E3', '1234567890123456789', '-', 'nul', 'NaN', '')
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[]', '[1, 2]', '{}', '{ }', '{"a":1}', '{"a":{"b":"c"},"d":[]}', '{"2":1,"1":2}')
  }
)
const value = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: scalar })
const gap = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n\t', '\r') }
)

function object(pairs: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> {
  return fc
    .tuple(pairs, gap, gap)
    .map(
      ([all, one, other]) => `{${all.map(([name, json]) => `${one}"${name}"${other}:${json}`).join(`,${one}`)}${other}}`
    )
}

const content = object(
  fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...CONTENT) }, fc.constantFrom(...ODD)), value), {
    maxLength: 6
  })
)
const name = fc.constantFrom(
  '"Instance:StateChange"',
  '"Instance:PreemptibleInstanceInterruption"',
  '"Disk:Stalled:Executing"'
)
const message = object(
  fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...FLAT, ...OTHER), value), { maxLength: 8 }),
      fc.oneof({ weight: 6, arbitrary: name }, value),
      fc.oneof({ weight: 6, arbitrary: fc.constant('"id-1"') }, value),
      fc.oneof({ weight: 6, arbitrary: content }, value)
    )
    .map(([others, named, id, inner]) => [...others, ['name', named], ['id', id], ['content', inner]] as const)
)

describe('the plain form of a message', () => {
  test('is that of the flat events of the documentation', () => {
    const plain = SAMPLES.filter((json) => readPlainly(Buffer.from(json).toString('base64')) !== undefined)
    expect(plain.length).toBeGreaterThan(30)
    for (const json of SAMPLES) expect(quickly(Buffer.from(json))).toEqual(slowly(Buffer.from(json)))
  })

  test('is read as the full parser reads it, whatever the values and the way they are written', () => {
    let plain = 0
    fc.assert(
      fc.property(message, (json) => {
        const bytes = Buffer.from(json)
        if (readPlainly(bytes.toString('base64')) !== undefined) plain += 1
        expect(quickly(bytes)).toEqual(slowly(bytes))
      }),
      { numRuns: RUNS }
    )
    expect(plain).toBeGreaterThan(RUNS / 10)
  })

  test('is read as the full parser reads it after any byte was changed', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x22, 0x5c, 0x2c, 0x7d, 0xc3, 0x30))
    )
    const samples = SAMPLES.map((json) => Buffer.from(json))
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 3 }), (sample, changes) => {
        const bytes = Buffer.from(sample)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        expect(quickly(bytes)).toEqual(slowly(bytes))
      }),
      { numRuns: RUNS }
    )
  })
})
