import { describe, type ExpectStatic, test } from 'vitest'
import type { Service } from '../../src/service.ts'
import { stateChange, stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

const POISON = 'i-poison'

async function on(stage: Stage, run: (stage: Stage) => Promise<void>): Promise<void> {
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}

/** Whether the service has found that it is done. */
function watchEnd(service: Service): { ended: boolean } {
  const watch = { ended: false }
  void service.finished.then(() => {
    watch.ended = true
  })
  return watch
}

async function expectAllStored(stage: Stage, expect: ExpectStatic, count: number): Promise<void> {
  expect((await storedKeys(stage.sandbox)).distinct).toBe(count)
  expect([stage.queue.all, stage.deletedEarly]).toEqual([0, []])
}

describe.concurrent('until empty', () => {
  test('does not end while a message that was given back is away', async ({ expect }) => {
    let refusing = true
    const refuse = (fields: Readonly<Record<string, string>>) =>
      refusing && (fields['message_id'] === poison || (fields['content'] ?? '').includes(POISON))
    let poison = ''
    await on(await Stage.open({ refuse }), async (stage) => {
      sendEvents(stage.sandbox, stateChanges(5))
      poison = sendEvents(stage.sandbox, [stateChange(5, { instanceId: POISON })])[0] ?? ''
      const service = stage.start({}, { untilEmpty: true })
      const watch = watchEnd(service)
      await until(() => service.totals.givenBack === 2)
      expect(watch.ended).toBe(false)
      refusing = false
      expect(await service.finished).toBeUndefined()
      await expectAllStored(stage, expect, 6)
    })
  })

  test('does not end while messages are parked, nor while they are being fetched back', async ({ expect }) => {
    await on(await Stage.open({ visibilityS: 2 }), async (stage) => {
      const { faults } = stage.sandbox
      const clear = faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
      sendEvents(stage.sandbox, stateChanges(40))
      const service = stage.start({ 'queue.visibility': '2s' }, { untilEmpty: true })
      const watch = watchEnd(service)
      await until(() => service.totals.parked === 24)
      // Longer than two polls of any receiver.
      faults.add({ service: 'mns', operation: 'ChangeMessageVisibility', kind: 'slow', ms: 3_500 })
      clear()
      await until(() => service.state.breaker === 'closed')
      expect(watch.ended).toBe(false)
      expect(await service.finished).toBeUndefined()
      await expectAllStored(stage, expect, 40)
    })
  })

  test('does not end while a message is away whose delete was not confirmed', async ({ expect }) => {
    await on(await Stage.open({ visibilityS: 4 }), async (stage) => {
      stage.sandbox.faults.add({
        service: 'mns',
        operation: 'BatchDeleteMessage',
        kind: 'html',
        status: 502,
        count: 12
      })
      sendEvents(stage.sandbox, stateChanges(3))
      const service = stage.start({ 'queue.visibility': '4s' }, { untilEmpty: true })
      expect(await service.finished).toBeUndefined()
      await expectAllStored(stage, expect, 3)
    })
  })

  test('does not end while messages are away that a broken answer brought', async ({ expect }) => {
    await on(await Stage.open({ visibilityS: 4 }), async (stage) => {
      stage.sandbox.faults.add({ service: 'mns', operation: 'BatchReceiveMessage', kind: 'truncate', count: 1 })
      sendEvents(stage.sandbox, stateChanges(3))
      const service = stage.start({ 'queue.visibility': '4s' }, { untilEmpty: true })
      expect(await service.finished).toBeUndefined()
      expect(service.totals.receiveFaults).toBe(1)
      await expectAllStored(stage, expect, 3)
    })
  })

  test('gives up on a queue whose messages it may not delete, and says so', async ({ expect }) => {
    await on(await Stage.open(), async (stage) => {
      stage.sandbox.faults.add({
        service: 'mns',
        operation: 'BatchDeleteMessage',
        kind: 'error',
        code: 'AccessDenied'
      })
      sendEvents(stage.sandbox, stateChanges(3))
      const failure = await stage.start({}, { untilEmpty: true }).finished
      expect(failure?.code).toBe('denied')
      expect(failure?.message).toContain('Cannot delete from the queue ecs-cms-event: HTTP 403 AccessDenied')
    })
  })

  test('gives up on a queue that does not exist, and says so', async ({ expect }) => {
    await on(await Stage.open(), async (stage) => {
      const failure = await stage.start({ 'queue.name': 'elsewhere' }, { untilEmpty: true }).finished
      expect(failure?.code).toBe('missing')
      expect(failure?.message).toContain('Cannot receive from the queue elsewhere: HTTP 404 QueueNotExist')
    })
  })

  test('gives up on a logstore that does not exist, and leaves the messages on the queue', async ({ expect }) => {
    await on(await Stage.open(), async (stage) => {
      sendEvents(stage.sandbox, stateChanges(3))
      const service = stage.start({ 'logstore.name': 'elsewhere' }, { untilEmpty: true })
      const failure = await service.finished
      expect(failure?.code).toBe('missing')
      expect(failure?.message).toContain('Cannot write to the logstore ecs-audit-sandbox/elsewhere: HTTP 404')
      expect(await service.stop()).toEqual({ abandoned: 0 })
      expect(stage.hiddenForMs).toBeLessThanOrEqual(3_000)
    })
  })

  test('ends on an empty queue of a service that holds fewer polls at a time than there are receivers', async ({
    expect
  }) => {
    await on(await Stage.open({ behaviour: { maxConcurrentPolls: 1 } }), async (stage) => {
      const service = stage.start({ 'queue.receivers': 2 }, { untilEmpty: true })
      expect(await service.finished).toBeUndefined()
    })
  })

  test('ends on an empty queue after two polls that were held to their end', async ({ expect }) => {
    await on(await Stage.open(), async (stage) => {
      stage.sandbox.faults.add({ service: 'mns', operation: 'BatchReceiveMessage', kind: 'early-empty', count: 6 })
      const service = stage.start({ 'queue.receivers': 2 }, { untilEmpty: true })
      expect(await service.finished).toBeUndefined()
      expect(service.totals.polls).toBeGreaterThanOrEqual(6 + 2 * 2)
    })
  })
})
