import { arnOf, chineseName, type EcsEvent } from './ecs-event.ts'
import { regionOf } from './instance-profile.ts'
import { compactTime } from './times.ts'

/** The event subscription's own envelope, as it is called back as JSON. */
export function subscription(event: EcsEvent, id: string): object {
  const { toldMs, userInfo, subscription: subscribed, alert } = subscriptionParts(event, id)
  return {
    userInfo,
    subscription: subscribed,
    batchId: id.replaceAll('-', ''),
    alert,
    severity: event.draft.level,
    strategyName: 'ecs-audit',
    userId: event.instance.accountId,
    time: toldMs
  }
}

/** The same as it is called back as a form: every value a text, the nested ones JSON. */
export function subscriptionForm(event: EcsEvent, id: string): object {
  const { toldMs, userInfo, subscription: subscribed, alert } = subscriptionParts(event, id)
  const { accountId } = event.instance
  return {
    severity: event.draft.level,
    userInfo: JSON.stringify(userInfo),
    strategyName: '测试',
    relatedAlertIds: JSON.stringify([id]),
    groupingId: id.replaceAll('-', ''),
    project: `acs_custom_${accountId}`,
    retriggerTime: '0',
    subscription: JSON.stringify(subscribed),
    batchId: id.replaceAll('-', ''),
    userId: accountId,
    escalationLevel: '0',
    alert: JSON.stringify(alert),
    alertCount: '0',
    nextEscalateTime: '0',
    startTime: String(toldMs),
    time: String(toldMs),
    autoResolveTime: '0'
  }
}

/** What both forms of the subscription envelope carry ("Configure callbacks for system event-triggered alerts"). */
function subscriptionParts(event: EcsEvent, id: string) {
  const { level, name, type, content, fullContent = content } = event.draft
  const { accountId } = event.instance
  const toldMs = Math.ceil(event.atMs / 1_000) * 1_000
  return {
    toldMs,
    userInfo: {
      aliyunId: 'demo@example.com',
      userIdSec: `${accountId.slice(0, 6)}***${accountId.slice(-5)}`,
      aliyunIdSec: 'de***om',
      nickName: 'demo',
      nickNameSec: 'de***mo',
      userName: 'demo',
      userId: accountId,
      userNameSec: 'de***mo'
    },
    subscription: {
      subscriptionUuid: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
      conditions: [{ op: 'EQ', field: 'source', value: 'SYS_EVENT' }],
      relation: 'AND'
    },
    alert: {
      alertStatus: 'TRIGGERED',
      traceId: id,
      severity: level,
      product: 'ECS',
      groupId: '101010101',
      eventRawContent: JSON.stringify(fullContent),
      project: `acs_custom_${accountId}`,
      source: 'SYS_EVENT',
      eventType: type,
      userId: accountId,
      groupName: 'fleet',
      eventContentMap: fullContent,
      meta: { sysEventMeta: systemEventMeta(event, id) },
      dedupId: id,
      eventName: name,
      arn: arnOf(event),
      timestamp: toldMs
    }
  }
}

function systemEventMeta(event: EcsEvent, id: string): object {
  const { instance, draft } = event
  const { name } = draft
  return {
    regionNameEn: instance.regionId,
    resourceId: arnOf(event),
    product: 'ECS',
    eventNameEn: name,
    instanceName: instance.instanceName,
    level: draft.level,
    resource: '',
    regionNameZh: regionOf(instance.regionId).nameZh,
    groupId: '101010101',
    serviceTypeEn: 'ECS',
    eventType: draft.type,
    serviceTypeZh: '云服务器ECS',
    regionId: instance.regionId,
    eventTime: compactTime(event.atMs),
    name,
    id,
    status: draft.status,
    eventNameZh: chineseName(name)
  }
}
