import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LogRecord, LogSink, PutOutcome } from '../../src/logstore/sink.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { AcknowledgeOutcome, ExtendOutcome, ReceiveOutcome } from '../../src/queue/source.ts'
import { createTotals, type Totals } from '../../src/telemetry/totals.ts'
import { stateChange } from '../support/events.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { idleDesk } from './idle-desk.ts'
import { NaiveQueue } from './naive-queue.ts'

const CURSED = 'i-cursed'

// No message makes the decoder throw, so that a bug in it can only be put there.
vi.mock(import('../../src/events/decode.ts'), async (original) => {
  const { decode } = await original()
  return {
    decode: (body, context) => {
      if (decoderFails && body.includes('i-cursed')) throw new Bug('in the decoder')
      return decode(body, context)
    }
  }
})
let decoderFails = false

class Bug extends Error {}

/** Each call throws as often as a test says. */
class BuggyQueue extends NaiveQueue {
  readonly bugs = { receive: 0, acknowledge: 0, extend: 0 }

  override async receive(max: number, signal?: AbortSignal): Promise<ReceiveOutcome> {
    this.#fail('receive')
    const messages = this.take(max)
    if (messages.length > 0) return { kind: 'messages', messages }
    await this.clock.sleep(1_000, signal).catch(() => undefined)
    return { kind: 'empty', held: true }
  }

  override async acknowledge(handles: readonly string[]): Promise<AcknowledgeOutcome> {
    this.#fail('acknowledge')
    return super.acknowledge(handles)
  }

  override async extend(handle: string, visibilityMs: number): Promise<ExtendOutcome> {
    this.#fail('extend')
    return super.extend(handle, visibilityMs)
  }

  #fail(call: 'receive' | 'acknowledge' | 'extend'): void {
    if (this.bugs[call]-- > 0) throw new Bug(call)
  }
}

class BuggySink implements LogSink {
  readonly name = 'project/logstore'
  readonly endpoint = 'http://test'
  readonly stored: LogRecord[] = []
  /** Says which records a put throws for. */
  throwsFor: (record: LogRecord) => boolean = () => false
  answer: () => PutOutcome = () => ({ kind: 'stored' })

  async put(_topic: string, records: readonly LogRecord[]): Promise<PutOutcome> {
    if (records.some(this.throwsFor)) throw new Bug('put')
    const outcome = this.answer()
    if (outcome.kind === 'stored') this.stored.push(...records)
    return outcome
  }

  async close(): Promise<void> {}

  get keys(): Set<string> {
    return new Set(this.stored.map(({ fields }) => fields[fields.indexOf('event_key') + 1] ?? ''))
  }
}

let clock: ManualClock
let queue: BuggyQueue
let sink: BuggySink
let totals: Totals
let bugs: string[]
let pipeline: Pipeline

beforeEach(() => {
  decoderFails = false
  clock = new ManualClock()
  queue = new BuggyQueue(clock, { visibilityMs: 20_000 })
  sink = new BuggySink()
  totals = createTotals()
  bugs = []
  pipeline = new Pipeline({
    sources: [queue],
    sink,
    desk: idleDesk,
    clock,
    log: pino({ level: 'error' }, { write: (line) => void bugs.push(bugOf(line)) }),
    totals,
    limits: { messages: 256, bytes: 16 * 1024 * 1024 },
    batch: { maxBytes: 512 * 1024, maxCount: 4_096, lingerMs: 200 },
    puts: 4,
    breakerResetMs: 10,
    triage: { enabled: false, intervalMs: 1_000, maxMessages: 2_000 },
    untilEmpty: false
  })
  pipeline.start()
})

afterEach(async () => {
  const stopped = pipeline.stop(new AbortController().signal)
  await clock.advance(20_000)
  expect(await stopped).toEqual({ abandoned: 0 })
  expect(clock.pending).toBe(0)
})

/** Where a bug was met, by the log's line on it. */
function bugOf(line: string): string {
  const { error, work = 'a message' } = JSON.parse(line) as { error?: string; work?: string }
  return error === 'Bug' ? work : ''
}

function events(count: number): string[] {
  return Array.from({ length: count }, (_, at) => stateChange(at))
}

/** Lets time pass until the condition holds; the breaker's own timer runs in real time. */
async function until(condition: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + 60_000
  while (!condition()) {
    if (performance.now() > giveUpMs) throw new Error('it never came to that')
    await clock.advance(50)
  }
}

describe('a bug in this program', () => {
  test('in the decoder: the message is given back, all others are stored', async () => {
    decoderFails = true
    queue.add(...events(20), stateChange(20, { instanceId: CURSED }))
    await until(() => queue.deleted.length === 20)
    expect(queue.messages).toHaveLength(1)
    expect([sink.keys.size, totals.givenBack]).toEqual([20, 1])
    expect(bugs).toEqual(['a message'])
    decoderFails = false
    await until(() => queue.messages.length === 0)
    expect(sink.keys.size).toBe(21)
  })

  test('in the sink, by one record: it is stored in another form, all others as they are', async () => {
    sink.throwsFor = ({ topic, fields }) => topic === 'event' && fields.includes(CURSED)
    queue.add(...events(20), stateChange(20, { instanceId: CURSED }))
    await until(() => queue.messages.length === 0)
    expect(sink.keys.size).toBe(21)
    expect(sink.stored.filter(({ topic }) => topic === 'undecodable')).toHaveLength(1)
    expect(new Set(bugs)).toEqual(new Set(['put to logstore project/logstore']))
  })

  test('in the sink, by every record: nothing is deleted, and all is stored once it is mended', async () => {
    sink.throwsFor = () => true
    queue.add(...events(20))
    await until(() => totals.refused + totals.isolated > 8)
    expect([queue.deleted, sink.stored]).toEqual([[], []])
    sink.throwsFor = () => false
    await until(() => queue.messages.length === 0)
    expect(sink.keys.size).toBe(20)
    expect(pipeline.state).toMatchObject({ inFlight: 0, breaker: 'closed' })
  })

  test('in receive: it is asked again after a while', async () => {
    queue.bugs.receive = 3
    queue.add(...events(20))
    await until(() => queue.messages.length === 0)
    expect(sink.keys.size).toBe(20)
    expect(bugs.filter((bug) => bug === 'receive of queue test-queue')).toHaveLength(3)
  })

  test('in acknowledge: it is tried again', async () => {
    queue.bugs.acknowledge = 3
    queue.add(...events(20))
    await until(() => queue.messages.length === 0)
    expect([sink.keys.size, totals.unconfirmed]).toEqual([20, 0])
  })

  test('in acknowledge, for ever: credits come back all the same, and the messages to the queue', async () => {
    queue.bugs.acknowledge = Number.POSITIVE_INFINITY
    queue.add(...events(20))
    await until(() => totals.unconfirmed >= 20)
    expect(queue.messages).toHaveLength(20)
    queue.bugs.acknowledge = 0
    await until(() => queue.messages.length === 0)
    await until(() => pipeline.state.inFlight === 0)
  })

  test('in extend: nothing is lost, and a delete does not wait for it', async () => {
    queue.bugs.extend = Number.POSITIVE_INFINITY
    sink.answer = () => ({
      kind: 'retry',
      fault: { class: 'unavailable', code: '', status: 0, message: '', requestId: '' }
    })
    queue.add(...events(20))
    await until(() => bugs.includes('extend of queue test-queue'))
    sink.answer = () => ({ kind: 'stored' })
    await until(() => sink.keys.size === 20)
    queue.bugs.extend = 0
    await until(() => queue.messages.length === 0)
  })
})
