import { describe, expect, test } from 'vitest'
import { openEcs, queueEvents } from './ecs-stage.ts'

describe('StartInstance', () => {
  test('makes Starting and Running events, and guards itself against a second call', async () => {
    const { sandbox, client, stopped, reaches } = await openEcs()
    const InstanceId = await stopped()
    const before = queueEvents(sandbox).length
    await client.done('StartInstance', { InstanceId })
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 IncorrectInstanceStatus')
    await reaches(InstanceId, 'Running')
    await sandbox.mns.waitFor(() => queueEvents(sandbox).length >= before + 2)
    expect(queueEvents(sandbox).slice(before)).toMatchObject([
      { name: 'Instance:StateChange', instanceId: InstanceId, detail: 'Starting' },
      { name: 'Instance:StateChange', instanceId: InstanceId, detail: 'Running' }
    ])
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 IncorrectInstanceStatus')
  })

  test('takes the boot time that was set, and no event comes before it happens', async () => {
    const { sandbox, client, stopped, reaches, ecs } = await openEcs()
    const InstanceId = await stopped()
    ecs.setBootMs(150)
    const startedAt = Date.now()
    await client.done('StartInstance', { InstanceId })
    await reaches(InstanceId, 'Running')
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(149)
    await sandbox.mns.waitFor(() => queueEvents(sandbox).at(-1)?.detail === 'Running')
    const sent = sandbox.mns.messages(sandbox.address.queue)
    const early = queueEvents(sandbox).filter(({ atMs }, index) => (sent[index]?.enqueuedAt ?? 0) < atMs)
    expect(early).toEqual([])
  })

  test('a dry run says DryRunOperation for yes, and starts nothing', async () => {
    const { client, stopped, running, stateOf } = await openEcs()
    const InstanceId = await stopped()
    expect(await client.refused('StartInstance', { InstanceId, DryRun: true })).toBe('400 DryRunOperation')
    expect(stateOf(InstanceId)).toBe('Stopped')
    const up = await running()
    expect(await client.refused('StartInstance', { InstanceId: up, DryRun: true })).toBe('403 IncorrectInstanceStatus')
  })

  test.each([
    ['security', '403 InstanceLockedForSecurity'],
    ['financial', '403 InstanceExpired'],
    ['dedicatedhostfinancial', '403 InstanceExpired'],
    ['refunded', '403 InstanceExpired']
  ] as const)('is refused to an instance locked for %s, until the lock is off', async (reason, refusal) => {
    const { client, stopped, describe, ecs } = await openEcs()
    const InstanceId = await stopped()
    expect(ecs.setLock(InstanceId, reason)).toBe('accepted')
    expect(await describe()).toMatchObject([{ OperationLocks: { LockReason: [{ LockReason: reason }] } }])
    expect(await client.refused('StartInstance', { InstanceId })).toBe(refusal)
    ecs.setLock(InstanceId, reason, false)
    await client.done('StartInstance', { InstanceId })
  })

  test('is refused to an expired subscription and to what does not exist', async () => {
    const { client, stopped, ecs } = await openEcs()
    const InstanceId = await stopped({ chargeType: 'PrePaid' })
    ecs.setExpiry(InstanceId, Date.now() - 1)
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 InstanceExpired')
    ecs.setExpiry(InstanceId, Date.now() + 3_600_000)
    await client.done('StartInstance', { InstanceId })
    expect(await client.refused('StartInstance', { InstanceId: 'i-nobody' })).toBe('404 InvalidInstanceId.NotFound')
    expect(await client.refused('StartInstance')).toBe('400 MissingParameter')
    expect(ecs.setLock('i-nobody', 'security')).toBe('missing')
  })

  test('from economical mode needs stock, and a bid that is high enough', async () => {
    const { client, stopped, ecs, describe } = await openEcs()
    const bid = { spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.1, zoneId: 'cn-hangzhou-h' } as const
    const InstanceId = await stopped(bid, 'StopCharging')
    expect(await describe()).toMatchObject([{ StoppedMode: 'StopCharging', SpotPriceLimit: 0.1 }])
    ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 0)
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 OperationDenied.NoStock')
    ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 1)
    ecs.setSpotPrice(0.2)
    const tooLow = '403 OperationDenied.SpotPriceLowerThanPublicPrice'
    expect(await client.refused('StartInstance', { InstanceId })).toBe(tooLow)
    ecs.setSpotPrice(0.1)
    await client.done('StartInstance', { InstanceId })
    const kept = await stopped({ zoneId: 'cn-hangzhou-h' })
    await client.done('StartInstance', { InstanceId: kept })
  })

  test('fails as often as was set: refused with a code, or Stopped again', async () => {
    const { sandbox, client, stopped, reaches, ecs, until } = await openEcs()
    const InstanceId = await stopped()
    ecs.failStarts(InstanceId, 2, 'QuotaExceed.ElasticQuota')
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 QuotaExceed.ElasticQuota')
    expect(await client.refused('StartInstance', { InstanceId })).toBe('403 QuotaExceed.ElasticQuota')
    ecs.failStarts(InstanceId, 1)
    const before = queueEvents(sandbox).length
    await client.done('StartInstance', { InstanceId })
    await until(() => queueEvents(sandbox).length === before + 2)
    expect(queueEvents(sandbox).slice(before)).toMatchObject([{ detail: 'Starting' }, { detail: 'Stopped' }])
    await client.done('StartInstance', { InstanceId })
    await reaches(InstanceId, 'Running')
  })

  test('a crash loop goes on for as many rounds as were set', async () => {
    const { sandbox, client, stopped, reaches, ecs, until, fleet } = await openEcs()
    const InstanceId = await stopped()
    ecs.crashAfterStart(InstanceId, { times: 2, afterMs: 20 })
    const starts = async (): Promise<void> => void (await client.done('StartInstance', { InstanceId }))
    for (let round = 1; round <= 2; round += 1) {
      await starts()
      await until(() => fleet.truth().instances[0]?.unexpectedStops === round)
    }
    await starts()
    await reaches(InstanceId, 'Running')
    expect(fleet.truth().instances[0]).toMatchObject({ unexpectedStops: 2, stoppedUnexpectedly: false })
    expect(queueEvents(sandbox).filter(({ detail }) => detail === 'Stopping')).toHaveLength(1)
  })
})

