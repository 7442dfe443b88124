import { describe, expect, test } from 'vitest'
import type { ActionEntry } from '../../src/actions/action.ts'
import { type ActionSubject, actionRecord } from '../../src/actions/action-record.ts'
import { LocalJournal } from '../../src/actions/local-journal.ts'
import { LogstoreJournal } from '../../src/actions/logstore-journal.ts'
import { decode } from '../../src/events/decode.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import { eventRecord } from '../../src/logstore/record.ts'
import type { LogSink } from '../../src/logstore/sink.ts'
import { SlsReader } from '../../src/logstore/sls-reader.ts'
import { openClient, openSink, openSls } from '../logstore/open-sink.ts'
import { serve } from '../queue/serve-script.ts'
import { stateChange } from '../support/events.ts'
import { HurryClock } from '../support/hurry-clock.ts'
import { ManualClock } from '../support/manual-clock.ts'

const MINUTE = 60_000
const NOW = Date.now()
const RESTART: ActionSubject = {
  action: 'restart',
  causedBy: 'key-1',
  instanceId: 'i-bp1a',
  regionId: 'cn-hangzhou',
  accountId: '11'
}
const INTENT: ActionEntry = { step: 'intent-1', decision: 'intent', reason: 'start', attempt: 1, content: { a: [1] } }
const FACTS = { queue: 'q', messageId: 'm-1', dequeueCount: 1, receivedMs: NOW }
const STOPPED = eventOf('i-bp1a', 'Stopped')

function eventOf(instanceId: string, state: string) {
  const decoded = decode(stateChange(1, { instanceId, state, timeMs: NOW }), { messageId: 'm' })
  if (decoded.kind !== 'event') throw new Error('expected an event')
  return decoded.event
}

async function open(): Promise<{ local: LocalJournal; journal: LogstoreJournal; sink: LogSink }> {
  const sandbox = await openSls({}, { ...indexConfiguration() })
  const reader = new SlsReader({ client: openClient(sandbox.server.url), logstore: 'ecs-events', clock: systemClock })
  const local = new LocalJournal()
  const { signal } = new AbortController()
  return {
    local,
    // Its limit of seconds is none of a slow machine's.
    journal: new LogstoreJournal({ local, reader, clock: new HurryClock(), signal }),
    sink: openSink(sandbox.server.url)
  }
}

async function store(sink: LogSink, subject: ActionSubject, entry: ActionEntry, nowMs = NOW): Promise<void> {
  const message = { ...FACTS, kind: 'event', event: STOPPED } as const
  expect(await sink.put('action', [actionRecord(subject, entry, { message, nowMs })])).toEqual({ kind: 'stored' })
}

