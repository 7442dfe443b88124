import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Action, Job, JobEnd } from '../../src/actions/action.ts'
import type { DeskMessage, Outlet } from '../../src/actions/desk.ts'
import { Executor } from '../../src/actions/executor.ts'
import { decodeFollowUp, type FollowUp } from '../../src/actions/follow-up.ts'
import { LocalJournal } from '../../src/actions/local-journal.ts'
import type { AuditEvent } from '../../src/events/audit-event.ts'
import { decode } from '../../src/events/decode.ts'
import type { LogRecord } from '../../src/logstore/sink.ts'
import { createTotals } from '../../src/telemetry/totals.ts'
import { stateChange } from '../support/events.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'

let clock: ManualClock
let records: Array<Record<string, string>>
let sent: Array<{ body: string; delayMs: number }>
let lines: Array<Record<string, unknown>>
let sendWorks: boolean

const outlet: Outlet = {
  record: async (record) => {
    records.push(fieldsOf(record))
    return true
  },
  send: async (body, delayMs) => {
    if (sendWorks) sent.push({ body, delayMs })
    return sendWorks
  }
}

beforeEach(() => {
  clock = new ManualClock()
  records = []
  sent = []
  lines = []
  sendWorks = true
})

function fieldsOf({ fields }: LogRecord): Record<string, string> {
  const pairs: Array<[string, string]> = []
  for (let at = 0; at < fields.length; at += 2) pairs.push([fields[at] ?? '', fields[at + 1] ?? ''])
  return Object.fromEntries(pairs)
}

function open(actions: readonly Action[], options: { maxJobs?: number; dryRun?: boolean } = {}): Executor {
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const { maxJobs = 100, dryRun = false } = options
  return new Executor({ actions, journal: new LocalJournal(), clock, log, totals: createTotals(), dryRun, maxJobs })
}

function action(run: (job: Job) => Promise<JobEnd>, given: Partial<Action> = {}): Action {
  return { name: 'restart', priority: 1, exclusive: 'instance', concerns: () => true, run, ...given }
}

function message(given: Partial<AuditEvent> = {}, dequeueCount = 1): DeskMessage {
  const decoded = decode(stateChange(1, { instanceId: 'i-bp1a', state: 'Stopped' }), { messageId: 'm-1' })
  if (decoded.kind !== 'event') throw new Error('expected an event')
  const event = { ...decoded.event, ...given }
  return { kind: 'event', event, queue: 'q', messageId: 'm-1', dequeueCount, receivedMs: clock.now() }
}

