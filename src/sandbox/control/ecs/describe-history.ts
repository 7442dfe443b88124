import type { RpcOperation } from '../rpc-product.ts'
import { type EcsWorld, namedRegion } from './ecs-world.ts'
import type { SystemEvent } from './event-history.ts'
import { PAGING, pageOf } from './paging.ts'
import { onlySupported, utcTime } from './parameters.ts'

/** What is shown when a call does not say which: what is still to come or under way must be asked for. */
const FINAL = ['Executed', 'Avoided', 'Canceled', 'Failed']

/** DescribeInstanceHistoryEvents: the system events of instances, of released ones too. */
export function describeInstanceHistoryEvents(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    const named = ['InstanceId', 'EventId', 'EventType', 'InstanceEventType']
    const stages = ['EventCycleStatus', 'InstanceEventCycleStatus']
    onlySupported(action, parameters, [...named, ...stages, 'EventPublishTime', ...PAGING])
    const given = (name: string): string[] =>
      [parameters.text(name), ...parameters.list(name)].filter((text) => text !== '')
    const fits = (wanted: readonly string[], value: string): boolean => wanted.length === 0 || wanted.includes(value)
    const regionId = namedRegion(parameters)
    const [instances, ids] = [given('InstanceId'), given('EventId')]
    const types = [...given('EventType'), ...given('InstanceEventType')]
    const statuses = [...given('EventCycleStatus'), ...given('InstanceEventCycleStatus')]
    const fromMs = utcTime(parameters, 'EventPublishTime.Start') ?? 0
    const toMs = utcTime(parameters, 'EventPublishTime.End') ?? Number.POSITIVE_INFINITY
    const found = world.history.list().filter((event) => {
      const publishMs = Date.parse(event.publishTime)
      return (
        event.regionId === regionId &&
        fits(instances, event.instanceId) &&
        fits(ids, event.eventId) &&
        fits(types, event.type) &&
        (statuses.length === 0 ? FINAL : statuses).includes(event.status) &&
        publishMs >= fromMs &&
        publishMs <= toMs
      )
    })
    const { items, told } = pageOf(parameters, found, { keyOf: ({ eventId }) => eventId, largest: 100 })
    return { InstanceSystemEventSet: { InstanceSystemEventType: items.map(eventView) }, ...told }
  }
}

/** The codes beside the names are left out: the vendor's pages do not list them. */
function eventView({ eventId, instanceId, type, status, ...times }: SystemEvent): object {
  return {
    EventId: eventId,
    InstanceId: instanceId,
    ResourceType: 'instance',
    EventType: { Name: type },
    EventCycleStatus: { Name: status },
    EventPublishTime: times.publishTime,
    NotBefore: times.notBefore,
    EventFinishTime: times.finishTime
  }
}