describe('the journal', () => {
  test('knows what other processes stored, as it was written', async () => {
    const { journal, sink } = await open()
    await store(sink, RESTART, INTENT)
    await store(sink, { ...RESTART, instanceId: 'i-bp1ab' }, INTENT)
    await store(sink, { ...RESTART, action: 'drain' }, INTENT)
    const { entries, complete } = await journal.ofInstance({
      action: 'restart',
      instanceId: 'i-bp1a',
      sinceMs: NOW - MINUTE
    })
    expect(complete).toBe(true)
    expect(entries).toEqual([
      {
        ...{ atMs: NOW, action: 'restart', step: 'intent-1', decision: 'intent', reason: 'start', attempt: 1 },
        ...{ instanceId: 'i-bp1a', causedBy: 'key-1', target: '', content: { a: [1] } }
      }
    ])
  })

  test('counts a step once that it remembers and the logstore holds, at the time when it was first taken', async () => {
    const { journal, local, sink } = await open()
    await store(sink, RESTART, INTENT, NOW)
    local.add(RESTART, INTENT, NOW + 5_000)
    local.add(RESTART, { ...INTENT, step: 'start-1', decision: 'done' }, NOW + 6_000)
    const { entries } = await journal.ofInstance({ action: 'restart', instanceId: 'i-bp1a', sinceMs: 0 })
    expect(entries.map(({ step, atMs }) => [step, atMs - NOW])).toEqual([
      ['intent-1', 0],
      ['start-1', 6_000]
    ])
  })

  test('leaves out what is older than asked for', async () => {
    const { journal, sink } = await open()
    await store(sink, RESTART, INTENT, NOW - 10 * MINUTE)
    await store(sink, RESTART, { ...INTENT, step: 'intent-2' }, NOW - MINUTE)
    const { entries } = await journal.intents({ action: 'restart', sinceMs: NOW - 5 * MINUTE })
    expect(entries.map(({ step }) => step)).toEqual(['intent-2'])
  })

  test('tells intents from other records, and the records of one event whatever its key holds', async () => {
    const { journal, sink } = await open()
    const causedBy = 'a"b\\c: d or kind: event'
    await store(sink, { ...RESTART, causedBy }, INTENT)
    await store(sink, RESTART, { ...INTENT, step: 'start-1', decision: 'done' })
    const intents = await journal.intents({ action: 'restart', sinceMs: NOW - MINUTE })
    expect(intents.entries.map((entry) => entry.causedBy)).toEqual([causedBy])
    expect((await journal.ofEvent(causedBy)).entries.map(({ step }) => step)).toEqual(['intent-1'])
  })

  test('counts the instances that stopped, each once, by its own memory or by the logstore', async () => {
    const { journal, local, sink } = await open()
    const stopped = ['i-bp1a', 'i-bp1b', 'i-bp1b'].map((id) => eventRecord(eventOf(id, 'Stopped'), FACTS, NOW))
    const others = [
      eventRecord(eventOf('i-bp1c', 'Running'), FACTS, NOW),
      eventRecord({ ...eventOf('i-bp1d', 'Stopped'), test: true }, FACTS, NOW),
      eventRecord({ ...eventOf('i-bp1e', 'Stopped'), timeMs: NOW - 10 * MINUTE }, FACTS, NOW)
    ]
    await sink.put('event', [...stopped, ...others])
    expect(await journal.stoppedInstances(NOW - 5 * MINUTE)).toEqual({
      byRegion: new Map([['cn-hangzhou', 2]]),
      complete: true
    })
    for (const id of ['i-bp1x', 'i-bp1y', 'i-bp1z']) local.observe(eventOf(id, 'Stopped'), NOW)
    expect(await journal.stoppedInstances(NOW - 5 * MINUTE)).toEqual({
      byRegion: new Map([['cn-hangzhou', 3]]),
      complete: true
    })
  })

  test('knows what happened to an instance but for its states', async () => {
    const { journal, local, sink } = await open()
    const name = 'Instance:SystemFailure.Reboot:Executing'
    const failure = { ...eventOf('i-bp1a', ''), name, status: 'Executing', timeMs: NOW - MINUTE }
    await sink.put('event', [
      eventRecord(failure, FACTS, NOW),
      eventRecord(STOPPED, FACTS, NOW),
      eventRecord({ ...failure, instanceId: 'i-bp1b' }, FACTS, NOW)
    ])
    const notice = { ...failure, name: 'Instance:PreemptibleInstanceInterruption', status: '', timeMs: NOW }
    local.observe({ ...notice, eventKey: 'other' }, NOW)
    local.observe(failure, NOW)
    expect(await journal.instanceEvents({ instanceId: 'i-bp1a', sinceMs: NOW - 5 * MINUTE })).toEqual([
      { name, status: 'Executing', atMs: NOW - MINUTE },
      { name: notice.name, status: '', atMs: NOW }
    ])
  })

  test('has its own memory while the logstore is down, says so, and leaves the logstore alone for a while', async () => {
    const server = await serve((response) => response.writeHead(503).end())
    const clock = new ManualClock()
    const reader = new SlsReader({ client: openClient(server.url), logstore: 'ecs-events', clock })
    const local = new LocalJournal()
    const journal = new LogstoreJournal({ local, reader, clock, signal: new AbortController().signal })
    local.add(RESTART, INTENT, clock.now())
    const ask = () => journal.ofInstance({ action: 'restart', instanceId: 'i-bp1a', sinceMs: 0 })
    expect(await ask()).toMatchObject({ entries: [{ step: 'intent-1' }], complete: false })
    const asked = server.arrivals.length
    expect(asked).toBeGreaterThan(0)
    expect(await ask()).toMatchObject({ entries: [{ step: 'intent-1' }], complete: false })
    expect(server.arrivals).toHaveLength(asked)
    await clock.advance(6_000)
    await ask()
    expect(server.arrivals.length).toBeGreaterThan(asked)
  })
})
