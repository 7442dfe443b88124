import { describe, expect, test } from 'vitest'
import { openEcs, queueEvents, REGION } from './ecs-stage.ts'

const INTERRUPTION = 'Instance:PreemptibleInstanceInterruption'
const LATER = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')

describe('an interruption', () => {
  test('locks the instance for recycling from its notice on', async () => {
    const { running, describe, ecs, client, reaches } = await openEcs()
    const InstanceId = await running({ spotStrategy: 'SpotAsPriceGo' })
    expect(ecs.interrupt(InstanceId, { inMs: 600_000 })).toBe('accepted')
    expect(await describe()).toMatchObject([
      { Status: 'Running', OperationLocks: { LockReason: [{ LockReason: 'Recycling' }] } }
    ])
    expect(await client.refused('RebootInstance', { InstanceId })).toBe('403 IncorrectInstanceStatus')
    await client.done('StopInstance', { InstanceId })
    await reaches(InstanceId, 'Stopped')
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 IncorrectInstanceStatus')
  })

  test('takes the instance back at its time', async () => {
    const { sandbox, running, ecs, reaches } = await openEcs()
    const id = await running({ spotStrategy: 'SpotAsPriceGo' })
    ecs.interrupt(id, { inMs: 50 })
    await reaches(id, undefined)
    await sandbox.mns.waitFor(() => queueEvents(sandbox).at(-1)?.detail === 'Deleted')
    const [notice, release] = queueEvents(sandbox).slice(-2)
    expect(notice).toMatchObject({ name: INTERRUPTION, instanceId: id, detail: 'delete' })
    expect((release?.atMs ?? 0) - (notice?.atMs ?? 0)).toBeGreaterThanOrEqual(50)
  })

  test('stops in economical mode where its owner chose that; the instance can be started again', async () => {
    const { sandbox, running, describe, ecs, client, reaches } = await openEcs()
    const InstanceId = await running({ spotStrategy: 'SpotAsPriceGo', spotInterruptionBehavior: 'Stop' })
    ecs.interrupt(InstanceId, { inMs: 30 })
    await reaches(InstanceId, 'Stopped')
    expect(await describe()).toMatchObject([{ StoppedMode: 'StopCharging', OperationLocks: { LockReason: [] } }])
    expect(queueEvents(sandbox).find(({ name }) => name === INTERRUPTION)?.detail).toBe('stop')
    await client.done('StartInstance', { InstanceId })
    await reaches(InstanceId, 'Running')
  })

  test('comes to preemptible instances that are Running, once', async () => {
    const { running, ecs } = await openEcs()
    const [plain, spot] = [await running(), await running({ spotStrategy: 'SpotAsPriceGo' })]
    expect(ecs.interrupt(plain)).toBe('incorrect-status')
    expect(ecs.interrupt('i-nobody')).toBe('missing')
    expect([ecs.interrupt(spot, { inMs: 60_000 }), ecs.interrupt(spot)]).toEqual(['accepted', 'locked'])
  })
})

describe('CreateSimulatedSystemEvents', () => {
  test('really takes a preemptible instance back, with real operations', async () => {
    const { sandbox, running, client, reaches } = await openEcs()
    const InstanceId = await running({ spotStrategy: 'SpotAsPriceGo' })
    const drill = { ...REGION, InstanceId: [InstanceId], EventType: INTERRUPTION, NotBefore: LATER }
    await client.done('CreateSimulatedSystemEvents', { ...drill, TriggerRealOps: true })
    await reaches(InstanceId, undefined)
    expect(queueEvents(sandbox).some(({ name }) => name === INTERRUPTION)).toBe(true)
  })

  test('really makes an instance go down; the history shows it when it is over, or when it is asked for', async () => {
    const { running, client, reaches, until } = await openEcs()
    const InstanceId = await running()
    const drill = { ...REGION, InstanceId: [InstanceId], EventType: 'SystemFailure.Reboot', NotBefore: LATER }
    const body = await client.done('CreateSimulatedSystemEvents', { ...drill, TriggerRealOps: true })
    const [eventId] = (body['EventIdSet'] as { EventId: string[] }).EventId
    await reaches(InstanceId, 'Stopped')
    const history = async (parameters: object = {}) => {
      const answer = await client.done('DescribeInstanceHistoryEvents', { ...REGION, InstanceId, ...parameters })
      return (answer['InstanceSystemEventSet'] as { InstanceSystemEventType: unknown[] }).InstanceSystemEventType
    }
    const all = { InstanceEventCycleStatus: ['Executing', 'Executed'] }
    expect(await history(all)).toMatchObject([{ EventId: eventId, EventType: { Name: 'SystemFailure.Reboot' } }])
    await until(async () => (await history()).length > 0)
    expect(await history()).toMatchObject([{ EventId: eventId, EventCycleStatus: { Name: 'Executed' } }])
  })

  test('only announces without real operations: Scheduled is not in the history unless asked for', async () => {
    const { sandbox, running, client, stateOf } = await openEcs()
    const InstanceId = await running()
    const drill = { ...REGION, InstanceId: [InstanceId], EventType: 'SystemMaintenance.Reboot', NotBefore: LATER }
    await client.done('CreateSimulatedSystemEvents', drill)
    await sandbox.mns.waitFor(() => queueEvents(sandbox).at(-1)?.detail === 'Scheduled')
    expect(stateOf(InstanceId)).toBe('Running')
    const history = { ...REGION, InstanceId }
    expect(await client.done('DescribeInstanceHistoryEvents', history)).toMatchObject({ TotalCount: 0 })
    const scheduled = { ...history, InstanceEventCycleStatus: ['Scheduled'] }
    expect(await client.done('DescribeInstanceHistoryEvents', scheduled)).toMatchObject({
      TotalCount: 1,
      InstanceSystemEventSet: { InstanceSystemEventType: [{ InstanceId, NotBefore: LATER }] }
    })
  })

  test('is refused for what it cannot do', async () => {
    const { running, client } = await openEcs()
    const drill = { ...REGION, InstanceId: [await running()], EventType: 'SystemFailure.Reboot', NotBefore: LATER }
    const refused = (changes: object) => client.refused('CreateSimulatedSystemEvents', { ...drill, ...changes })
    expect(await refused({ EventType: 'Meteor.Strike' })).toBe('400 InvalidParameter')
    expect(await refused({ NotBefore: '2001-01-01T00:00:00Z' })).toBe('403 InvalidNotBefore.Passed')
    expect(await refused({ InstanceId: ['i-nobody'] })).toBe('404 InvalidInstanceId.NotFound')
    expect(await refused({ InstanceId: [] })).toBe('400 MissingParameter')
    expect(await refused({ EventType: INTERRUPTION, TriggerRealOps: true })).toBe('403 IncorrectInstanceStatus')
    expect(await refused({ EventType: 'SystemMaintenance.Stop', TriggerRealOps: true })).toBe('501 NotImplemented')
  })
})
