import { afterEach, describe, expect, test } from 'vitest'
import { failure } from './memory-compute.ts'
import { decodedEvent, RestartWorld, stateEvent } from './restart-world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

let world: RestartWorld

function open(...options: ConstructorParameters<typeof RestartWorld>): RestartWorld {
  world = new RestartWorld(...options)
  return world
}

afterEach(async () => {
  await world.stop()
  // Every follow-up leaves a word about what it found.
  for (const { kind, records } of world.settled) if (kind === 'follow-up') expect(records).toBeGreaterThan(0)
})

describe('a stop', () => {
  test('is followed by a start, and the recovery told with the time that was lost', async () => {
    const id = open().add()
    await world.crash(id, 5 * MINUTE)
    expect(world.compute.started).toEqual([id])
    expect(world.told()).toEqual([
      'intent-1 intent start',
      'start-1 done started',
      'recovered done recovered',
      'check-1.0 skipped superseded'
    ])
    expect(world.delays).toEqual([MINUTE])
  })

  test('that settles by itself is a reboot and none of our business', async () => {
    const id = open().add()
    await world.crash(id, 5 * SECOND)
    world.compute.become(id, 'Running')
    await world.advance(5 * MINUTE)
    expect(world.compute.calls.start).toBe(0)
    expect(world.told()).toEqual(['refused skipped already-running'])
  })

  test('whose Running event is lost is found recovered by the follow-up', async () => {
    const id = open().add()
    world.unheard.add('Running')
    await world.crash(id, 5 * MINUTE)
    expect(world.told().at(-1)).toBe('recovered done recovered')
    expect(world.entries().at(-1)).toMatchObject({ attempt: 1 })
  })

  test('is not taken for recovered by a Running event from before it', async () => {
    const id = open().add()
    const beforeMs = world.clock.now() - MINUTE
    await world.crash(id, 12 * SECOND)
    world.deliver(stateEvent(id, 'Running', beforeMs))
    await world.advance(SECOND)
    expect(world.told()).not.toContain('recovered done recovered')
    await world.advance(MINUTE)
    expect(world.told()).toContain('recovered done recovered')
  })

  test('of an instance that is not opted in asks nobody but ECS', async () => {
    const id = open().add({ tags: {} })
    await world.crash(id, 5 * MINUTE)
    expect(world.told()).toEqual(['refused skipped no-match'])
    expect(world.compute.calls).toEqual({ describe: 1, start: 0, count: 0 })
  })

  test('in another region than the rule names is refused without a look', async () => {
    const id = open({ config: { restart: { match: { regions: ['us-east-1'] } } } }).add()
    await world.crash(id, MINUTE)
    expect(world.told()).toEqual(['refused skipped no-match'])
    expect(world.compute.calls.describe).toBe(0)
  })

  test('that an operator made in economical mode is left alone', async () => {
    const id = open().add()
    world.compute.change(id, { stoppedMode: 'StopCharging' })
    await world.crash(id, HOUR)
    expect(world.compute.calls.start).toBe(0)
    expect(world.told()).toEqual(['refused skipped stop-charging'])
  })

  test('of a locked instance is left alone', async () => {
    const id = open().add({ locks: ['financial'] })
    await world.crash(id, HOUR)
    expect(world.told()).toEqual(['refused skipped lock-financial'])
  })

  test('of an instance that is gone by then is told so', async () => {
    const id = open().add()
    world.compute.become(id, 'Stopped')
    world.compute.instances.delete(id)
    await world.advance(MINUTE)
    expect(world.told()).toEqual(['refused skipped released'])
  })

  test('that is too old is refused at once', async () => {
    const id = open().add({ status: 'Stopped' })
    world.deliver(stateEvent(id, 'Stopped', world.clock.now() - HOUR))
    await world.advance(0)
    expect(world.told()).toEqual(['refused skipped event-too-old'])
  })

  test('during a recovery by ECS waits for its end', async () => {
    const id = open().add()
    const maintenance = (status: string): string =>
      JSON.stringify({
        ...JSON.parse(String(stateBody(id))),
        name: `Instance:SystemFailure.Reboot:${status}`,
        content: { instanceId: id, eventId: 'e-1', eventStatus: status, eventType: 'SystemFailure.Reboot' }
      })
    world.deliver(decodedEvent(maintenance('Executing')))
    await world.crash(id, 30 * SECOND)
    expect(world.told()).toEqual(['wait-0/maintenance-in-flight skipped maintenance-in-flight'])
    await world.advance(SECOND)
    world.deliver(decodedEvent(maintenance('Executed')))
    await world.advance(5 * MINUTE)
    expect(world.compute.started).toEqual([id])
  })
})

