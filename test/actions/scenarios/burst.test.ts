import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../pipeline/stage.ts'
import { sendEvents } from '../../support/harness.ts'
import { createDoomed, firstChangeMs, quantiles } from './doomed.ts'
import { noticeBody, sendNotice } from './notices.ts'
import { Scene } from './scene.ts'

const NOTICES = 60
/** What each call to the control plane takes, ms. */
const LATENCY_MS = 50

let scene: Scene

beforeEach(async () => {
  scene = await Scene.open()
})

afterEach(() => scene.close())

describe('a zone is taken back', () => {
  test('60 notices at once while the logstore is down, and APIs that take their time: all are out in seconds', async () => {
    const groups = await createDoomed(scene, NOTICES)
    for (const service of ['ecs', 'slb', 'alb', 'nlb']) {
      scene.sandbox.faults.add({ service, kind: 'slow', ms: LATENCY_MS })
    }
    scene.start({ 'actions.drain.enabled': true, 'actions.drain.grace': '1s' })
    const first = await scene.running('i-bp1first', { spot: true })
    sendNotice(scene, first)
    await scene.recorded('drain', { step: 'drained', instance_id: first })
    await scene.stage.drained()
    const mend = scene.sandbox.faults.add({ service: 'sls', operation: '*', kind: 'html' })
    const sentMs = scene.clock.now()
    sendEvents(
      scene.sandbox,
      [...groups.keys()].map((id) => noticeBody(id, { timeMs: sentMs, id: `NOTICE-${id}` }))
    )
    const isOut = (id: string): boolean => scene.memberships(id).length === 0
    await until(() => [...groups.keys()].every(isOut), 60_000)
    const changes = [...groups.values()].map((groupId) => (firstChangeMs(scene, groupId) ?? Number.NaN) - sentMs)
    const measured = quantiles(changes)
    process.stderr.write(`${NOTICES} notices at once, first change: ${JSON.stringify(measured)} ms since sent\n`)
    expect(measured.max).toBeLessThan(5_000)
    mend()
    await scene.stage.drained()
    const drained = scene.records('drain').filter(({ reason }) => reason === 'drained')
    expect(new Set(drained.map(({ instance_id: id }) => id))).toEqual(new Set(groups.keys()))
  })
})
