import { jsonAnswer } from './answers.ts'

/** The logstore's answer to a query: no rows (Simple Log Service, GetLogsV2). */
export const NO_ROWS = jsonAnswer('{"meta":{"progress":"Complete","count":0,"processedRows":0},"data":[]}')

/** An empty list of any product, and a success of any change. */
const NOTHING = jsonAnswer('{"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E","TotalCount":0}')

/** The answer of ECS or a load balancer: the instances that were asked for, and nothing of everything else. */
export function cloudAnswer(head: string): Buffer {
  const ids = /[?&]InstanceIds=([^& ]+)/.exec(head)?.[1]
  if (ids === undefined) return NOTHING
  const asked = decodeURIComponent(ids).match(/i-[a-z0-9]+/g) ?? []
  const rows = asked.map((id) => instanceRow(id))
  return jsonAnswer(JSON.stringify({ RequestId: 'F', TotalCount: rows.length, Instances: { Instance: rows } }))
}

/** As DescribeInstances tells of one (ECS, "DescribeInstances"). */
function instanceRow(instanceId: string) {
  return {
    InstanceId: instanceId,
    InstanceName: `spot-worker-${instanceId.slice(-4)}`,
    RegionId: 'cn-hangzhou',
    ZoneId: 'cn-hangzhou-h',
    Status: 'Running',
    InstanceType: 'ecs.g7.2xlarge',
    InstanceChargeType: 'PostPaid',
    SpotStrategy: 'SpotAsPriceGo',
    SpotInterruptionBehavior: 'Terminate',
    ImageId: 'aliyun_3_x64_20G_alibase_20260901.vhd',
    ResourceGroupId: 'rg-bp1demo',
    CreationTime: '2026-11-20T08:00Z',
    ExpiredTime: '2099-12-31T15:59Z',
    OperationLocks: { LockReason: [] },
    Tags: { Tag: [{ TagKey: 'team', TagValue: 'render' }] },
    NetworkInterfaces: { NetworkInterface: [] },
    VpcAttributes: { VpcId: 'vpc-bp1', VSwitchId: 'vsw-bp1', PrivateIpAddress: { IpAddress: ['10.16.0.9'] } }
  }
}
