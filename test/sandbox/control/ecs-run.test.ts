import { describe, expect, test } from 'vitest'
import { openEcs, queueEvents, REGION } from './ecs-stage.ts'

const TYPE = { InstanceType: 'ecs.g7.large', ImageId: 'img-1' }

describe('RunInstances', () => {
  test('gives ids at once; the instances come up later and tell of it', async () => {
    const { sandbox, run, describe, reaches } = await openEcs()
    const ids = await run({ Amount: 2, ZoneId: 'cn-hangzhou-i', Tag: [{ Key: 'replaces', Value: 'i-old' }] })
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) {
      expect(id).toMatch(/^i-bp1[0-9a-z]{17}$/)
      await reaches(id, 'Running')
    }
    expect(await describe({ Tag: [{ Key: 'replaces', Value: 'i-old' }] })).toMatchObject(
      ids.map((InstanceId) => ({
        ...{ InstanceId, ZoneId: 'cn-hangzhou-i', InstanceType: 'ecs.g7.large', SpotStrategy: 'NoSpot' },
        ...{ InstanceName: 'from-template', VpcAttributes: { VSwitchId: 'vsw-cn-hangzhou-i' } }
      }))
    )
    await sandbox.mns.waitFor(() => queueEvents(sandbox).filter(({ detail }) => detail === 'Running').length === 2)
    const told = queueEvents(sandbox).filter(({ instanceId }) => instanceId === ids[0])
    expect(told.map(({ detail }) => detail).slice(1)).toEqual(['Starting', 'Running'])
    expect(['Pending', 'Created']).toContain(told[0]?.detail)
  })

  test('takes a launch template by id, name and version, and its own parameters over it', async () => {
    const { client, run, describe, ecs } = await openEcs()
    ecs.addLaunchTemplate('lt-web', { ...TYPE, 'Tag.1.Key': 'a', 'Tag.1.Value': '1', 'Tag.2.Key': 'b' })
    ecs.addLaunchTemplate('lt-web', { ...TYPE, InstanceType: 'ecs.c7.xlarge' })
    const made = async (parameters: object) => {
      const InstanceIds = JSON.stringify(await run(parameters))
      const [instance = {}] = await describe({ InstanceIds })
      const { InstanceType, Tags } = instance as { InstanceType?: string; Tags?: { Tag: object[] } }
      return [InstanceType, Tags?.Tag.length]
    }
    expect(await made({ LaunchTemplateId: 'lt-web' })).toEqual(['ecs.c7.xlarge', 0])
    expect(await made({ LaunchTemplateId: 'lt-web', LaunchTemplateVersion: 1 })).toEqual(['ecs.g7.large', 2])
    const own = { InstanceType: 'ecs.r7.large', Tag: [{ Key: 'own', Value: '1' }] }
    expect(await made({ LaunchTemplateId: 'lt-web', LaunchTemplateVersion: 1, ...own })).toEqual(['ecs.r7.large', 1])
    const byName = { ...REGION, LaunchTemplateName: 'sandbox', Amount: 1 }
    await client.done('RunInstances', byName)
    const wrong = (parameters: object) => client.refused('RunInstances', { ...REGION, ...parameters })
    expect(await wrong({ LaunchTemplateId: 'lt-none' })).toBe('404 InvalidLaunchTemplate.NotFound')
    expect(await wrong({ LaunchTemplateId: 'lt-web', LaunchTemplateVersion: 9 })).toBe(
      '404 InvalidLaunchTemplateVersion.NotFound'
    )
  })

  test.each([
    [{}, '400 MissingParameter'],
    [{ InstanceType: 'ecs.g7.large' }, '400 MissingParameter'],
    [{ ...TYPE, InstanceType: 'g7' }, '400 InvalidInstanceType.ValueNotSupported'],
    [{ ...TYPE, Amount: 0 }, '400 InvalidMaxAmount.Malformed'],
    [{ ...TYPE, Amount: 101 }, '400 InvalidMaxAmount.Malformed'],
    [{ ...TYPE, Amount: 2, MinAmount: 3 }, '400 InvalidMinAmount.Malformed'],
    [{ ...TYPE, ZoneId: 'cn-beijing-h' }, '404 InvalidZoneId.NotFound'],
    [{ ...TYPE, VSwitchId: 'vsw-none' }, '404 InvalidVSwitchId.NotFound'],
    [{ ...TYPE, VSwitchId: 'vsw-cn-beijing-h' }, '404 InvalidVSwitchId.NotFound'],
    [{ ...TYPE, VSwitchId: 'vsw-cn-hangzhou-h', ZoneId: 'cn-hangzhou-i' }, '400 InvalidParameter.Mismatch'],
    [{ ...TYPE, SpotStrategy: 'Cheap' }, '400 InvalidSpotStrategy'],
    [{ ...TYPE, SpotStrategy: 'SpotAsPriceGo', InstanceChargeType: 'PrePaid' }, '400 InvalidSpotPrepaid'],
    [{ ...TYPE, SpotStrategy: 'SpotWithPriceLimit' }, '400 InvalidSpotPriceLimit'],
    [{ ...TYPE, SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '0.1234' }, '400 InvalidSpotPriceLimit'],
    [
      { ...TYPE, SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '0.01' },
      '400 InvalidSpotPriceLimit.LowerThanPublicPrice'
    ],
    [{ ...TYPE, SpotStrategy: 'SpotAsPriceGo', SpotDuration: 6 }, '400 InvalidSpotDuration'],
    [{ ...TYPE, SpotInterruptionBehavior: 'Hibernate' }, '400 InvalidSpotInterruptionBehavior'],
    [{ ...TYPE, InstanceChargeType: 'Free' }, '404 InvalidInstanceChargeType.NotFound'],
    [{ ...TYPE, InstanceChargeType: 'PrePaid' }, '501 NotImplemented'],
    [{ ...TYPE, AutoReleaseTime: '2001-01-01T00:00:00Z' }, '400 InvalidAutoReleaseTime.Malformed'],
    [{ ...TYPE, AutoReleaseTime: 'soon' }, '400 InvalidAutoReleaseTime.Malformed'],
    [{ ...TYPE, ClientToken: 'x'.repeat(65) }, '400 InvalidClientToken.ValueNotSupported'],
    [{ ...TYPE, ClientToken: 'é' }, '400 InvalidClientToken.ValueNotSupported'],
    [{ ...TYPE, Tag: [{ Key: 'acs:mine' }] }, '400 InvalidTagKey.Malformed'],
    [{ ...TYPE, Tag: [{ Key: 'a' }, { Key: 'a' }] }, '400 Duplicate.TagKey'],
    [{ ...TYPE, Tag: Array.from({ length: 21 }, (_, index) => ({ Key: `k${index}` })) }, '400 InvalidTagCount'],
    [{ ...TYPE, DryRun: true }, '400 DryRunOperation'],
    [{ ...TYPE, HibernationOptions: { Configured: true } }, '501 NotImplemented']
  ])('refuses %o', async (parameters, refusal) => {
    const { client, describe } = await openEcs()
    expect(await client.refused('RunInstances', { ...REGION, ...parameters })).toBe(refusal)
    expect(await describe()).toEqual([])
  })

  test('a zone can be out of stock: of a type, of preemptible ones, after some; without MinAmount it is all or nothing', async () => {
    const { client, run, ecs, describe } = await openEcs()
    ecs.setStock({ zoneId: 'cn-hangzhou-h', spot: true }, 0)
    ecs.setStock({ zoneId: 'cn-hangzhou-i', instanceType: 'ecs.g7.large' }, 2)
    const spot = { ...REGION, ...TYPE, SpotStrategy: 'SpotAsPriceGo' }
    const inH = { ...spot, ZoneId: 'cn-hangzhou-h' }
    expect(await client.refused('RunInstances', inH)).toBe('403 OperationDenied.NoStock')
    await run({ ZoneId: 'cn-hangzhou-h' })
    const three = { ...spot, VSwitchId: 'vsw-cn-hangzhou-i', Amount: 3 }
    expect(await client.refused('RunInstances', three)).toBe('403 OperationDenied.NoStock')
    expect(await describe()).toHaveLength(1)
    expect(await run({ ...three, MinAmount: 1 })).toHaveLength(2)
    expect(await client.refused('RunInstances', { ...three, Amount: 1 })).toBe('403 OperationDenied.NoStock')
    await run({ ...three, InstanceType: 'ecs.c7.large' })
    // Without a zone the service looks for one that has it.
    const [InstanceId] = await run({ SpotStrategy: 'SpotAsPriceGo' })
    expect(await describe({ InstanceIds: JSON.stringify([InstanceId]) })).toMatchObject([{ ZoneId: 'cn-hangzhou-j' }])
  })

  test('an instance may be lost after it was promised: SystemFailure.Delete', async () => {
    const { sandbox, run, ecs, reaches } = await openEcs()
    ecs.failCreations(1)
    const [lost = '', kept = ''] = [...(await run()), ...(await run())]
    await reaches(lost, undefined)
    await reaches(kept, 'Running')
    await sandbox.mns.waitFor(() => queueEvents(sandbox).some(({ detail }) => detail === 'Deleted'))
    const told = queueEvents(sandbox).filter(({ instanceId }) => instanceId === lost)
    expect(told.slice(1)).toMatchObject([
      { name: 'Instance:SystemFailure.Delete:Executed', detail: 'Executed' },
      { name: 'Instance:StateChange', detail: 'Deleted' }
    ])
  })

  test('a quota, arrears or a vSwitch that is being made can be met', async () => {
    const { sandbox, client, ecs, run } = await openEcs()
    const codes = { 'QuotaExceed.AfterpayInstance': 400, 'Account.Arrearage': 400, 'QuotaExceed.ElasticQuota': 403 }
    for (const [code, status] of Object.entries(codes)) {
      sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind: 'error', code, count: 1 })
      expect(await client.refused('RunInstances', { ...REGION, ...TYPE })).toBe(`${status} ${code}`)
    }
    ecs.addVSwitch({ vSwitchId: 'vsw-mine', zoneId: 'cn-hangzhou-h', available: false })
    const mine = { ...REGION, ...TYPE, VSwitchId: 'vsw-mine' }
    expect(await client.refused('RunInstances', mine)).toBe('400 IncorrectVSwitchStatus')
    ecs.addVSwitch({ vSwitchId: 'vsw-mine', zoneId: 'cn-hangzhou-h', available: true })
    expect(await run(mine)).toHaveLength(1)
  })

  test('released at its time, protected, and with a bid of its own', async () => {
    const { run, describe } = await openEcs()
    await run({
      ...{ AutoReleaseTime: '2099-05-06T07:08:00Z', DeletionProtection: true, InternetMaxBandwidthOut: 5 },
      ...{ SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '0.125', SpotInterruptionBehavior: 'Stop' }
    })
    expect(await describe()).toMatchObject([
      {
        ...{ AutoReleaseTime: '2099-05-06T07:08Z', DeletionProtection: true, SpotStrategy: 'SpotWithPriceLimit' },
        ...{ SpotPriceLimit: 0.125, SpotInterruptionBehavior: 'Stop' }
      }
    ])
  })
})

