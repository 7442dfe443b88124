import type EcsSdk from '@alicloud/ecs20140526'
import type OpenApiCore from '@alicloud/openapi-core'
import { describe, expect, test } from 'vitest'
import { createEcsRequests } from '../../../src/cloud/ecs/ecs-requests.ts'
import { requireSdk } from '../../../src/cloud/sdk.ts'

const { OpenApiUtil } = requireSdk<typeof OpenApiCore>('@alicloud/openapi-core')
const sdk = requireSdk<typeof EcsSdk>('@alicloud/ecs20140526')

type CallApi = InstanceType<typeof sdk.default>['callApi']

/** What the package's own client would send. */
class Recorder extends sdk.default {
  readonly sent: object[] = []

  constructor() {
    super(new (requireSdk<typeof OpenApiCore>('@alicloud/openapi-core').$OpenApiUtil.Config)({ endpoint: 'localhost' }))
  }

  override async callApi(...[params, request]: Parameters<CallApi>): ReturnType<CallApi> {
    this.sent.push({ action: params.action, query: request.query })
    return { body: {}, headers: {}, statusCode: 200 }
  }
}

const requests = createEcsRequests('cn-beijing')
const RUN = {
  ...{ clientToken: 'token', launchTemplateId: 'lt-1', launchTemplateVersion: '3', zoneId: 'z', vSwitchId: 'v' },
  ...{ instanceType: 't', instanceName: 'n', spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.12345 },
  tags: { one: '1', other: '' }
}

describe("a request is what the package's own client sends", () => {
  test.each([
    [
      'describe by ids',
      requests.describe({ by: 'ids', ids: ['i-1', 'i-2'] }),
      (client: Recorder) =>
        client.describeInstances(
          new sdk.DescribeInstancesRequest({ regionId: 'cn-beijing', instanceIds: '["i-1","i-2"]', maxResults: 100 })
        )
    ],
    [
      'describe by tags',
      requests.describe({ by: 'tags', tags: { one: '1' }, nextToken: 'next' }),
      (client: Recorder) =>
        client.describeInstances(
          new sdk.DescribeInstancesRequest({
            ...{ regionId: 'cn-beijing', maxResults: 100, nextToken: 'next' },
            tag: [new sdk.DescribeInstancesRequestTag({ key: 'one', value: '1' })]
          })
        )
    ],
    [
      'describe all',
      requests.describe({ by: 'nothing' }),
      (client: Recorder) => client.describeInstances(new sdk.DescribeInstancesRequest({ regionId: 'cn-beijing' }))
    ],
    [
      'start',
      requests.start('i-1'),
      (client: Recorder) => client.startInstance(new sdk.StartInstanceRequest({ instanceId: 'i-1' }))
    ],
    [
      'run',
      requests.run(RUN),
      (client: Recorder) =>
        client.runInstances(
          new sdk.RunInstancesRequest({
            ...{ regionId: 'cn-beijing', clientToken: 'token', launchTemplateId: 'lt-1', launchTemplateVersion: 3 },
            ...{ amount: 1, zoneId: 'z', vSwitchId: 'v', instanceType: 't', instanceName: 'n' },
            ...{ spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.123, instanceChargeType: 'PostPaid' },
            tag: [
              new sdk.RunInstancesRequestTag({ key: 'one', value: '1' }),
              new sdk.RunInstancesRequestTag({ key: 'other', value: '' })
            ]
          })
        )
    ],
    [
      'tag',
      requests.tag('i-1', { b: '2', a: '1' }),
      (client: Recorder) =>
        client.tagResources(
          new sdk.TagResourcesRequest({
            ...{ regionId: 'cn-beijing', resourceType: 'instance', resourceId: ['i-1'] },
            tag: [
              new sdk.TagResourcesRequestTag({ key: 'a', value: '1' }),
              new sdk.TagResourcesRequestTag({ key: 'b', value: '2' })
            ]
          })
        )
    ]
  ])('%s', async (_name, { action, query }, call) => {
    const client = new Recorder()
    await call(client)
    expect([{ action, query: OpenApiUtil.query(query) }]).toEqual(client.sent)
  })
})

test('what is left out is not sent', () => {
  const bare = { ...RUN, launchTemplateVersion: '', zoneId: '', vSwitchId: '', instanceType: '', instanceName: '' }
  expect(
    OpenApiUtil.query(requests.run({ ...bare, spotStrategy: '', spotPriceLimit: undefined, tags: {} }).query)
  ).toEqual({
    RegionId: 'cn-beijing',
    ClientToken: 'token',
    LaunchTemplateId: 'lt-1',
    Amount: '1'
  })
})
