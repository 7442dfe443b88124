import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decoded } from '../../src/events/audit-event.ts'
import { decode } from '../../src/events/decode.ts'
import { ENCODINGS } from './encodings.ts'
import { chance, mutatedBodies } from './mutate.ts'
import { SAMPLES } from './samples.ts'

const RANDOM_BODIES = 20_000
const RANDOM_JSON_BODIES = 20_000
const MUTATED_BODIES = 160_000
const MUTATIONS_PER_SAMPLE = 4
const ROUND_TRIPS = 500

/** Every sentence that an undecodable message may carry is fixed: none can hold a part of a body. */
const MOST_DETAILS = 16
const KEY = /^(?:cms|eb|msg|raw)-[0-9a-f]{32}$/

// The time is for machines that are busy with other things: alone it takes some ten seconds.
describe('whatever the body, decoding gives a sound record and does not throw', { timeout: 180_000 }, () => {
  test('random texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.base64String({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units))
    )
    const details = new Set<string>()
    fc.assert(
      fc.property(text, (body) => expectSound(decode(body, { messageId: 'm' }), body, details)),
      { numRuns: RANDOM_BODIES }
    )
    expect(details.size).toBeLessThan(MOST_DETAILS)
  })

  test('random JSON', () => {
    const details = new Set<string>()
    fc.assert(
      fc.property(fc.json({ depthSize: 'large', maxDepth: 6 }), (body) =>
        expectSound(decode(body, { messageId: 'm' }), body, details)
      ),
      { numRuns: RANDOM_JSON_BODIES }
    )
    expect(details.size).toBeLessThan(MOST_DETAILS)
  })

  test('mutated samples', () => {
    const details = new Set<string>()
    const kinds = { event: 0, undecodable: 0 }
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        for (const body of mutatedBodies(chance(seed), MUTATIONS_PER_SAMPLE)) {
          const decoded = decode(body, { messageId: 'm' })
          kinds[decoded.kind]++
          expectSound(decoded, body, details)
        }
      }),
      { numRuns: MUTATED_BODIES / MUTATIONS_PER_SAMPLE }
    )
    expect(details.size).toBeLessThan(MOST_DETAILS)
    // A mutator that spoils everything, or nothing, would prove little.
    expect(Math.min(kinds.event, kinds.undecodable)).toBeGreaterThan(MUTATED_BODIES / 5)
  })
})

test('whatever an event says, every encoding of it says the same', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 20 })
  const event = fc.record(
    {
      name: fc.oneof(
        word.map((text) => `Instance:${text}`),
        fc.constant('Instance:StateChange')
      ),
      id: word,
      product: fc.constantFrom('ECS', 'ecs', 'RDS'),
      resourceId: word,
      userId: fc.oneof(word, fc.bigInt({ min: 0n, max: 10n ** 19n }).map(String)),
      eventTime: fc.oneof(fc.constantFrom('20190409T121826.922+0800', '2019-04-09T04:18Z'), word),
      content: fc.dictionary(word, fc.jsonValue())
    },
    { requiredKeys: ['name', 'product'] }
  )
  fc.assert(
    fc.property(event, fc.string(), (fields, messageId) => {
      const body = JSON.stringify(fields)
      const expected = decode(body, { messageId })
      expect(expected.kind).toBe('event')
      for (const encode of Object.values(ENCODINGS)) expect(decode(encode(body), { messageId })).toEqual(expected)
    }),
    { numRuns: ROUND_TRIPS }
  )
})

test('one character more or less in the id, the name or the time is another event', () => {
  const { id, name } = JSON.parse(SAMPLES[3] ?? '')
  const key = (fields: object) => {
    const decoded = decode(JSON.stringify({ ...JSON.parse(SAMPLES[3] ?? ''), ...fields }), { messageId: 'm' })
    return decoded.kind === 'event' ? decoded.event.eventKey : ''
  }
  const keys = new Set<string>([key({})])
  for (let cut = 1; cut <= 8; cut++) {
    keys.add(key({ id: id.slice(cut) }))
    keys.add(key({ name: name.slice(cut) }))
    keys.add(key({ eventTime: 1749605421734 + cut }))
  }
  expect(keys.size).toBe(1 + 3 * 8)
})

/** Plain conditions instead of matchers: they run hundreds of thousands of times. */
function expectSound(decoded: Decoded, body: string, details: Set<string>): void {
  if (decoded.kind === 'undecodable') {
    details.add(decoded.detail)
    check(KEY.test(decoded.eventKey) && decoded.eventKey.startsWith('raw-'), 'key', decoded.eventKey)
    check(decoded.raw === body, 'raw body', decoded.raw)
    check(decoded.reason !== 'internal', 'reason', decoded.reason)
    return
  }
  const { content, timeMs, test: isTest, ...texts } = decoded.event
  for (const [field, text] of Object.entries(texts)) {
    check(typeof text === 'string' && text.length <= 1_024, field, text)
  }
  check(KEY.test(texts.eventKey), 'key', texts.eventKey)
  check(texts.name !== '', 'name', texts.name)
  check(timeMs === undefined || Number.isSafeInteger(timeMs), 'time', timeMs)
  check(content === '' || JSON.stringify(JSON.parse(content)) === content, 'content', content)
  check(texts.state === '' || texts.name === 'Instance:StateChange', 'state', texts.state)
  const isNotice = texts.name === 'Instance:PreemptibleInstanceInterruption' && /^(ECS)?$/.test(texts.product)
  check((texts.interruption !== '') === isNotice, 'interruption', texts.interruption)
  const mayBeActedOn = /^(?:i-[a-z0-9]+)?$/.test(texts.instanceId)
  check(!texts.name.startsWith('Instance:') || mayBeActedOn || isTest, 'instance', texts.instanceId)
}

function check(holds: boolean, what: string, found: unknown): void {
  if (!holds) throw new Error(`Unsound ${what}: ${JSON.stringify(found)}`)
}
