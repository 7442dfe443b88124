import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { decodeFollowUp, encodeFollowUp } from '../../src/actions/follow-up.ts'
import { readInstances } from '../../src/cloud/ecs/read-instance.ts'
import { readAnswer } from '../../src/cloud/rpc/rpc-answer.ts'
import { loadConfig } from '../../src/config/load.ts'
import { settableOptions } from '../../src/config/options.ts'
import { decode } from '../../src/events/decode.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { AuditError } from '../../src/lib/errors.ts'
import { failureOf } from '../../src/logstore/answer-fault.ts'
import { encodeLogGroup } from '../../src/logstore/log-group.ts'
import { type DeliveryFacts, eventRecord, undecodableRecord } from '../../src/logstore/record.ts'
import { SlsReader } from '../../src/logstore/sls-reader.ts'
import { countOf, messagesOf, refusedOf, textOf, undeletedOf } from '../../src/queue/mns-answers.ts'
import { readXml } from '../../src/queue/xml-reader.ts'
import { type Chance, mutatedBodies } from '../events/mutate.ts'
import { SAMPLES } from '../events/samples.ts'
import { JSON_PIECES, pick, spoil, spoiledBytes, XML_PIECES, YAML_PIECES } from './spoil.ts'

/** Something that reads what comes from outside. */
export interface Target {
  readonly name: string
  /** Of 100 inputs. */
  readonly share: number
  /** Makes an input and returns how to give it to the reader, and its size; reading throws when something does not hold. */
  readonly prepare: (random: Chance) => { readonly size: number; readonly read: () => void | Promise<void> }
}

const SECRET = 'hush-hush-secret'
const FACTS: DeliveryFacts = { queue: 'q', messageId: 'm', dequeueCount: 1, receivedMs: 1_750_000_000_000 }
/** The largest that each service or reader lets through, characters. */
const MAX_BODY = 65_536
const MAX_ANSWER = 300_000
const MAX_CONFIG = 70_000

/** Every reader of outside input, by the share of inputs that it gets. @param file where configurations may be written */
export function targets(file: string): readonly Target[] {
  return [
    { name: 'message bodies', share: 50, prepare: body },
    { name: 'queue answers (XML)', share: 31, prepare: queueAnswer },
    { name: 'logstore answers', share: 12, prepare: logAnswer },
    { name: 'control-plane answers', share: 5, prepare: rpcAnswer },
    { name: 'configurations', share: 2, prepare: (random) => configuration(random, file) }
  ]
}

const FOLLOW_UP = encodeFollowUp({
  ...{ action: 'restart', causedBy: 'k', instanceId: 'i-1', regionId: 'cn-hangzhou', accountId: '1' },
  ...{ sentMs: 1, state: { attempt: 1, text: 'x' } }
})

/** A message's way: told from a follow-up, decoded, recorded, encoded. */
function body(random: Chance): ReturnType<Target['prepare']> {
  const kind = random()
  const [mutated = ''] = kind < 0.5 ? mutatedBodies(random, 1 + Math.floor(random() * 4)).slice(-1) : []
  const seed = kind < 0.5 ? mutated : kind < 0.6 ? FOLLOW_UP : pick(SAMPLES, random)
  const pieces = random() < 0.8 ? JSON_PIECES : XML_PIECES
  const spoiled = kind < 0.4 ? seed : spoil(seed, pieces, random, MAX_BODY)
  const text = kind > 0.9 ? Buffer.from(spoiled).toString('base64').slice(0, MAX_BODY) : spoiled
  const read = (): void => {
    const followUp = decodeFollowUp(text)
    if (followUp !== undefined) hold(typeof followUp.action === 'string', 'follow-up')
    const decoded = decode(text, { messageId: 'm' })
    const key = decoded.kind === 'event' ? decoded.event.eventKey : decoded.eventKey
    hold(/^(?:cms|eb|msg|raw)-[0-9a-f]{32}$/.test(key), 'event key')
    if (decoded.kind === 'undecodable') hold(decoded.reason !== 'internal', 'reason')
    const record =
      decoded.kind === 'event'
        ? eventRecord(decoded.event, FACTS, FACTS.receivedMs)
        : undecodableRecord(decoded, FACTS, FACTS.receivedMs)
    const encoded = encodeLogGroup({ topic: record.topic, source: 's', records: [record] })
    hold(encoded.length <= record.bytes + 100, 'the bound of a record')
    hold(
      record.fields.every((field) => typeof field === 'string'),
      'fields'
    )
  }
  return { size: text.length, read }
}