describe('the executor', () => {
  test('does nothing for an event that no action concerns', () => {
    const executor = open([action(async () => 'settled', { concerns: () => false })])
    expect(executor.take(message(), outlet)).toBeUndefined()
    expect(executor.size).toBe(0)
  })

  test('runs every action that an event concerns; one that wants the message again gets it', async () => {
    const ran: string[] = []
    const actionOf = (name: string, end: JobEnd): Action =>
      action(
        async () => {
          ran.push(name)
          return end
        },
        { name, exclusive: name, priority: name === 'drain' ? 3 : 1 }
      )
    const executor = open([actionOf('restart', 'settled'), actionOf('drain', 'again')])
    expect(await executor.take(message(), outlet)).toBe('again')
    expect(ran).toEqual(['drain', 'restart'])
  })

  test('what the event alone forbids is recorded at once, and no run is begun', async () => {
    const ran: string[] = []
    const refusal = { step: 'refused', decision: 'skipped', reason: 'too-old' } as const
    const restart = action(
      async () => {
        ran.push('restart')
        return 'settled'
      },
      { refuses: ({ timeMs }) => (timeMs === 1 ? refusal : undefined) }
    )
    const drain = action(
      async () => {
        ran.push('drain')
        return 'again'
      },
      { name: 'drain', exclusive: 'drain' }
    )
    const alone = open([restart])
    expect(await alone.take(message({ timeMs: 1 }), outlet)).toBe('settled')
    expect([alone.size, ran]).toEqual([0, []])
    expect(records).toMatchObject([{ action: 'restart', ...refusal, caused_by: expect.any(String) }])
    expect(await alone.take(message({ timeMs: 2 }), outlet)).toBe('settled')
    expect(ran).toEqual(['restart'])
    // The others run all the same, and a test event is told as one.
    expect(await open([restart, drain]).take(message({ timeMs: 1 }), outlet)).toBe('again')
    expect(ran).toEqual(['restart', 'drain'])
    expect(await alone.take(message({ timeMs: 1, test: true }), outlet)).toBe('settled')
    expect(records.map(({ reason }) => reason)).toEqual(['too-old', 'too-old', 'test-event'])
    await alone.stop()
    expect(await alone.take(message({ timeMs: 1 }), outlet)).toBe('again')
    expect(records).toHaveLength(3)
  })

  test('a bug in what an action refuses ends its run only, and is told', async () => {
    const bug = (): never => {
      throw new TypeError('no such rule')
    }
    const executor = open([action(async () => bug(), { refuses: bug })])
    expect(await executor.take(message(), outlet)).toBe('again')
    expect(records).toMatchObject([{ action: 'restart', decision: 'failed', reason: 'bug' }])
    expect(lines.map(({ msg }) => msg)).toContain('a bug in an action: please report it')
  })

  test('runs of one instance take turns; other instances do not wait', async () => {
    const begun: string[] = []
    let finish: () => void = () => undefined
    const executor = open([
      action(async ({ instanceId }) => {
        begun.push(instanceId)
        if (begun.length === 1) await new Promise<void>((resolve) => (finish = resolve))
        return 'settled'
      })
    ])
    const first = executor.take(message(), outlet)
    const second = executor.take(message(), outlet)
    await executor.take(message({ instanceId: 'i-bp1b' }), outlet)
    expect(begun).toEqual(['i-bp1a', 'i-bp1b'])
    finish()
    expect(await Promise.all([first, second])).toEqual(['settled', 'settled'])
    expect(begun).toEqual(['i-bp1a', 'i-bp1b', 'i-bp1a'])
    await executor.idle()
    expect(executor.size).toBe(0)
  })

  test.each([
    ['a test event', { test: true }, 'test-event'],
    ['an event without an instance', { instanceId: '' }, 'no-instance'],
    ['a masked instance', { instanceId: 'i-****' }, 'no-instance']
  ])('%s never reaches an action, and the refusal is recorded', async (_, given, reason) => {
    let ran = false
    const executor = open([
      action(async () => {
        ran = true
        return 'settled'
      })
    ])
    expect(await executor.take(message(given), outlet)).toBe('settled')
    expect(ran).toBe(false)
    expect(records).toMatchObject([{ kind: 'action', action: 'restart', decision: 'skipped', reason }])
  })

  test('a record tells who acted on what because of which event, under a key of its own', async () => {
    const executor = open([
      action(async (job) => {
        await job.record({
          step: 'start-1',
          decision: 'done',
          reason: 'started',
          attempt: 1,
          target: 't',
          durationMs: 12,
          content: { a: 1 }
        })
        return 'settled'
      })
    ])
    const given = message({ eventKey: 'key-1' })
    await executor.take(given, outlet)
    expect(records).toMatchObject([
      {
        kind: 'action',
        event_key: 'key-1/restart/start-1',
        caused_by: 'key-1',
        step: 'start-1',
        instance_id: 'i-bp1a',
        region_id: 'cn-hangzhou',
        decision: 'done',
        reason: 'started',
        attempt: '1',
        target: 't',
        duration_ms: '12',
        content: '{"a":1}',
        message_id: 'm-1',
        queue: 'q'
      }
    ])
  })

  test('a follow-up goes on with the same action, and only with that', async () => {
    const seen: Array<[string, Job['trigger']['kind'], unknown]> = []
    const actionOf = (name: string): Action =>
      action(
        async (job) => {
          const state = job.trigger.kind === 'follow-up' ? job.trigger.followUp.state : undefined
          seen.push([name, job.trigger.kind, state])
          if (job.trigger.kind === 'event') await job.followUp({ attempt: 2 }, 60_000)
          return 'settled'
        },
        { name, concerns: () => name === 'restart' }
      )
    const executor = open([actionOf('restart'), actionOf('drain')])
    await executor.take(message({ eventKey: 'key-1' }), outlet)
    expect(sent.map(({ delayMs }) => delayMs)).toEqual([60_000])
    const followUp = decodeFollowUp(sent[0]?.body ?? '') as FollowUp
    expect(followUp).toMatchObject({ action: 'restart', causedBy: 'key-1', instanceId: 'i-bp1a' })
    const later = { queue: 'q', messageId: 'm-2', dequeueCount: 1, receivedMs: clock.now() }
    await executor.take({ ...later, kind: 'follow-up', followUp }, outlet)
    expect(seen).toEqual([
      ['restart', 'event', undefined],
      ['restart', 'follow-up', { attempt: 2 }]
    ])
  })

  test('a follow-up of an action that was switched off is recorded and done with', async () => {
    const followUp = {
      action: 'drain',
      causedBy: 'k',
      instanceId: 'i-bp1a',
      regionId: 'r',
      accountId: '11',
      sentMs: 5,
      state: {}
    }
    const executor = open([])
    const facts = { queue: 'q', messageId: 'm-2', dequeueCount: 1, receivedMs: clock.now() }
    expect(await executor.take({ ...facts, kind: 'follow-up', followUp }, outlet)).toBe('settled')
    expect(records).toMatchObject([{ action: 'drain', decision: 'skipped', reason: 'switched-off' }])
  })

  test('a follow-up that could not be sent says so', async () => {
    sendWorks = false
    let told: boolean | undefined
    const executor = open([
      action(async (job) => {
        told = await job.followUp({}, 1_000)
        return 'again'
      })
    ])
    expect(await executor.take(message(), outlet)).toBe('again')
    expect(told).toBe(false)
  })

  test('more jobs than the bound go back to the queue', async () => {
    let finish: () => void = () => undefined
    const running = new Promise<void>((resolve) => (finish = resolve))
    const executor = open(
      [
        action(async () => {
          await running
          return 'settled'
        })
      ],
      { maxJobs: 2 }
    )
    const ends = ['i-bp1a', 'i-bp1b', 'i-bp1c'].map((instanceId) => executor.take(message({ instanceId }), outlet))
    expect(await ends[2]).toBe('again')
    finish()
    expect(await Promise.all(ends)).toEqual(['settled', 'settled', 'again'])
  })

  test('a storm of jobs without priority leaves room for those that go first', async () => {
    let finish: () => void = () => undefined
    const running = new Promise<void>((resolve) => (finish = resolve))
    const wait = async (): Promise<JobEnd> => {
      await running
      return 'settled'
    }
    const isNotice = (event: AuditEvent): boolean => event.interruption !== ''
    const drain = action(wait, { name: 'drain', exclusive: 'drain', priority: 100, concerns: isNotice })
    const restart = action(wait, { priority: 0, concerns: (event) => !isNotice(event) })
    const executor = open([restart, drain], { maxJobs: 8 })
    const stops = Array.from({ length: 20 }, (_, n) => executor.take(message({ instanceId: `i-bp1${n}` }), outlet))
    const notice = executor.take(message({ instanceId: 'i-bp1spot', interruption: 'delete' }), outlet)
    finish()
    const ends = await Promise.all(stops)
    expect(ends.filter((end) => end === 'settled')).toHaveLength(6)
    expect(await notice).toBe('settled')
  })

  test('a bug ends its run, is told without its text, is tried again and then given up', async () => {
    const executor = open([
      action(() => {
        throw new TypeError('secret body')
      })
    ])
    expect(await executor.take(message({}, 1), outlet)).toBe('again')
    expect(await executor.take(message({}, 3), outlet)).toBe('settled')
    expect(records.map(({ decision, reason }) => [decision, reason])).toEqual([
      ['failed', 'bug'],
      ['gave_up', 'bug']
    ])
    expect(JSON.stringify([lines, records])).not.toContain('secret body')
    expect(lines.some(({ msg, level }) => msg === 'a bug in an action: please report it' && level === 50)).toBe(true)
  })

  test('the stop ends every job at its next safe point; what waits for its turn does not begin', async () => {
    const begun: string[] = []
    const executor = open([
      action(async ({ signal, instanceId }) => {
        begun.push(instanceId)
        await clock.sleep(60_000, signal).catch(() => undefined)
        return signal.aborted ? 'again' : 'settled'
      })
    ])
    const ends = [executor.take(message(), outlet), executor.take(message(), outlet)]
    await settle()
    await executor.stop()
    expect(await Promise.all(ends)).toEqual(['again', 'again'])
    expect(begun).toEqual(['i-bp1a'])
    expect(await executor.take(message(), outlet)).toBe('again')
    expect(clock.pending).toBe(0)
  })

  test('each decision has a log line of its level', async () => {
    const decisions = ['intent', 'done', 'skipped', 'would_do', 'failed', 'gave_up'] as const
    const executor = open([
      action(async (job) => {
        for (const decision of decisions) await job.record({ step: decision, decision, reason: 'r' })
        return 'settled'
      })
    ])
    await executor.take(message(), outlet)
    expect(lines.map(({ level, decision }) => [decision, level])).toEqual([
      ['intent', 20],
      ['done', 30],
      ['skipped', 20],
      ['would_do', 30],
      ['failed', 40],
      ['gave_up', 50]
    ])
  })
})