/** Any event body of an instance at the clock's time, to be changed. */
function stateBody(instanceId: string): string {
  return JSON.stringify({
    ver: '1.0',
    id: `E-${world.clock.now()}`,
    product: 'ECS',
    resourceId: `acs:ecs:cn-hangzhou:1:instance/${instanceId}`,
    level: 'CRITICAL',
    userId: '1',
    eventTime: `${new Date(world.clock.now() + 8 * HOUR).toISOString().replace(/[-:]/g, '').replace('Z', '')}+0800`,
    regionId: 'cn-hangzhou'
  })
}

describe('a start', () => {
  test('that fails twice and then works: each failed start is an event, and one episode', async () => {
    const id = open().add()
    world.compute.fates.push('fails', 'fails')
    await world.crash(id, 10 * MINUTE)
    expect(world.compute.started).toHaveLength(3)
    expect(world.told().filter((line) => /intent|recovered/.test(line))).toEqual([
      'intent-1 intent start',
      'intent-2 intent start',
      'intent-3 intent start',
      'recovered done recovered'
    ])
    const [first, , last] = world.entries().filter(({ decision }) => decision === 'intent')
    expect(last?.content).toEqual(first?.content)
  })

  test('that fails twice and then works, with no event but the first', async () => {
    const id = open().add()
    world.compute.fates.push('fails', 'fails')
    await world.crash(id, 15 * SECOND)
    for (const state of ['Stopped', 'Running', 'Starting']) world.unheard.add(state)
    await world.advance(10 * MINUTE)
    expect(world.compute.started).toHaveLength(3)
    expect(world.told().at(-1)).toBe('recovered done recovered')
  })

  test('that never works is given up after the last attempt', async () => {
    const id = open().add()
    world.compute.fates.push(...Array.from({ length: 20 }, () => 'fails' as const))
    await world.crash(id, 2 * HOUR)
    expect(world.compute.started).toHaveLength(3)
    expect(world.told().filter((line) => line.includes('gave_up'))).toEqual(['gave-up gave_up attempts-used-up'])
    expect(world.compute.instances.get(id)?.status).toBe('Stopped')
  })

  test('that hangs is given up at the deadline, and no later', async () => {
    const id = open().add()
    await world.crash(id, 13 * SECOND)
    expect(world.compute.started).toHaveLength(1)
    // It comes back to Running 20 s after the start; this one hangs.
    world.compute.become = () => undefined
    await world.advance(30 * MINUTE + 5 * SECOND)
    const gaveUp = world.entries().at(-1)
    expect(gaveUp).toMatchObject({ step: 'gave-up', reason: 'deadline' })
    const stopMs = Number(world.entries()[0]?.content['first_stop_ms'])
    expect((gaveUp?.atMs ?? 0) - stopMs).toBeLessThanOrEqual(30 * MINUTE + 2 * SECOND)
    expect(world.compute.started).toHaveLength(1)
  })

  test('that ends in a crash again and again is a loop, and ends', async () => {
    const id = open().add()
    world.compute.fates.push(...Array.from({ length: 20 }, () => 'crashes' as const))
    await world.crash(id, 50 * MINUTE)
    expect(world.compute.started).toHaveLength(3)
    expect(world.told().filter((line) => line.startsWith('recovered'))).toHaveLength(3)
    expect(world.told().filter((line) => line.includes('gave_up'))).toEqual(['gave-up gave_up restart-loop'])
    // A person starts it: it stays in quarantine until the starts are an hour old.
    world.compute.become(id, 'Running')
    await world.crash(id, MINUTE)
    expect(world.compute.started).toHaveLength(3)
    await world.advance(HOUR)
    world.compute.become(id, 'Running')
    await world.crash(id, MINUTE)
    expect(world.compute.started).toHaveLength(4)
  })

  test('of an instance that is released meanwhile is given up', async () => {
    const id = open().add()
    await world.crash(id, 15 * SECOND)
    world.compute.instances.delete(id)
    await world.advance(5 * MINUTE)
    expect(world.told().at(-1)).toBe('gave-up gave_up released')
  })

  test('that ECS refuses is given up with the code', async () => {
    const id = open().add()
    world.compute.startAnswers.push(failure('refused', 'InsufficientBalance'))
    await world.crash(id, HOUR)
    expect(world.told()).toEqual([
      'intent-1 intent start',
      'start-1 failed refused-by-ecs',
      'gave-up gave_up refused-by-ecs',
      'check-1.0 skipped superseded'
    ])
    expect(world.compute.calls.start).toBe(1)
  })

  test.each(['busy', 'throttled', 'unavailable'] as const)(
    'that ECS answers with %s uses up no attempt',
    async (kind) => {
      const id = open({ config: { restart: { maxAttempts: 1, maxPerHour: 1 } } }).add()
      world.compute.startAnswers.push(...Array.from({ length: 3 }, () => failure(kind, 'Later')))
      await world.crash(id, 29 * MINUTE)
      expect(world.compute.started).toHaveLength(1)
      const intents = world.told().filter((line) => line.startsWith('intent'))
      expect(intents).toEqual(['', '.2', '.3', '.4'].map((attempt) => `intent-1${attempt} intent start`))
      expect(world.told().filter((line) => !intents.includes(line))).toEqual([
        `start-1 failed api-${kind}`,
        `start-1.2 failed api-${kind}`,
        `start-1.3 failed api-${kind}`,
        'start-1.4 done started',
        'recovered done recovered',
        'check-1.3 skipped superseded'
      ])
      const [first = 0, ...rest] = world.delays
      expect(first).toBe(MINUTE)
      for (const delay of rest) expect(delay).toBeGreaterThanOrEqual(MINUTE)
    }
  )

  test('whose answer is lost may have happened: it uses up its attempt', async () => {
    const id = open({ config: { restart: { maxAttempts: 2 } } }).add()
    world.compute.startAnswers.push(failure('unknown', 'ConnectionReset'))
    await world.crash(id, 10 * MINUTE)
    expect(world.compute.started).toHaveLength(1)
    expect(world.told()).toContain('start-1 failed api-unknown')
    expect(world.told()).toContain('recovered done recovered')
  })

  test('that finds no stock is tried again minutes later', async () => {
    const id = open().add()
    const none = failure('refused', 'OperationDenied.NoStock')
    world.compute.startAnswers.push(none, none)
    await world.crash(id, 25 * MINUTE)
    expect(world.compute.started).toHaveLength(1)
    expect(world.told()).toContain('wait-1/no-stock skipped no-stock')
    const starts = world.entries().filter(({ step }) => step.startsWith('start-'))
    expect(starts.map(({ reason }) => reason)).toEqual(['no-stock', 'no-stock', 'started'])
    const times = starts.map(({ atMs }) => atMs)
    for (const [index, atMs] of times.slice(1).entries()) expect(atMs - (times[index] ?? 0)).toBeGreaterThan(3 * MINUTE)
  })

  test('that never finds stock is given up at the deadline', async () => {
    const id = open().add()
    world.compute.startAnswers.push(...Array.from({ length: 50 }, () => failure('refused', 'OperationDenied.NoStock')))
    await world.crash(id, HOUR)
    expect(world.compute.started).toEqual([])
    expect(world.told().at(-1)).toBe('gave-up gave_up deadline')
  })
})

