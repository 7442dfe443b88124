import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Changes, until } from '../../pipeline/stage.ts'
import { stateChanges } from '../../support/events.ts'
import { HurryClock } from '../../support/hurry-clock.ts'
import { createDoomed, firstChangeMs, quantiles } from './doomed.ts'
import { noticeBody, sendNotice } from './notices.ts'
import { Scene, type Stored } from './scene.ts'

const OUTAGE_MS = 600_000
const BACKLOG = 10_000
const URGENT = 'ecs-urgent'
/** Everything at the machine's own pace: ten minutes of outage are ten minutes. */
const REAL_TIME = process.env['OUTAGE_REAL_TIME'] !== undefined
const TIMEOUT_MS = REAL_TIME ? 900_000 : 90_000
const DRAIN = { 'actions.drain.enabled': true, 'actions.drain.grace': '10s', 'actions.maxAge': '1h' }

let clock: HurryClock
let scene: Scene

beforeEach(async () => {
  clock = new HurryClock()
  scene = await Scene.open({ clock })
})

afterEach(async () => {
  clock.hurry(1)
  await scene.close()
})

function hurry(pace: number): void {
  clock.hurry(REAL_TIME ? 1 : pace)
}

/** A queue for all, and an urgent one. */
function twoQueues(): Changes {
  const { mns: endpoint, queue } = scene.sandbox.address
  const common = { endpoint, waitSeconds: 1, visibility: '30s' }
  return { queue: undefined, queues: [queue, URGENT].map((name) => ({ ...common, name, urgent: name === URGENT })) }
}

function send(queue: string, bodies: readonly string[]): void {
  scene.sandbox.mns.send(
    queue,
    bodies.map((body) => Buffer.from(body).toString('base64'))
  )
}

/** Resolves when a first drain has been carried out: what is loaded once is loaded. */
async function warmedUp(): Promise<void> {
  const id = await scene.running('i-bp1first', { spot: true })
  sendNotice(scene, id)
  await scene.recorded('drain', { step: 'drained', instance_id: id })
  await scene.stage.drained()
}

/** Resolves when every message of these queues was deleted. */
async function emptied(...queues: string[]): Promise<void> {
  const { mns } = scene.sandbox
  const left = (queue: string): number => {
    const { visible, invisible, delayed } = mns.stats(queue)
    return visible + invisible + delayed
  }
  await mns.waitFor(() => queues.every((queue) => left(queue) === 0), { timeoutMs: 60_000 })
}

/** From the receipt of each notice to the first change that a load balancer accepted, ms; by the records and the sandbox. */
async function latencies(groups: ReadonlyMap<string, string>): Promise<number[]> {
  const { project, logstore } = scene.sandbox.address
  const received = new Map<string, number>()
  for (const { fields } of await scene.sandbox.sls.logs(project, logstore)) {
    const { kind, event_name: name, instance_id: id = '', received_ms: atMs } = fields
    if (kind !== 'event' || name !== 'Instance:PreemptibleInstanceInterruption') continue
    received.set(id, Math.min(Number(atMs), received.get(id) ?? Number.POSITIVE_INFINITY))
  }
  return [...groups].map(([id, groupId]) => (firstChangeMs(scene, groupId) ?? Number.NaN) - (received.get(id) ?? 0))
}

/** How the drains of the doomed ended, as far as that is stored. */
function drains(): Stored[] {
  return scene.records('drain').filter(({ step, reason }) => step === 'drained' && reason !== 'no-membership')
}

/** Nothing is lost, every notice is decided, and none of the instances is in its group any more. */
async function expectAllDone(groups: ReadonlyMap<string, string>): Promise<void> {
  const { project, logstore } = scene.sandbox.address
  const ids = await scene.sandbox.sls.valueCounts(project, logstore, 'event_id')
  expect([...ids.keys()].filter((id) => id.startsWith('TEST-'))).toHaveLength(BACKLOG)
  const decided = drains()
  expect(new Set(decided.map(({ instance_id: id }) => id))).toEqual(new Set(groups.keys()))
  expect(decided.filter(({ decision }) => decision !== 'done')).toEqual([])
  for (const id of groups.keys()) expect(scene.memberships(id)).toEqual([])
  expect(scene.stage.deletedEarly).toEqual([])
}

