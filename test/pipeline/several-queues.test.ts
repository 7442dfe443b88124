import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stateChanges } from '../support/events.ts'
import { storedKeys } from '../support/harness.ts'
import { type Changes, Stage, until } from './stage.ts'

const QUEUES = ['usual', 'other', 'urgent']

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
  for (const name of QUEUES) stage.sandbox.mns.createQueue(name, { visibilityTimeout: 30 })
})

afterEach(() => stage.close())

/** The configuration of three queues, one of them urgent. */
function queues(waitSeconds: number): Changes {
  const { mns: endpoint } = stage.sandbox.address
  return {
    queue: undefined,
    queues: QUEUES.map((name) => ({ name, endpoint, urgent: name === 'urgent', waitSeconds, visibility: '30s' }))
  }
}

function send(queue: string, count: number, from = 0): string[] {
  const bodies = stateChanges(count, from).map((body) => Buffer.from(body).toString('base64'))
  return stage.sandbox.mns.send(queue, bodies)
}

function left(queue: string): number {
  const { visible, invisible } = stage.sandbox.mns.stats(queue)
  return visible + invisible
}

describe('several queues', () => {
  test('all of them are consumed', async () => {
    const service = stage.start({ ...queues(1) }, { untilEmpty: true })
    for (const [at, name] of QUEUES.entries()) send(name, 200, 1_000 * at)
    expect(await service.finished).toBeUndefined()
    expect(await storedKeys(stage.sandbox)).toEqual({ distinct: 600, records: 600 })
    expect(QUEUES.map(left)).toEqual([0, 0, 0])
  })

  test('an urgent message overtakes what waits, when credits are scarce and the logstore is slow', async () => {
    const LIMIT = 48
    stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 40 })
    send('usual', 1_500)
    stage.start({ ...queues(1), 'limits.maxMessages': LIMIT, 'logstore.puts': 1, 'logstore.batch.linger': '1s' })
    await until(() => stage.stored.length > 200)
    const before = stage.stored.length
    const urgent = send('urgent', 3, 9_000)
    await until(() => urgent.every((id) => stage.stored.includes(id)))
    const behind = Math.max(...urgent.map((id) => stage.stored.indexOf(id))) - before
    // What was in flight when they came may go before them; nothing that was still on the queue.
    expect(behind).toBeLessThanOrEqual(2 * LIMIT)
    expect(left('usual')).toBeGreaterThan(500)
  })

  test('an urgent message does not wait for others to fill its batch', async () => {
    const service = stage.start({ ...queues(1), 'logstore.batch.linger': '1m' })
    send('urgent', 1)
    const startMs = stage.clock.elapsed()
    await until(() => left('urgent') === 0)
    send('usual', 1, 1_000)
    await until(() => service.totals.received === 2)
    expect(service.totals.stored).toBe(1)
    send('urgent', 1, 2_000)
    await until(() => left('urgent') + left('usual') === 0)
    // Nothing of it waited for the linger.
    expect(stage.clock.elapsed() - startMs).toBeLessThan(60_000)
  })

  test('an urgent queue with nothing on it does not keep the others waiting, however small the bound', async () => {
    send('usual', 60)
    stage.start({ ...queues(3), 'limits.maxMessages': 16 })
    const startMs = stage.clock.elapsed()
    await until(() => left('usual') === 0)
    send('other', 60, 1_000)
    await until(() => left('other') === 0)
    expect(stage.clock.elapsed() - startMs).toBeLessThan(12_000)
    expect((await storedKeys(stage.sandbox)).distinct).toBe(120)
  })

  test('one queue in trouble does not hold the others up', async () => {
    const { mns } = stage.sandbox
    stage.start({
      ...queues(1),
      queues: [...QUEUES, 'missing'].map((name) => ({ name, endpoint: stage.sandbox.address.mns, waitSeconds: 1 }))
    })
    for (const [at, name] of QUEUES.entries()) send(name, 50, 1_000 * at)
    await mns.waitFor(() => QUEUES.every((name) => left(name) === 0))
    expect((await storedKeys(stage.sandbox)).distinct).toBe(150)
  })
})