function answerXml(random: Chance): string {
  const message = (number: number): string =>
    `\n  <Message>\n<MessageId>M${number}</MessageId><MessageBodyMD5>D</MessageBodyMD5><MessageBody>eyJhIjoxfQ==&lt;&#20013;</MessageBody><ReceiptHandle>8-0z+/=${number}</ReceiptHandle><EnqueueTime>1750000000000</EnqueueTime><FirstDequeueTime>1750000000001</FirstDequeueTime><NextVisibleTime>1750000060001</NextVisibleTime><DequeueCount>1</DequeueCount><Priority>8</Priority></Message>`
  const many = Array.from({ length: Math.floor(17 * random() ** 3) }, (_, number) => message(number)).join('')
  const error = (handle: number): string =>
    `<Error><ErrorCode>ReceiptHandleError</ErrorCode><ErrorMessage>x</ErrorMessage><ReceiptHandle>h${handle}</ReceiptHandle></Error>`
  return pick(
    [
      `<?xml version="1.0" ?>\n<Messages xmlns="http://mns.aliyuncs.com/doc/v1/">${many}</Messages>`,
      `<Errors>${error(1)}${error(2)}</Errors>`,
      '<Error><Code>QueueNotExist</Code><Message>no</Message><RequestId>R</RequestId><HostId>H</HostId></Error>',
      '<Queue><VisibilityTimeout>60</VisibilityTimeout><MessageRetentionPeriod>345600</MessageRetentionPeriod></Queue>'
    ],
    random
  )
}

/** An answer of the queue, through everything that is asked of one. */
function queueAnswer(random: Chance): ReturnType<Target['prepare']> {
  const bytes = spoiledBytes(spoil(answerXml(random), XML_PIECES, random, MAX_ANSWER), random)
  const read = (): void => {
    const root = readXml(bytes)
    if (root === undefined) return
    const messages = messagesOf(root) ?? []
    for (const message of messages) {
      hold(message.receiptHandle !== '' && message.messageId !== '', 'a message that can be deleted')
      hold(Number.isSafeInteger(message.enqueuedMs) && message.dequeueCount >= 1, 'numbers')
      decode(message.body, { messageId: message.messageId })
    }
    hold(
      refusedOf(root).every((code) => typeof code === 'string'),
      'codes'
    )
    const undeleted = undeletedOf(root, ['h1', 'h2', 'h3'])
    if (undeleted !== undefined)
      hold(
        [...undeleted.lost, ...undeleted.retry].every((h) => /^h[123]$/.test(h)),
        'handles'
      )
    hold(Number.isSafeInteger(countOf(root, 'VisibilityTimeout')) && typeof textOf(root, 'Code') === 'string', 'texts')
  }
  return { size: bytes.length, read }
}

const ROWS = JSON.stringify({
  meta: { progress: 'Complete', count: 2, keys: ['a', 'b'], hasSQL: true },
  data: [
    { a: '1', b: 'x' },
    { a: 'null', b: '{"c":1}' }
  ]
})
const LOG_ERROR = JSON.stringify({ errorCode: 'PostBodyInvalid', errorMessage: `not ${SECRET} good` })
const HTML = '<html><head><title>502 Bad Gateway</title></head></html>'

/** An answer of the logstore: an error, and rows. */
function logAnswer(random: Chance): ReturnType<Target['prepare']> {
  const bytes = spoiledBytes(spoil(pick([ROWS, LOG_ERROR, HTML], random), JSON_PIECES, random, MAX_ANSWER), random)
  const status = pick([200, 200, 201, 302, 400, 401, 403, 404, 413, 429, 500, 503], random)
  const headers = {
    'x-log-requestid': pick(['', 'R', 'x'.repeat(500)], random),
    'x-log-bodyrawsize': pick(['', '1e99'], random)
  }
  const read = async (): Promise<void> => {
    const failure = failureOf({ status, headers, body: bytes }, { secrets: [SECRET], privateBody: false })
    if (failure !== undefined) {
      const { message, code, requestId } = failure.fault
      hold(!message.includes(SECRET) && message.length < 1_000, 'a message for people')
      hold(/^[\w.-]*$/.test(code) && /^[\w.-]*$/.test(requestId), 'plain words')
    }
    await readRows(bytes, status)
  }
  return { size: bytes.length, read }
}

async function readRows(bytes: Buffer, status: number): Promise<void> {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString())
  } catch {
    return
  }
  const client = { call: async () => ({ kind: 'ok' as const, status, requestId: '', body }) }
  const clock = { ...systemClock, sleep: async () => undefined }
  const reader = new SlsReader({ client: client as never, logstore: 'l', clock })
  for (const query of ['*', '* | select a']) {
    const outcome = await reader.queryLogs({ fromS: 0, toS: 1, query, maxRows: 300 })
    if (outcome.kind === 'failed') continue
    const values = outcome.rows.flatMap((row) => Object.values(row))
    hold(
      values.every((value) => typeof value === 'string' || value === undefined),
      'rows of texts'
    )
    hold(outcome.rows.length <= 10_000 || query !== '*', 'as many rows as were asked for')
  }
}

