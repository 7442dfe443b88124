import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ActionPlugin, PluginContext } from '../../src/actions/plugin/action-plugin.ts'
import { stateChange, stateChanges } from '../support/events.ts'
import { sendEvents } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

const LIVE = { 'actions.dryRun': false }

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

/** An action on every stop. */
function plugin(
  execute: (context: PluginContext) => ReturnType<ActionPlugin['execute']>,
  given: Partial<ActionPlugin> = {}
): ActionPlugin {
  return {
    name: 'webhook',
    match: ({ state }) => state === 'Stopped',
    plan: async () => ({ kind: 'act', plan: {} }),
    execute: (_, context) => execute(context),
    ...given
  }
}

async function actionRecords(): Promise<Array<Readonly<Record<string, string>>>> {
  const { project, logstore } = stage.sandbox.address
  const logs = await stage.sandbox.sls.logs(project, logstore)
  return logs.map(({ fields }) => fields).filter(({ kind }) => kind === 'action')
}

function stop(index: number): string {
  return stateChange(index, { state: 'Stopped', instanceId: `i-bp1${index}` })
}

describe('an action', () => {
  test('is recorded with its intent, and the message is deleted only when it has ended and everything is stored', async () => {
    let finish: () => void = () => undefined
    const executing = new Promise<void>((resolve) => (finish = resolve))
    stage.start(LIVE, {
      plugins: [
        plugin(async () => {
          await executing
          return { kind: 'done', target: 'hook' }
        })
      ]
    })
    sendEvents(stage.sandbox, [stop(1), ...stateChanges(50, 10)])
    await until(() => stage.queue.all === 1)
    finish()
    await stage.drained()
    const records = await actionRecords()
    expect(records.map(({ decision, step }) => [decision, step]).sort()).toEqual([
      ['done', 'execute'],
      ['intent', 'intent-1']
    ])
    expect(records[0]).toMatchObject({ action: 'webhook', instance_id: 'i-bp11', caused_by: /./ })
    expect(stage.deletedEarly).toEqual([])
  })

  test('does not wait for a logstore that is down; its message stays until the outcome is stored', async () => {
    stage.sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy', status: 503 })
    const executed: string[] = []
    const service = stage.start(LIVE, {
      plugins: [
        plugin(async ({ event }) => {
          executed.push(event.instanceId)
          return { kind: 'done' }
        })
      ]
    })
    sendEvents(stage.sandbox, [stop(1)])
    await until(() => service.state.breaker === 'open')
    sendEvents(stage.sandbox, [stop(2)])
    await until(() => executed.length === 2)
    expect(stage.queue.all).toBe(2)
    stage.sandbox.faults.clear()
    await stage.drained()
    const done = (await actionRecords()).filter(({ decision }) => decision === 'done')
    expect(done.map(({ instance_id: id }) => id).sort()).toEqual(['i-bp11', 'i-bp12'])
    // Each was decided once, though its message was held through the outage.
    expect(executed).toEqual(['i-bp11', 'i-bp12'])
    expect(stage.deletedEarly).toEqual([])
  })

  test('goes on by a follow-up, which is no event and leaves a record', async () => {
    const attempts: number[] = []
    const service = stage.start(LIVE, {
      plugins: [
        plugin(async ({ attempt, event }) => {
          attempts.push(attempt)
          expect(event.instanceId).toBe('i-bp11')
          return attempt === 1 ? { kind: 'failed', reason: 'not-yet', retryAfterMs: 1_000 } : { kind: 'done' }
        })
      ]
    })
    sendEvents(stage.sandbox, [stop(1)])
    await until(() => attempts.length === 2)
    await stage.drained()
    const records = await actionRecords()
    expect(records.map(({ step }) => step).sort()).toEqual(['execute', 'failed-1', 'intent-1', 'intent-2'])
    expect(new Set(records.map(({ caused_by: cause }) => cause)).size).toBe(1)
    expect(service.totals.followUps).toBe(1)
    expect(service.totals.undecodable).toBe(0)
  })

  test('is not tried again while actions are paused', async () => {
    const attempts: number[] = []
    const failing = plugin(async ({ attempt }) => {
      attempts.push(attempt)
      return { kind: 'failed', reason: 'not-yet', retryAfterMs: 2_000 }
    })
    const first = stage.start(LIVE, { plugins: [failing] })
    sendEvents(stage.sandbox, [stop(1)])
    await until(() => first.totals.followUps === 1)
    await first.stop()
    stage.start({ ...LIVE, 'actions.paused': true }, { plugins: [failing] })
    await stage.drained()
    expect(attempts).toEqual([1])
    const skipped = (await actionRecords()).filter(({ decision }) => decision === 'skipped')
    expect(skipped).toMatchObject([{ reason: 'paused', attempt: '2' }])
  })

  test('in a dry run only says what it would do', async () => {
    let executed = false
    stage.start(
      {},
      {
        plugins: [
          plugin(async () => {
            executed = true
            return { kind: 'done' }
          })
        ]
      }
    )
    sendEvents(stage.sandbox, [stop(1)])
    await stage.drained()
    expect(await actionRecords()).toMatchObject([{ decision: 'would_do', action: 'webhook' }])
    expect(executed).toBe(false)
  })

  test('that fails by a bug, or whose match does, stops no event', async () => {
    const broken = plugin(() => Promise.reject(new Error('broken')))
    const unmatched = plugin(async () => ({ kind: 'done' }), {
      name: 'unmatched',
      match: () => {
        throw new Error('broken')
      }
    })
    stage.start(LIVE, { plugins: [broken, unmatched] })
    sendEvents(stage.sandbox, [stop(1), ...stateChanges(20, 10)])
    await until(() => stage.stored.length >= 21)
    await until(() => stage.queue.visible + stage.queue.invisible === 0)
    expect((await actionRecords()).map(({ decision }) => decision).sort()).toEqual(['failed', 'intent'])
  })

  test('under way at the stop goes back to the queue, and the next process carries it out', async () => {
    const attempts: string[] = []
    const hanging = plugin(
      ({ signal }) =>
        new Promise((_, reject) => {
          attempts.push('begun')
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        })
    )
    const first = stage.start(LIVE, { plugins: [hanging] })
    sendEvents(stage.sandbox, [stop(1)])
    await until(() => attempts.length === 1)
    await first.stop(AbortSignal.abort())
    await until(() => stage.queue.visible === 1)
    stage.start(LIVE, { plugins: [plugin(async () => ({ kind: 'done' }))] })
    await stage.drained()
    expect((await actionRecords()).some(({ decision }) => decision === 'done')).toBe(true)
    expect(stage.deletedEarly).toEqual([])
  })

  test('in the batch form is waited for', async () => {
    let finish: () => void = () => undefined
    const executing = new Promise<void>((resolve) => (finish = resolve))
    const service = stage.start(LIVE, {
      untilEmpty: true,
      plugins: [
        plugin(async () => {
          await executing
          return { kind: 'done' }
        })
      ]
    })
    sendEvents(stage.sandbox, [stop(1)])
    let ended = false
    void service.finished.then(() => {
      ended = true
    })
    await until(() => service.state.acting === 1)
    expect(ended).toBe(false)
    finish()
    expect(await service.finished).toBeUndefined()
    expect(stage.queue.all).toBe(0)
  })
})