describe('with ECS down', () => {
  test('a stop is looked at when ECS is back, and its outage told once', async () => {
    const id = open().add()
    world.compute.down = failure('unavailable', 'ServiceUnavailable')
    await world.crash(id, 8 * MINUTE)
    expect(world.told()).toEqual(['wait-0/api-unavailable failed api-unavailable'])
    expect(world.settled.length).toBeGreaterThan(1)
    // Each wait is longer than the one before.
    expect(world.delays).toEqual([90 * SECOND, 150 * SECOND, 180 * SECOND, 180 * SECOND])
    world.compute.down = undefined
    await world.advance(10 * MINUTE)
    expect(world.compute.started).toEqual([id])
    expect(world.told()).toContain('recovered done recovered')
  })

  test('for too long, the stop is given up at the deadline', async () => {
    const id = open().add()
    world.compute.down = failure('unavailable', 'ServiceUnavailable')
    await world.crash(id, 30 * MINUTE + 5 * SECOND)
    expect(world.told().at(-1)).toBe('gave-up gave_up deadline')
    const settled = world.settled.length
    await world.advance(HOUR)
    expect(world.settled).toHaveLength(settled)
  })

  test('a permission that is missing is told at once', async () => {
    const id = open().add()
    world.compute.down = failure('refused', 'Forbidden.RAM')
    await world.crash(id, HOUR)
    expect(world.told()).toEqual(['gave-up gave_up refused-by-ecs'])
  })
})

