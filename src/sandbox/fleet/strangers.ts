import type { Chance } from './chance.ts'
import type { InstanceProfile } from './instance-profile.ts'

/** Messages on the queue that announce nothing about an instance of the fleet. */
export type StrangerKind = 'debug' | 'metric-alert' | 'legacy-alarm' | 'other-product' | 'garbage'

/** The body of a message that is no event; JSON text but for most of the garbage. */
export function strangerBody(kind: StrangerKind, instance: InstanceProfile, atMs: number, chance: Chance): string {
  switch (kind) {
    case 'debug':
      return JSON.stringify(debugEvent(instance, chance))
    case 'metric-alert':
      return JSON.stringify(metricAlert(instance, atMs, chance))
    case 'legacy-alarm':
      return JSON.stringify(legacyAlarm(instance, atMs, chance))
    case 'other-product':
      return JSON.stringify(agentStopped(instance, chance))
    case 'garbage':
      return garbage(instance, chance)
    default:
      return kind satisfies never
  }
}

/** What the console's "debug event subscription" sends: masked values, placeholders, no id and no time. */
function debugEvent({ regionId, accountId }: InstanceProfile, chance: Chance): object {
  return {
    product: 'ECS',
    resourceId: `acs:ecs:${regionId}:${accountId}:instance/<resource-id>`,
    level: 'INFO',
    instanceName: 'instanceName',
    regionId,
    name: 'Instance:StateChange',
    content: {
      resourceId: `i-b***${chance.text(3)}`,
      instanceName: `ehp***${chance.between(100, 999)}`,
      instanceType: 'ecs***rge',
      state: chance.pick(['St***ng', 'Ru***ng', 'St***ed', 'De***ed']),
      privateIpAddress: `10.***${chance.between(1, 254)}`,
      resourceType: 'ALI***nce'
    },
    status: 'Normal'
  }
}

/** "Write alerts to MNS": no `name`. */
function metricAlert({ instanceId, accountId }: InstanceProfile, atMs: number, chance: Chance): object {
  const minuteMs = Math.floor(atMs / 60_000) * 60_000
  const [previous, average] = [chance.between(40, 60), chance.between(61, 99)]
  const metric = (timestamp: number, value: number) => ({
    timestamp,
    userId: accountId,
    instanceId,
    Average: value,
    Maximum: value + 2,
    Minimum: value - 2
  })
  return {
    ruleId: `rule-${chance.text(12)}`,
    ruleName: 'cpu',
    curLevel: 'WARN',
    preLevel: 'OK',
    resources: JSON.stringify({ instanceId }),
    escalation: {
      comparisonOperator: 'GreaterThanYesterday',
      level: 3,
      statistics: 'Average',
      tag: 'WARN',
      threshold: '0',
      times: 1
    },
    metricData: {
      ...metric(minuteMs, average),
      AliyunCmsPrevValues: metric(minuteMs - 86_400_000, previous),
      AliyunCmsComplexExpression: '100.0 * ($Average-$$prevAverage)/$$prevAverage',
      AliyunCmsComplexMath: `100.0 * (${average}-${previous})/${previous}`,
      AliyunCmsComplexValue: (100 * (average - previous)) / previous
    },
    metricName: 'CPUUtilization#60',
    namespace: 'acs_ecs_dashboard',
    period: '60',
    groupBy: 'group',
    productGroupName: 'fleet',
    groupId: '12345',
    lastTime: chance.between(60_000, 400_000_000),
    time: minuteMs,
    userId: accountId,
    eventName: 'AlertOk',
    eventType: 'Alert',
    batchId: `${chance.between(1_000_000, 9_999_999)}-${chance.between(1_000_000, 9_999_999)}-0`,
    version: '1.0'
  }
}

/** "Event subscription best practice" of the old alarm service. */
function legacyAlarm(instance: InstanceProfile, atMs: number, chance: Chance): object {
  const { instanceName, instanceId, accountId, privateIpAddress } = instance
  return {
    message: {
      expression: '平均值>80%',
      curValue: (80 + 20 * chance.unit()).toFixed(2),
      unit: '%',
      levelDescription: '发生告警',
      time: atMs,
      metricProject: 'acs_ecs',
      userId: accountId,
      dimensions: `云服务器名称=${instanceName},云服务器实例ID=${instanceId},IP=${privateIpAddress},mountpoint=/mnt`,
      evaluationCount: '1',
      period: '5分钟',
      metricName: '磁盘使用率',
      alertName: `${instanceId}_${chance.uuid().toLowerCase()}`
    },
    type: 0
  }
}

/** An event of another product under an ECS ARN, with a lower-case status. */
function agentStopped({ regionId, accountId, instanceId }: InstanceProfile, chance: Chance): object {
  return {
    product: 'CloudMonitor',
    resourceId: `acs:ecs:${regionId}:${accountId}:instance/${instanceId}`,
    level: 'CRITICAL',
    instanceName: 'instanceName',
    regionId,
    name: 'Agent_Status_Stopped',
    content: {
      ipGroup: `192.0.2.${chance.between(1, 254)},192.0.2.${chance.between(1, 254)}`,
      tianjimonVersion: '1.2.11'
    },
    status: 'stopped'
  }
}

function garbage(instance: InstanceProfile, chance: Chance): string {
  const token = chance.text(12)
  return chance.pick([
    `hello ${token}`,
    `{"ver":"1.0","id":"${token}","product":"ECS","content":{`,
    `["${token}"]`,
    `<html><body>502 Bad Gateway ${token}</body></html>`,
    `{"greeting":"${token}"}`,
    `${instance.instanceId}\u0000\ufffd${token}`
  ])
}