describe('the logstore is down for 10 minutes, and 10,000 messages wait', () => {
  test(
    'notices on an urgent queue: the first change is made within 1 s of the delivery',
    async () => {
      scene.sandbox.mns.createQueue(URGENT, { visibilityTimeout: 30 })
      const groups = await createDoomed(scene, 60)
      const ids = [...groups.keys()]
      scene.start({ ...DRAIN, ...twoQueues() })
      await warmedUp()
      scene.sandbox.faults.add({ service: 'sls', operation: '*', kind: 'html' })
      send(scene.sandbox.address.queue, stateChanges(BACKLOG))
      const endsMs = clock.elapsed() + OUTAGE_MS
      const sinceSent: number[] = []
      const rounds = 20
      for (let round = 0; round < rounds; round += 1) {
        hurry(60)
        await clock.sleep((endsMs - clock.elapsed()) / (rounds - round))
        hurry(1)
        const now = ids.slice(3 * round, 3 * round + 3)
        const sentMs = clock.now()
        send(
          URGENT,
          now.map((id) => noticeBody(id, { timeMs: sentMs, id: `NOTICE-${id}` }))
        )
        const changed = (id: string): number | undefined => firstChangeMs(scene, groups.get(id) ?? '')
        await until(() => now.every((id) => changed(id) !== undefined))
        sinceSent.push(...now.map((id) => (changed(id) ?? Number.NaN) - sentMs))
      }
      expect(drains()).toEqual([])
      scene.sandbox.faults.clear()
      await emptied(scene.sandbox.address.queue, URGENT)
      await expectAllDone(groups)
      const measured = { sinceReceived: quantiles(await latencies(groups)), sinceSent: quantiles(sinceSent) }
      process.stderr.write(`urgent queue, first change: ${JSON.stringify(measured)} ms\n`)
      expect(measured.sinceReceived.p99).toBeLessThan(1_000)
      expect(measured.sinceSent.p99).toBeLessThan(2_000)
    },
    TIMEOUT_MS
  )

  test(
    'notices among the others on one queue: the first change is made within 5 s of the delivery',
    async () => {
      const groups = await createDoomed(scene, 60)
      scene.start(DRAIN)
      await warmedUp()
      const noticesMs = clock.now()
      const others = stateChanges(BACKLOG)
      // The first half is among what is received during the outage, which is not more than 2,000 messages.
      const mixed = [...groups.keys()].flatMap((id, index) => {
        const before = others.splice(0, index < 30 ? 60 : 270)
        return [...before, noticeBody(id, { timeMs: noticesMs, id: `NOTICE-${id}` })]
      })
      scene.sandbox.faults.add({ service: 'sls', operation: '*', kind: 'html' })
      send(scene.sandbox.address.queue, [...mixed, ...others])
      const endsMs = clock.elapsed() + OUTAGE_MS
      hurry(20)
      const first = [...groups.values()].slice(0, 30)
      await until(() => first.every((groupId) => firstChangeMs(scene, groupId) !== undefined), TIMEOUT_MS)
      hurry(60)
      await clock.sleep(endsMs - clock.elapsed())
      hurry(1)
      expect(drains()).toEqual([])
      scene.sandbox.faults.clear()
      await emptied(scene.sandbox.address.queue)
      await expectAllDone(groups)
      const all = await latencies(groups)
      const measured = { outage: quantiles(all.slice(0, 30)), after: quantiles(all.slice(30)) }
      process.stderr.write(`one queue, first change: ${JSON.stringify(measured)} ms\n`)
      expect(quantiles(all).p99).toBeLessThan(5_000)
    },
    TIMEOUT_MS
  )
})