describe('with the logstore down', () => {
  test('a stop is answered all the same, once an hour', async () => {
    const id = open().add()
    world.logstoreUp = false
    world.compute.fates.push('crashes')
    await world.crash(id, 10 * MINUTE)
    expect(world.compute.started).toHaveLength(1)
    expect(world.told().at(-1)).toMatch(/journal-incomplete$/)
    world.logstoreUp = true
    await world.advance(10 * MINUTE)
    expect(world.compute.started).toHaveLength(2)
  })
})

describe('a storm', () => {
  test('of stops is left to people, whatever each instance says', async () => {
    open()
    const ids = Array.from({ length: 500 }, (_, index) => world.add({ instanceId: `i-storm${index}` }))
    for (const id of ids) await world.crash(id, 120)
    await world.advance(5 * MINUTE)
    expect(world.compute.calls.start).toBe(0)
    expect(world.told().filter((line) => line === 'refused skipped storm-count')).toHaveLength(500)
    // Nobody needs to know out of how many.
    expect(world.compute.calls.count).toBe(0)
  })

  test('in a small fleet is a share of it', async () => {
    open()
    const ids = Array.from({ length: 8 }, (_, index) => world.add({ instanceId: `i-small${index}` }))
    for (const id of ids.slice(0, 5)) await world.crash(id)
    await world.advance(5 * MINUTE)
    expect(world.compute.calls.start).toBe(0)
    expect(new Set(world.told())).toEqual(new Set(['refused skipped storm-percent']))
  })

  test('is none while few instances stop', async () => {
    open()
    const ids = Array.from({ length: 100 }, (_, index) => world.add({ instanceId: `i-few${index}` }))
    for (const id of ids.slice(0, 20)) await world.crash(id)
    await world.advance(5 * MINUTE)
    expect(world.compute.started).toHaveLength(20)
  })
})