const INSTANCES = JSON.stringify({
  RequestId: 'R',
  TotalCount: 1,
  NextToken: '',
  Instances: {
    Instance: [
      {
        ...{ InstanceId: 'i-1', Status: 'Running', RegionId: 'cn-hangzhou', CreationTime: '2026-01-01T00:00Z' },
        ...{
          OperationLocks: { LockReason: [{ LockReason: 'financial' }] },
          Tags: { Tag: [{ TagKey: 'k', TagValue: 'v' }] }
        },
        VpcAttributes: { VpcId: 'vpc-1', PrivateIpAddress: { IpAddress: ['10.0.0.1'] } }
      }
    ]
  }
})
const RPC_ERROR = JSON.stringify({
  ...{ RequestId: 'R', Code: 'Forbidden.RAM', Message: `${SECRET} may not`, HostId: 'h' },
  AccessDeniedDetail: { AuthAction: 'ecs:DescribeInstances' }
})

/** An answer of the control plane. */
function rpcAnswer(random: Chance): ReturnType<Target['prepare']> {
  const text = spoil(pick([INSTANCES, RPC_ERROR, HTML], random), JSON_PIECES, random, MAX_ANSWER)
  const status = pick([200, 200, 302, 400, 403, 404, 429, 500, 503], random)
  const header = (): string => pick(['', '9'.repeat(9), 'x'], random)
  const read = (): void => {
    const { outcome } = readAnswer({ status, header, body: text }, { action: 'DescribeInstances' }, [SECRET])
    if (outcome.kind !== 'done') {
      const { message, code, requestId } = outcome.fault
      hold(!message.includes(SECRET) && message.length < 1_000, 'a message for people')
      hold(/^[\w.-]*$/.test(code) && /^[\w.-]*$/.test(requestId), 'plain words')
      return
    }
    for (const instance of readInstances(outcome.value)?.instances ?? []) {
      hold(typeof instance.instanceId === 'string' && Object.getPrototypeOf(instance.tags) !== undefined, 'an instance')
    }
  }
  return { size: text.length, read }
}

const CONFIG = stringify({
  region: 'cn-hangzhou',
  queue: { endpoint: 'http://127.0.0.1:1', name: 'q', visibility: '60s' },
  logstore: { endpoint: 'http://127.0.0.1:1', project: 'p', name: 'l', batch: { linger: '2s', maxBytes: '512KiB' } },
  actions: { restart: { enabled: true, match: { tag: { a: 'b' }, ids: ['i-1'] } } },
  endpoints: { ecs: 'http://127.0.0.1:1' },
  credentials: { accessKeyId: SECRET, accessKeySecret: SECRET }
})
const KEYS = `\ncredentials:\n  accessKeyId: ${SECRET}\n  accessKeySecret: ${SECRET}\n`
/** Each line is ten of the line before: ten lines would be ten billion. */
const BOMB = Array.from({ length: 10 }, (_, level) => {
  const before = level === 0 ? 'x' : `*l${level - 1}`
  return `l${level}: &l${level} [${Array.from({ length: 10 }, () => before).join(', ')}]`
}).join('\n')
const VARIABLES = [...settableOptions().map(({ variable }) => variable), 'ECS_AUDIT_NOTHING', 'ECS_AUDIT___PROTO__']

/** A configuration file and an environment over it. */
function configuration(random: Chance, file: string): ReturnType<Target['prepare']> {
  const seed = pick([CONFIG, CONFIG, CONFIG, BOMB, `${CONFIG}${BOMB}`, JSON.stringify({ region: 1 })], random)
  const text = spoil(seed, YAML_PIECES, random, MAX_CONFIG)
  // Where a key was moved to another option, it is that option's value, and told.
  const inPlace = text.includes(KEYS) && text.split(SECRET).length === 3
  const variables = Array.from({ length: Math.floor(random() * 4) }, () => {
    return [pick(VARIABLES, random), spoil(pick(['5s', 'true', '[]', '{a: 1}'], random), YAML_PIECES, random, 2_000)]
  })
  const environment = Object.fromEntries(variables) as Record<string, string>
  const read = (): void => {
    writeFileSync(file, text)
    try {
      hold(loadConfig({ file, environment }).queues.length > 0, 'a complete configuration')
    } catch (thrown) {
      if (!(thrown instanceof AuditError)) throw thrown
      hold(thrown.code === 'config', 'an error for people')
      if (inPlace) hold(!thrown.message.includes(SECRET), 'no key in the error')
    }
  }
  return { size: text.length, read }
}

function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(`does not hold: ${what}`)
}
