import { afterEach, describe, expect, test } from 'vitest'
import { stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

let stage: Stage

afterEach(() => stage.close())

const SHORT = { 'queue.visibility': '3s' }

describe('two replicas on one queue', () => {
  test('share the work, and store everything once', async () => {
    stage = await Stage.open()
    const replicas = [stage.start(), stage.start()]
    sendEvents(stage.sandbox, stateChanges(2_000))
    await stage.drained()
    expect(await storedKeys(stage.sandbox)).toEqual({ distinct: 2_000, records: 2_000 })
    for (const { totals } of replicas) expect(totals.acknowledged).toBeGreaterThan(200)
  })

  test('one of them stops: the other takes over what it gave back', async () => {
    stage = await Stage.open({ visibilityS: 3 })
    stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 200 })
    const [leaving] = [stage.start(SHORT), stage.start(SHORT)]
    sendEvents(stage.sandbox, stateChanges(1_000))
    await until(() => leaving.state.inFlight > 0)
    expect(await leaving.stop(AbortSignal.abort())).toEqual({ abandoned: 0 })
    await stage.drained()
    const { distinct, records } = await storedKeys(stage.sandbox)
    expect([distinct, stage.deletedEarly]).toEqual([1_000, []])
    // Puts under way at the stop may have been stored all the same.
    expect(records - distinct).toBeLessThanOrEqual(leaving.totals.givenBack)
  })

  test('one of them cannot reach the logstore: the other stores what it parks', async () => {
    stage = await Stage.open({ visibilityS: 3 })
    const cutOff = stage.start({ ...SHORT, 'logstore.name': 'elsewhere' })
    sendEvents(stage.sandbox, stateChanges(60))
    await until(() => cutOff.state.breaker === 'open' && cutOff.state.inFlight > 0)
    stage.start(SHORT)
    await until(() => stage.queue.all <= cutOff.state.inFlight + cutOff.state.parked)
    expect(stage.stored.length).toBe(60 - stage.queue.all)
    await cutOff.stop()
    await stage.drained()
    expect(await storedKeys(stage.sandbox)).toEqual({ distinct: 60, records: 60 })
  })
})
