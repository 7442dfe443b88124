import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import { openReader } from '../../src/logstore/open-logstore.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { DRAIN_AND_REPLACE, replacementsOf } from '../actions/scenarios/replacements.ts'
import { Scene } from '../actions/scenarios/scene.ts'
import { DOOMED, joinSevenGroups, SEVEN_GROUPS } from '../actions/scenarios/seven-groups.ts'
import { until } from '../pipeline/stage.ts'
import { configFor } from '../support/harness.ts'
import { HurryClock } from '../support/hurry-clock.ts'

const DOOMED_ID = 'i-bp1doomed'
const LONER = 'i-bp1loner'
const OTHER = 'i-bp1other'
const CRASHED = 'i-bp1crashed'
const LEFT = 'i-bp1left'
const HOUR = 3_600_000
/** For what a slow machine may need, ms. */
const PATIENCE_MS = 60_000
const catalogue = loadCatalogue()

let scene: Scene
let places: ReturnType<typeof scene.sandbox.balancers.memberships>

/** The whole service on the sandbox: an instance that crashes, one that nobody opted in, and two that are interrupted. */
beforeAll(async () => {
  scene = await Scene.open({ clock: new HurryClock(10) })
  await scene.running(DOOMED_ID, DOOMED)
  await scene.running(LONER, { spot: true })
  await scene.running(OTHER, { vpcId: 'vpc-scene' })
  await scene.running(CRASHED, { tags: { 'ecs-audit': 'restart' } })
  await scene.running(LEFT)
  joinSevenGroups(scene, DOOMED_ID, OTHER)
  places = scene.sandbox.balancers.memberships(DOOMED_ID)
  scene.start({ ...DRAIN_AND_REPLACE, 'actions.restart.enabled': true })
  const { ecs, fleet } = scene.sandbox
  for (const instanceId of [CRASHED, LEFT]) fleet.crash(instanceId, { cause: 'guest' })
  for (const instanceId of [DOOMED_ID, LONER]) ecs.interrupt(instanceId, { inMs: 300_000 })
  await scene.recorded('restart', { reason: 'recovered' }, PATIENCE_MS)
  await until(() => scene.records('replace').filter(({ step }) => step === 'replaced').length === 2, PATIENCE_MS)
  await until(() => scene.records('drain').filter(({ step }) => step === 'drained').length === 2, PATIENCE_MS)
  await scene.stage.drained(PATIENCE_MS)
}, 2 * PATIENCE_MS)

afterAll(() => scene.close())

async function ask(name: string, parameters: Readonly<Record<string, string>> = {}) {
  const question = catalogue.get(name)
  if (question === undefined) throw new Error(`There is no question ${name}`)
  const { reader, close } = openReader(configFor(scene.sandbox), scene.clock, silentLog)
  const [fromS, toS] = [scene.clock.now() - HOUR, scene.clock.now() + HOUR].map((ms) => Math.floor(ms / 1_000))
  const outcome = await reader.queryLogs({
    fromS: fromS ?? 0,
    toS: toS ?? 0,
    query: questionQuery(question, parameters)
  })
  await close()
  if (outcome.kind === 'failed') throw new Error(outcome.fault.message)
  return outcome.rows
}

function truthOf(instanceId: string) {
  return scene.sandbox.fleet.truth().instances.find((instance) => instance.instanceId === instanceId)
}

test('the crashed instance was restarted: from its stop until it ran again', async () => {
  const states = truthOf(CRASHED)?.states ?? []
  const stop = states.find(({ state }) => state === 'Stopped')
  const back = states.findLast(({ state }) => state === 'Running')
  const [row, ...others] = await ask('restarts')
  expect(others).toEqual([])
  expect(row).toMatchObject({ instance_id: CRASHED, stop_ms: String(stop?.atMs), tries: '1', outcome: 'recovered' })
  expect(Number(row?.['recovery_ms'])).toBeGreaterThanOrEqual((back?.atMs ?? 0) - (stop?.atMs ?? 0))
  expect(Number(row?.['ended_ms'])).toBeGreaterThanOrEqual(back?.atMs ?? Number.NaN)
})

test('the other one was left alone, and is still down', async () => {
  const stop = truthOf(LEFT)?.states.find(({ state }) => state === 'Stopped')
  expect(await ask('restarts-refused')).toMatchObject([{ reason: 'no-match', decision: 'skipped', stops: '1' }])
  expect(await ask('stopped-and-left')).toMatchObject([
    { instance_id: LEFT, stopped_ms: String(stop?.atMs), reason: 'no-match' }
  ])
})

test('the interrupted instance left each of its groups, with the ports and weights that it had there', async () => {
  const rows = await ask('drains')
  expect(new Set(rows.map(({ server_group: group }) => group))).toEqual(new Set(SEVEN_GROUPS))
  expect(rows).toHaveLength(SEVEN_GROUPS.length)
  for (const { server_group: group, ports = '', weights = '', ...row } of rows) {
    const had = places.filter(({ groupId }) => groupId === group)
    expect(row).toMatchObject({ instance_id: DOOMED_ID, outcome: 'in time' })
    expect(numbersIn(weights)).toEqual(inOrder(had.map(({ weight }) => weight)))
    // The default group's entries have no port.
    expect(numbersIn(ports)).toEqual(group === 'lb-1' ? [] : inOrder(had.map(({ port }) => port ?? 0)))
    const removal = scene.sandbox.balancers.changes.find(
      (change) => change.groupId === group && /^Remove/.test(change.action)
    )
    const marginMs = (truthOf(DOOMED_ID)?.interruptionMs ?? 0) + 300_000 - (removal?.atMs ?? 0)
    expect(Number(row['margin_ms'])).toBeLessThanOrEqual(marginMs + 10)
    expect(Number(row['margin_ms'])).toBeGreaterThan(0)
  }
})

test('of the two notices one found an instance outside of every group, and none is without a drain', async () => {
  const noticeMs = String(truthOf(LONER)?.interruptionMs)
  expect(await ask('interrupted-unbalanced')).toMatchObject([{ instance_id: LONER, notice_ms: noticeMs }])
  expect(await ask('drains-failed')).toEqual([])
  expect(await ask('notices-undrained')).toEqual([])
  expect(await ask('alert-undrained')).toMatchObject([{ undrained: '0' }])
})

test('each of the two was replaced by the instance that was bought for it', async () => {
  const rows = await ask('replacements')
  const told = rows.map(({ instance_id: old, new_instance_id: bought }) => [old, bought])
  const real = [DOOMED_ID, LONER].map((id) => [id, replacementsOf(scene, id)[0]?.instanceId])
  expect(new Set(told.map(String))).toEqual(new Set(real.map(String)))
  expect(await ask('replacements-surplus')).toEqual([])
  expect(await ask('replacements-failed')).toEqual([])
  expect(await ask('stat-interruptions')).toMatchObject([
    { notices: '2', in_time: '1', late: '0', failed: '0', in_time_percent: '100.0', replaced: '2' }
  ])
})

test('everything that was done about an instance is told in order, and nothing about others', async () => {
  const rows = await ask('instance-actions', { instance: DOOMED_ID })
  const told = ['drain', 'replace'].flatMap((name) => scene.records(name, DOOMED_ID))
  expect(rows.map(({ action, step }) => `${action} ${step}`).sort()).toEqual(
    told.map(({ action, step }) => `${action} ${step}`).sort()
  )
  const times = rows.map(({ decided_ms: ms }) => Number(ms))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

function numbersIn(text: string): number[] {
  return inOrder((text.match(/\d+/g) ?? []).map(Number))
}

function inOrder(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b)
}
