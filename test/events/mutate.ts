import { base64, ENCODINGS, topicJson, topicXml } from './encodings.ts'
import { SAMPLES } from './samples.ts'

/** Numbers in [0, 1) that decide everything a mutation does, so that a failing case can be repeated. */
export type Chance = () => number

/** A small, fast generator (mulberry32): the same seed gives the same numbers. */
export function chance(seed: number): Chance {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A sample with 1, 2, ... `steps` things done to it: to its fields, its text, its bytes, or around it. */
export function mutatedBodies(random: Chance, steps: number): string[] {
  let body = pick(SAMPLES, random)
  return Array.from({ length: steps }, () => {
    body = pick(MUTATIONS, random)(body, random)
    return body
  })
}

const MUTATIONS: ReadonlyArray<(body: string, random: Chance) => string> = [
  changeTree,
  changeTree,
  (body, random) => pick(Object.values(ENCODINGS), random)(isJson(body) ? body : '{}'),
  (body) => base64(body),
  (body) => topicXml(body),
  (body) => topicJson(body),
  (body, random) => body.slice(0, position(body, random)),
  (body, random) => body.slice(position(body, random)),
  (body, random) => splice(body, random, 1, String.fromCharCode(Math.floor(random() * 65_536))),
  (body, random) => splice(body, random, 0, pick(FRAGMENTS, random)),
  (body, random) => splice(body, random, Math.floor(random() * 20), ''),
  flipBytes
]

/** Deletes, replaces, encodes, wraps, copies or nests one value somewhere in the JSON. */
function changeTree(body: string, random: Chance): string {
  if (!isJson(body)) return body
  const root: Record<string, unknown> = { body: JSON.parse(body) }
  let holder = root
  let key = 'body'
  for (;;) {
    const value = holder[key]
    const keys = isHolder(value) ? Object.keys(value) : []
    if (!isHolder(value) || keys.length === 0 || random() < 0.2) break
    holder = value
    key = pick(keys, random)
  }
  pick(CHANGES, random)(holder, key, random)
  return JSON.stringify(root['body']) ?? ''
}

const CHANGES: ReadonlyArray<(holder: Record<string, unknown>, key: string, random: Chance) => void> = [
  (holder, key) => {
    delete holder[key]
  },
  (holder, key, random) => {
    holder[key] = pick(VALUES, random)
  },
  (holder, key) => {
    holder[key] = JSON.stringify(holder[key])
  },
  (holder, key, random) => {
    holder[key] = random() < 0.5 ? [holder[key]] : [holder[key], holder[key]]
  },
  (holder, key, random) => {
    if (!Array.isArray(holder)) holder[pick(KEYS, random)] = holder[key]
  },
  (holder, key, random) => {
    holder[key] = { [pick(KEYS, random)]: holder[key] }
  }
]

/** Names that mean something to the decoder, or to every object. */
const KEYS = [
  ...'name product content resourceId id state action instanceId eventStatus userId level status eventTime'.split(' '),
  ...'alert meta sysEventMeta eventContentMap message type dimensions metricName ruleId resources metricData'.split(
    ' '
  ),
  ...'specversion source data time subject TopicOwner Message resourceType diskId executeFinishTime'.split(' '),
  ...'constructor toString hasOwnProperty valueOf length toJSON then'.split(' ')
]

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -0.5,
  1e300,
  1534736160000,
  '',
  ' : ',
  '***',
  'i-abc',
  '\u0000\ud800',
  'x'.repeat(5_000),
  '\u{1f600}'.repeat(600),
  {},
  [],
  [[[[[{}]]]]],
  'Instance:StateChange',
  'Instance:PreemptibleInstanceInterruption',
  '20190409T121826.922+0800',
  '2019-13-45T99:99:99Z',
  '{"state":"Stopped"}',
  '[1]'
]

const FRAGMENTS = [
  ...['"__proto__":{"state":"Stopped"},', '"name":null,', '\\', '"', '{', '}', '[', ']', ',', ':', '\\ud83d', '\u0000'],
  ...['<![CDATA[', ']]>', '</Message>', '<Message>', '<!DOCTYPE a>', '&lt;', '&#0;', '<!--', '-->', '\ufeff', '\r\n'],
  ...['1100220033004400123', '1e999', '='.repeat(3), '-_', '['.repeat(2_000), '{"a":'.repeat(2_000), ' '.repeat(2_000)]
]

/** Changes bytes beneath base64, so that what it encodes may be no UTF-8 any more. */
function flipBytes(body: string, random: Chance): string {
  const bytes = Buffer.from(body)
  for (let left = Math.floor(random() * 4); left >= 0; left--) {
    const at = Math.floor(random() * bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  }
  return random() < 0.5 ? bytes.toString('base64') : bytes.toString()
}

function splice(body: string, random: Chance, remove: number, insert: string): string {
  const at = position(body, random)
  return body.slice(0, at) + insert + body.slice(at + remove)
}

function position(body: string, random: Chance): number {
  return Math.floor(random() * (body.length + 1))
}

function pick<T>(items: readonly T[], random: Chance): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('Cannot pick from nothing')
  return item
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}
