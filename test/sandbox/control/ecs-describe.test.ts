import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { openEcs, REGION } from './ecs-stage.ts'

const load = createRequire(import.meta.url)
const ecsSdk = load('@alicloud/ecs20140526') as typeof import('@alicloud/ecs20140526')
const { $OpenApiUtil } = load('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core')

const NOTHING = { Instances: { Instance: [] }, TotalCount: 0 }

describe('DescribeInstances', () => {
  test('gives the typed SDK client everything that a guard looks at', async () => {
    const { running, ecs, target } = await openEcs()
    const id = await running({
      ...{ instanceName: 'web-1', spotStrategy: 'SpotAsPriceGo', tags: { env: 'prod' } },
      ...{ networkInterfaceId: 'eni-1', privateIpAddress: '10.0.0.1', zoneId: 'cn-hangzhou-h' },
      secondaryInterfaces: [{ networkInterfaceId: 'eni-2', privateIpAddress: '10.0.0.2' }]
    })
    ecs.setAutoRelease(id, Date.UTC(2099, 0, 1))
    const client = new ecsSdk.default(
      new $OpenApiUtil.Config({
        ...{ accessKeyId: target.accessKeyId, accessKeySecret: target.accessKeySecret },
        ...{ endpoint: new URL(target.url).host, protocol: 'HTTP', regionId: 'cn-hangzhou' }
      })
    )
    const { body } = await client.describeInstances(
      new ecsSdk.DescribeInstancesRequest({ regionId: 'cn-hangzhou', instanceIds: JSON.stringify([id]) })
    )
    const minute = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/)
    expect(body?.totalCount).toBe(1)
    expect(body?.instances?.instance?.[0]?.toMap()).toMatchObject({
      ...{ InstanceId: id, InstanceName: 'web-1', Status: 'Running', StoppedMode: 'Not-applicable' },
      ...{ SpotStrategy: 'SpotAsPriceGo', SpotInterruptionBehavior: 'Terminate', InstanceChargeType: 'PostPaid' },
      ...{ ZoneId: 'cn-hangzhou-h', CreationTime: minute, StartTime: minute, AutoReleaseTime: '2099-01-01T00:00Z' },
      ...{ ExpiredTime: '2099-12-31T15:59Z', DeletionProtection: false },
      Tags: { Tag: [{ TagKey: 'env', TagValue: 'prod' }] },
      OperationLocks: { LockReason: [] },
      VpcAttributes: { PrivateIpAddress: { IpAddress: ['10.0.0.1'] } },
      NetworkInterfaces: {
        NetworkInterface: [
          { NetworkInterfaceId: 'eni-1', Type: 'Primary', PrimaryIpAddress: '10.0.0.1' },
          { NetworkInterfaceId: 'eni-2', Type: 'Secondary', PrimaryIpAddress: '10.0.0.2' }
        ]
      }
    })
  })

  test('finds by ids; no ids at all finds nothing, and a released one is not there', async () => {
    const { client, running, describe, fleet, reaches } = await openEcs()
    const [one, other] = [await running(), await running()]
    expect(await describe({ InstanceIds: JSON.stringify([other, 'i-nobody']) })).toMatchObject([{ InstanceId: other }])
    expect(await client.done('DescribeInstances', { ...REGION, InstanceIds: '[]' })).toMatchObject(NOTHING)
    fleet.release(one)
    await reaches(one, undefined)
    expect(await describe({ InstanceIds: JSON.stringify([one]) })).toEqual([])
    expect(await describe({ RegionId: 'cn-beijing' })).toEqual([])
    const many = JSON.stringify(Array.from({ length: 101 }, (_, index) => `i-${index}`))
    for (const InstanceIds of [many, one, '["', '{}', '[1]']) {
      expect(await client.refused('DescribeInstances', { ...REGION, InstanceIds })).toBe('400 InvalidParameter')
    }
  })

  test('filters narrow each other down', async () => {
    const { running, stopped, describe, ecs } = await openEcs()
    const web = await running({ instanceName: 'web-1', tags: { app: 'shop', tier: '1' }, zoneId: 'cn-hangzhou-h' })
    const db = await stopped({ instanceName: 'db-1', tags: { app: 'shop' }, zoneId: 'cn-hangzhou-i' })
    ecs.setLock(db, 'security')
    const found = async (parameters: object) => (await describe(parameters)).map(({ InstanceId }) => InstanceId)
    expect(await found({ Tag: [{ Key: 'app', Value: 'shop' }] })).toEqual([web, db])
    expect(await found({ Tag: [{ Key: 'app', Value: 'shop' }, { Key: 'tier' }] })).toEqual([web])
    expect(await found({ Tag: [{ Key: 'app', Value: 'sho' }] })).toEqual([])
    expect(await found({ Status: 'Stopped' })).toEqual([db])
    expect(await found({ Status: 'Stopped', ZoneId: 'cn-hangzhou-h' })).toEqual([])
    expect(await found({ InstanceName: 'web*' })).toEqual([web])
    expect(await found({ InstanceName: 'w.b-1' })).toEqual([])
    expect(await found({ LockReason: 'security' })).toEqual([db])
  })

  test('pages by token over instances that come and go, and by number', async () => {
    const { running, fleet, client } = await openEcs()
    const ids: string[] = []
    for (let index = 0; index < 25; index += 1) ids.push(fleet.create().instanceId)
    await running()
    const page = async (parameters: object) => {
      const body = await client.done('DescribeInstances', { ...REGION, ...parameters })
      const found = (body['Instances'] as { Instance: Array<{ InstanceId: string }> }).Instance
      return { ids: found.map(({ InstanceId }) => InstanceId), next: body['NextToken'], total: body['TotalCount'] }
    }
    const first = await page({ MaxResults: 3 })
    expect(first).toEqual({ ids: ids.slice(0, 10), next: expect.stringMatching(/^.+$/), total: 26 })
    fleet.release(ids[0] ?? '')
    const second = await page({ MaxResults: 10, NextToken: first.next })
    expect(second.ids).toEqual(ids.slice(10, 20))
    fleet.release(ids[19] ?? '')
    const third = await page({ NextToken: second.next })
    expect(third).toMatchObject({ ids: ids.slice(20).concat(third.ids.at(-1) ?? ''), next: '' })
    expect((await page({ MaxResults: 1_000 })).ids).toHaveLength(24)
    expect((await page({})).ids).toHaveLength(10)
    expect((await page({ PageNumber: 3, PageSize: 11 })).ids).toHaveLength(2)
    expect(await client.refused('DescribeInstances', { ...REGION, PageSize: 101 })).toBe('400 InvalidParameter')
    expect(await client.refused('DescribeInstances', { ...REGION, NextToken: 'no' })).toBe('400 InvalidParameter')
  })

  test('finds nothing for a RAM user without the permission: only a dry run tells', async () => {
    const { running, client, ecs } = await openEcs()
    await running()
    const dryRun = { ...REGION, DryRun: true }
    expect(await client.refused('DescribeInstances', dryRun)).toBe('400 DryRunOperation')
    ecs.setMayDescribe(false)
    expect(await client.done('DescribeInstances', REGION)).toMatchObject(NOTHING)
    expect(await client.refused('DescribeInstances', dryRun)).toBe('403 Forbidden.RAM')
  })

  test('refuses what it cannot do', async () => {
    const { client } = await openEcs()
    expect(await client.refused('DescribeInstances')).toBe('400 MissingParameter')
    expect(await client.refused('DescribeInstances', { RegionId: 'mars' })).toBe('404 InvalidRegionId.NotFound')
    expect(await client.refused('DescribeInstances', { ...REGION, KeyPairName: 'mine' })).toBe('501 NotImplemented')
    expect(await client.refused('DescribeDisks', REGION)).toBe('404 InvalidAction.NotFound')
  })
})

describe('DescribeInstanceStatus', () => {
  test('says id and state; a creation is Pending, whatever its event called it', async () => {
    const { client, fleet } = await openEcs({ pace: 1 })
    const ids = Array.from({ length: 8 }, () => fleet.create({ regionId: 'cn-hangzhou' }).instanceId)
    expect(new Set(fleet.list().map(({ state }) => state))).toEqual(new Set(['Pending', 'Created']))
    const body = await client.done('DescribeInstanceStatus', { ...REGION, InstanceId: ids.slice(0, 4) })
    expect(body).toMatchObject({
      TotalCount: 4,
      InstanceStatuses: { InstanceStatus: ids.slice(0, 4).map((InstanceId) => ({ InstanceId, Status: 'Pending' })) }
    })
  })
})

describe('throttling', () => {
  test('is by action', async () => {
    const { client, ecs } = await openEcs()
    ecs.limit('DescribeInstances', 0)
    expect(await client.call('DescribeInstances', REGION)).toMatchObject({ name: 'ThrottlingError', status: 400 })
    await client.done('DescribeInstanceStatus', REGION)
    ecs.limit('DescribeInstances', undefined)
    await client.done('DescribeInstances', REGION)
  })
})