describe('a ClientToken', () => {
  const call = { ...TYPE, ClientToken: 'token-1', Tag: [{ Key: 'replaces', Value: 'i-old' }] }

  test('makes one instance of any number of calls, even at once and with the answer lost', async () => {
    const { sandbox, client, run, describe } = await openEcs()
    sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind: 'reset-after', count: 1 })
    const lost = client.call('RunInstances', { ...REGION, LaunchTemplateId: 'lt-sandbox', ...call })
    await expect(lost).rejects.toThrow(/ECONNRESET|socket hang up/)
    const answers = await Promise.all([run(call), run(call), run(call)])
    expect(new Set(answers.flat()).size).toBe(1)
    expect(await describe()).toHaveLength(1)
  })

  test('with other parameters is refused, also after the instance is gone', async () => {
    const { client, run, fleet, reaches } = await openEcs()
    const [id = ''] = await run(call)
    const other = { ...REGION, ...call, LaunchTemplateId: 'lt-sandbox', Amount: 2 }
    expect(await client.refused('RunInstances', other)).toBe('400 IdempotentParameterMismatch')
    await reaches(id, 'Running')
    fleet.release(id)
    expect(await run(call)).toEqual([id])
  })

  test('is not bound by a call that fails', async () => {
    const { sandbox, client, run, ecs } = await openEcs()
    const inH = { ...call, ZoneId: 'cn-hangzhou-h' }
    ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 0)
    expect(await client.refused('RunInstances', { ...REGION, ...inH })).toBe('403 OperationDenied.NoStock')
    expect(await client.refused('RunInstances', { ...REGION, ...inH, DryRun: true })).toBe(
      '403 OperationDenied.NoStock'
    )
    sandbox.faults.add({ service: 'ecs', operation: 'RunInstances', kind: 'html', count: 1 })
    await expect(client.call('RunInstances', { ...REGION, ...inH })).rejects.toThrow()
    expect(await run({ ...call, ZoneId: 'cn-hangzhou-i' })).toHaveLength(1)
  })
})