describe('StopInstance, RebootInstance and DeleteInstance', () => {
  test('a stop keeps charging unless it is told to stop that', async () => {
    const { client, running, reaches, describe } = await openEcs()
    const InstanceId = await running()
    expect(await client.refused('StopInstance', { InstanceId, StoppedMode: 'Free' })).toBe('400 InvalidParameter')
    await client.done('StopInstance', { InstanceId, StoppedMode: 'StopCharging', ForceStop: true })
    expect(await client.refused('StopInstance', { InstanceId })).toBe('403 IncorrectInstanceStatus')
    await reaches(InstanceId, 'Stopped')
    expect(await describe()).toMatchObject([{ Status: 'Stopped', StoppedMode: 'StopCharging' }])
    const prepaid = { InstanceId: await running({ chargeType: 'PrePaid' }), StoppedMode: 'StopCharging' }
    expect(await client.refused('StopInstance', prepaid)).toBe('403 InvalidInstanceId.NotSupport')
  })

  test('a reboot is told as Stopping, Starting, Running', async () => {
    const { client, running, reaches, sandbox } = await openEcs()
    const InstanceId = await running()
    await client.done('RebootInstance', { InstanceId })
    await reaches(InstanceId, 'Running')
    await sandbox.mns.waitFor(() => queueEvents(sandbox).at(-1)?.detail === 'Running')
    const details = queueEvents(sandbox).map(({ detail }) => detail)
    expect(details.slice(3).filter((detail) => detail !== 'Stopped')).toEqual(['Stopping', 'Starting', 'Running'])
  })

  test('security locks stop and reboot, not the release', async () => {
    const { client, running, ecs, stateOf } = await openEcs()
    const InstanceId = await running()
    ecs.setLock(InstanceId, 'security')
    expect(await client.refused('StopInstance', { InstanceId })).toBe('403 InstanceLockedForSecurity')
    expect(await client.refused('RebootInstance', { InstanceId })).toBe('403 InstanceLockedForSecurity')
    await client.done('DeleteInstance', { InstanceId, Force: true })
    expect(stateOf(InstanceId)).toBeUndefined()
    const unpaid = await running()
    ecs.setLock(unpaid, 'financial')
    expect(await client.refused('StopInstance', { InstanceId: unpaid })).toBe('403 InstanceExpiredOrInArrears')
  })

  test('a release needs a stopped instance or force, and no protection', async () => {
    const { client, running, ecs, sandbox } = await openEcs()
    const InstanceId = await running()
    expect(await client.refused('DeleteInstance', { InstanceId })).toBe('403 IncorrectInstanceStatus')
    ecs.setDeletionProtection(InstanceId, true)
    const force = { InstanceId, Force: true }
    expect(await client.refused('DeleteInstance', force)).toBe('403 InvalidOperation.DeletionProtection')
    ecs.setDeletionProtection(InstanceId, false)
    await client.done('DeleteInstance', force)
    await sandbox.mns.waitFor(() => queueEvents(sandbox).at(-1)?.detail === 'Deleted')
    expect(await client.refused('DeleteInstance', force)).toBe('404 InvalidInstanceId.NotFound')
    const prepaid = { InstanceId: await running({ chargeType: 'PrePaid' }), Force: true }
    expect(await client.refused('DeleteInstance', prepaid)).toBe('403 ChargeTypeViolation')
  })

  test('an automatic release comes at its time, protected or not, unless it is taken back', async () => {
    const { running, ecs, reaches, stateOf, fleet } = await openEcs()
    const [leaving, staying] = [await running(), await running()]
    ecs.setDeletionProtection(leaving, true)
    const soon = Date.now() + 30
    ecs.setAutoRelease(staying, soon)
    ecs.setAutoRelease(staying, undefined)
    ecs.setAutoRelease(leaving, soon)
    await reaches(leaving, undefined)
    expect(stateOf(staying)).toBe('Running')
    const { releasedMs, releasedBy } = fleet.truth().instances.find(({ instanceId }) => instanceId === leaving) ?? {}
    expect(releasedMs).toBeGreaterThanOrEqual(soon)
    expect(releasedBy).toBe('auto-release')
  })
})