describe('several replicas', () => {
  test.each([2, 4])('%i of them on duplicated events: no more starts than the budget', async (replicas) => {
    const id = open({ replicas }).add()
    world.copies = 3
    world.compute.fates.push(...Array.from({ length: 20 }, () => 'crashes' as const))
    await world.crash(id, 50 * MINUTE)
    expect(world.compute.started).toHaveLength(3)
    expect(world.told()).toContain('gave-up gave_up restart-loop')
  })

  test('one killed during the start: another goes on, with one start in the end', async () => {
    const id = open({ replicas: 2 }).add()
    world.compute.swallowNextAnswer = true
    await world.crash(id, 13 * SECOND)
    expect(world.compute.started).toHaveLength(1)
    world.killTheBusyOne()
    await world.advance(10 * MINUTE)
    expect(world.compute.started).toHaveLength(1)
    expect(world.told().at(-1)).toBe('recovered done recovered')
  })
})

describe('a message', () => {
  test('goes back when no follow-up can be left, and nothing is started', async () => {
    const id = open().add()
    world.queueUp = false
    await world.crash(id, 30 * SECOND)
    expect(world.compute.calls.start).toBe(0)
    expect(world.settled).toEqual([])
    world.queueUp = true
    await world.advance(5 * MINUTE)
    expect(world.compute.started).toEqual([id])
    // An intent that came to nothing keeps others off for half a minute: no redelivery writes another one meanwhile.
    expect(world.told().filter((line) => line.startsWith('intent'))).toEqual([
      'intent-1 intent start',
      'intent-1.2 intent start'
    ])
  })

  test('goes back when the service stops during the wait', async () => {
    const id = open().add()
    await world.crash(id, SECOND)
    await world.stop()
    expect(world.told()).toEqual([])
    expect(world.settled).toEqual([])
  })

  test('that is no follow-up of ours is given up', async () => {
    const id = open().add()
    world.followUp(id, { made: 'one' })
    await world.advance(0)
    expect(world.told()).toEqual([expect.stringMatching(/^follow-up-\d+ gave_up bad-follow-up$/)])
  })
})

describe('a dry run', () => {
  test('tells what it would do, and does and leaves nothing', async () => {
    const id = open({ config: { dryRun: true } }).add()
    await world.crash(id, HOUR)
    expect(world.told()).toEqual(['would-start-1 would_do start'])
    expect(world.compute.calls.start).toBe(0)
    expect(world.delays).toEqual([])
  })

  test('tells what it could not decide, and leaves nothing', async () => {
    const id = open({ config: { dryRun: true } }).add()
    world.compute.down = failure('unavailable', 'ServiceUnavailable')
    await world.crash(id, HOUR)
    expect(world.told()).toEqual(['wait-0/api-unavailable failed api-unavailable'])
    expect(world.delays).toEqual([])
  })
})

describe('with respect for people', () => {
  const config = { restart: { respectPeople: true } }

  test('an instance that a person stopped stays down', async () => {
    const trail = { stoppedBy: async () => ({ kind: 'done', value: 'alice' }) as const }
    const id = open({ config, trail }).add()
    await world.crash(id, HOUR)
    expect(world.told()).toEqual(['refused skipped stopped-by-person'])
  })

  test('one that nobody stopped is started', async () => {
    const trail = { stoppedBy: async () => ({ kind: 'done', value: undefined }) as const }
    const id = open({ config, trail }).add()
    await world.crash(id, MINUTE)
    expect(world.compute.started).toEqual([id])
  })

  test('while nobody knows, none is started; it is asked again', async () => {
    let up = false
    const trail = {
      stoppedBy: async () => (up ? ({ kind: 'done', value: undefined } as const) : failure('throttled', 'Throttling'))
    }
    const id = open({ config, trail }).add()
    await world.crash(id, 5 * MINUTE)
    expect(world.compute.calls.start).toBe(0)
    expect(world.told()).toEqual(['wait-0/stopper-unknown skipped stopper-unknown'])
    up = true
    await world.advance(10 * MINUTE)
    expect(world.compute.started).toEqual([id])
  })
})
