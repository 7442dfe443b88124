import { describe, expect, test } from 'vitest'
import { openEcs, REGION } from './ecs-stage.ts'

const INSTANCE = { ...REGION, ResourceType: 'instance' }

describe('tags', () => {
  test('are added, changed, listed and taken away', async () => {
    const { client, running } = await openEcs()
    const [one, other] = [await running({ tags: { env: 'prod' } }), await running({ tags: {} })]
    const listed = async (parameters: object) => {
      const body = await client.done('ListTagResources', { ...INSTANCE, ...parameters })
      return (body['TagResources'] as { TagResource: Array<Record<string, string>> }).TagResource.map(
        ({ ResourceId, TagKey, TagValue }) => [ResourceId, TagKey, TagValue]
      )
    }
    const tags = [{ Key: 'env', Value: 'dev' }, { Key: 'hold' }]
    await client.done('TagResources', { ...INSTANCE, ResourceId: [one, other], Tag: tags })
    expect(await listed({ ResourceId: [one] })).toEqual([
      [one, 'env', 'dev'],
      [one, 'hold', '']
    ])
    await client.done('UntagResources', { ...INSTANCE, ResourceId: [one], TagKey: ['env', 'none'] })
    expect(await listed({ Tag: [{ Key: 'env', Value: 'dev' }] })).toEqual([
      [other, 'env', 'dev'],
      [other, 'hold', '']
    ])
    await client.done('UntagResources', { ...INSTANCE, ResourceId: [other], All: true })
    expect(await listed({ ResourceId: [one, other] })).toEqual([[one, 'hold', '']])
  })

  test('of every instance or none; at most 20; none of the vendor’s', async () => {
    const { client, running, describe, ecs } = await openEcs()
    const id = await running({ tags: {} })
    const tag = (parameters: object) => client.refused('TagResources', { ...INSTANCE, ResourceId: [id], ...parameters })
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}` }))
    const Tag = [{ Key: 'a', Value: '1' }]
    expect(await tag({ ResourceId: [id, 'i-nobody'], Tag })).toBe('404 InvalidResourceId.NotFound')
    expect(await tag({ RegionId: 'cn-beijing', Tag })).toBe('404 InvalidResourceId.NotFound')
    expect(await tag({ ResourceType: 'planet', Tag })).toBe('404 InvalidResourceType.NotFound')
    expect(await tag({})).toBe('400 MissingParameter')
    expect(await tag({ Tag: many(21) })).toBe('400 InvalidTagCount')
    expect(await tag({ Tag: [{ Key: 'aliyun-mine' }] })).toBe('400 InvalidTagKey.Malformed')
    expect(await tag({ Tag: [{ Key: 'a', Value: 'http://x' }] })).toBe('400 InvalidTagValue.Malformed')
    await client.done('TagResources', { ...INSTANCE, ResourceId: [id], Tag: many(20) })
    expect(await tag({ Tag })).toBe('400 OperationDenied.QuotaExceed')
    expect((await describe())[0]).toMatchObject({ Tags: { Tag: many(20).map(({ Key }) => ({ TagKey: Key })) } })
    ecs.setTags(id, { 'acs:autoscaling:scalingGroupId': 'asg-1' })
    expect(await describe({ Tag: [{ Key: 'acs:autoscaling:scalingGroupId' }] })).toHaveLength(1)
  })
})

describe('launch templates', () => {
  test('one is there from the start; others are made, described and used', async () => {
    const { client, run } = await openEcs()
    expect(await client.done('DescribeLaunchTemplates', REGION)).toMatchObject({
      TotalCount: 1,
      LaunchTemplateSets: {
        LaunchTemplateSet: [
          {
            LaunchTemplateId: 'lt-sandbox',
            LaunchTemplateName: 'sandbox',
            DefaultVersionNumber: 1,
            LatestVersionNumber: 1
          }
        ]
      }
    })
    const made = await client.done('CreateLaunchTemplate', {
      ...{ ...REGION, LaunchTemplateName: 'web', InstanceType: 'ecs.g7.large', ImageId: 'img-1' },
      Tag: [{ Key: 'from', Value: 'web' }]
    })
    expect(made).toMatchObject({ LaunchTemplateVersionNumber: 1 })
    const LaunchTemplateId = `${made['LaunchTemplateId']}`
    expect(await run({ LaunchTemplateId })).toHaveLength(1)
    const versions = { ...REGION, LaunchTemplateName: 'web', DefaultVersion: true }
    expect(await client.done('DescribeLaunchTemplateVersions', versions)).toMatchObject({
      TotalCount: 1,
      LaunchTemplateVersionSets: {
        LaunchTemplateVersionSet: [
          {
            ...{ LaunchTemplateId, VersionNumber: 1, DefaultVersion: true },
            LaunchTemplateData: {
              InstanceType: 'ecs.g7.large',
              Tags: { InstanceTag: [{ Key: 'from', Value: 'web' }] }
            }
          }
        ]
      }
    })
    const again = { ...REGION, LaunchTemplateName: 'web' }
    expect(await client.refused('CreateLaunchTemplate', again)).toBe('400 LaunchTemplateName.Duplicated')
    const elsewhere = { RegionId: 'cn-beijing', LaunchTemplateId }
    expect(await client.refused('DescribeLaunchTemplateVersions', elsewhere)).toBe('404 InvalidLaunchTemplate.NotFound')
  })
})
