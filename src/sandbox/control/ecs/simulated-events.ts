import type { DescribedInstance } from '../../fleet/described-instance.ts'
import type { OperationStatus } from '../../fleet/ecs-event.ts'
import { openOperation, operationEvent } from '../../fleet/operation-events.ts'
import { interruptionNotice } from '../../fleet/state-events.ts'
import type { RpcOperation } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { type EcsWorld, namedRegion } from './ecs-world.ts'
import { flag, onlySupported, utcTime } from './parameters.ts'
import { resourceText } from './run-instances.ts'

const INTERRUPTION = 'Instance:PreemptibleInstanceInterruption'
const FAILURES = ['SystemFailure.Reboot', 'InstanceFailure.Reboot'] as const
const OTHER_FAILURES = ['SystemFailure.Redeploy', 'SystemFailure.Stop']
const MAINTENANCE = ['SystemMaintenance.Reboot', 'SystemMaintenance.Stop', 'SystemMaintenance.Redeploy']

/**
 * CreateSimulatedSystemEvents: a drill. With TriggerRealOps an interruption really takes the instance back and a failure
 * really makes it go down; without, the events are only announced: a failure is Executing from now until NotBefore, a
 * maintenance Scheduled until then.
 */
export function createSimulatedSystemEvents(world: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['EventType', 'InstanceId', 'NotBefore', 'TriggerRealOps'])
    const regionId = namedRegion(parameters)
    const eventType = parameters.text('EventType')
    const known = [INTERRUPTION, ...FAILURES, ...OTHER_FAILURES, ...MAINTENANCE]
    if (!known.includes(eventType)) throw ecsError('InvalidParameter', 'EventType')
    const notBeforeMs = utcTime(parameters, 'NotBefore')
    const ids = parameters.list('InstanceId')
    if (notBeforeMs === undefined || ids.length === 0) throw ecsError('MissingParameter', 'NotBefore or InstanceId.1')
    if (ids.length > 100) throw ecsError('InvalidParameter', 'InstanceId')
    if (notBeforeMs < world.now()) throw ecsError('InvalidNotBefore.Passed')
    const instances = ids.map((id) => {
      const instance = world.fleet.describe(id)
      if (instance?.regionId !== regionId) throw ecsError('InvalidInstanceId.NotFound')
      return instance
    })
    const drill = flag(parameters, 'TriggerRealOps') ? realDrill(eventType) : announcedDrill(eventType, notBeforeMs)
    return { EventIdSet: { EventId: instances.map((instance) => drill(world, instance)) } }
  }
}

/** Makes it come true for one instance, and gives the event's id. */
type Drill = (world: EcsWorld, instance: DescribedInstance) => string

function realDrill(eventType: string): Drill {
  return (world, { instanceId }) => {
    const eventId = `e-bp1${resourceText(world.random).slice(0, 15)}`
    const cause = FAILURES.find((failure) => failure === eventType)
    if (cause === undefined && eventType !== INTERRUPTION) {
      throw ecsError('NotImplemented', `real operations of ${eventType}`)
    }
    const { fleet } = world
    const outcome = cause === undefined ? fleet.interrupt(instanceId) : fleet.crash(instanceId, { cause, eventId })
    if (outcome !== 'accepted') throw ecsError('IncorrectInstanceStatus')
    return eventId
  }
}

function announcedDrill(eventType: string, notBeforeMs: number): Drill {
  return ({ fleet, random }, { instanceId }) => {
    const eventId = `e-bp1${resourceText(random).slice(0, 15)}`
    if (eventType === INTERRUPTION) {
      fleet.announce(instanceId, (instance, _atMs, chance) => interruptionNotice(instance, chance))
      return eventId
    }
    let publishMs = 0
    const tell = (status: OperationStatus, atMs?: number): void => {
      fleet.announce(
        instanceId,
        (instance, toldMs, chance) => {
          publishMs ||= toldMs
          const operation = { ...openOperation(eventType, publishMs, chance), eventId, notBeforeMs }
          const finish = status === 'Executed' ? { finishMs: toldMs } : {}
          const start = status === 'Scheduled' ? {} : { startMs: publishMs }
          return operationEvent(instance, operation, { status, chance, ...start, ...finish })
        },
        atMs
      )
    }
    tell(MAINTENANCE.includes(eventType) ? 'Scheduled' : 'Executing')
    tell('Executed', notBeforeMs)
    return eventId
  }
}
