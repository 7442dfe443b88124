import type { OperationStatus } from './ecs-event.ts'
import type { Incident, IncidentScene, IncidentStep } from './incident.ts'
import { openOperation, operationEvent } from './operation-events.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const PLANNED = ['SystemMaintenance.Reboot', 'SystemMaintenance.Redeploy', 'SystemMaintenance.Stop']
const INQUIRED = ['SystemMaintenance.RebootAndIsolateErrorDisk', 'SystemMaintenance.RebootAndReInitErrorDisk']
const UNPLANNED = ['SystemFailure.Stop', 'InstanceFailure.Alert', 'Security.TpmAlert']

/**
 * An operation announced a day or two ahead: Scheduled, then Executing and Executed, or Avoided by the owner's own
 * reboot, or Canceled.
 */
export const plannedMaintenance: Incident = (scene) => {
  const { chance } = scene
  const leadMs = chance.between(24 * HOUR, 48 * HOUR)
  const end = chance.pick(['Executed', 'Avoided', 'Avoided', 'Canceled'] as const)
  return operationSteps(scene, {
    eventType: chance.pick(PLANNED),
    first: 'Scheduled',
    end,
    waitMs: end === 'Executed' ? leadMs : chance.between(20 * MINUTE, 6 * HOUR),
    noticeMs: leadMs / scene.pace
  })
}

/** An operation that waits for the owner's consent: Inquiring first, no `notBefore`. */
export const inquiredMaintenance: Incident = (scene) =>
  operationSteps(scene, {
    eventType: scene.chance.pick(INQUIRED),
    first: 'Inquiring',
    end: scene.chance.pick(['Executed', 'Avoided', 'Canceled'] as const),
    waitMs: scene.chance.between(30 * MINUTE, 8 * HOUR)
  })

/** Expiry and arrears: announced, then paid for. */
export const billing: Incident = (scene) =>
  operationSteps(scene, {
    eventType: scene.instance.chargeType === 'PrePaid' ? 'InstanceExpiration.Stop' : 'AccountUnbalanced.Stop',
    first: 'Scheduled',
    end: 'Avoided',
    waitMs: scene.chance.between(10 * MINUTE, 4 * HOUR),
    noticeMs: (3 * 24 * HOUR) / scene.pace
  })

/** A performance impact for some minutes: Executing, Executed, level WARN. */
export const performanceImpact: Incident = (scene) =>
  operationSteps(scene, {
    eventType: 'SystemMaintenance.PerformanceImpact',
    first: 'Executing',
    end: 'Executed',
    waitMs: scene.chance.between(2 * MINUTE, 20 * MINUTE)
  })

/** A failure that is noticed when it is over: Executed alone. */
export const pastFailure: Incident = (scene) => {
  const { instance, chance } = scene
  const eventType = chance.pick(UNPLANNED)
  return [
    {
      afterMs: 0,
      draft: (atMs) => {
        const startMs = atMs - chance.between(2_000, 60_000)
        const operation = openOperation(eventType, startMs, chance)
        return operationEvent(instance, operation, { status: 'Executed', startMs, finishMs: atMs, chance })
      }
    }
  ]
}

interface OperationPlan {
  readonly eventType: string
  readonly first: OperationStatus
  readonly end: 'Executed' | 'Avoided' | 'Canceled'
  /** From the first status to the next. */
  readonly waitMs: number
  readonly noticeMs?: number
}

function operationSteps(scene: IncidentScene, plan: OperationPlan): readonly IncidentStep[] {
  const { instance, chance } = scene
  const operation = openOperation(plan.eventType, scene.nowMs, chance, plan.noticeMs)
  let startMs = scene.nowMs
  const change = (status: OperationStatus, executed: 'not' | 'begun' | 'over') => (atMs: number) => {
    if (executed === 'begun') startMs = atMs
    return operationEvent(instance, operation, {
      status,
      chance,
      ...(executed === 'not' ? {} : { startMs }),
      ...(executed === 'over' ? { finishMs: atMs } : {})
    })
  }
  const over = (atMs: number) => {
    startMs = plan.end === 'Executed' ? startMs : atMs
    return change(plan.end, 'over')(atMs)
  }
  const begun: IncidentStep = {
    afterMs: plan.first === 'Executing' ? 0 : plan.waitMs,
    draft: change('Executing', 'begun'),
    reboots: plan.eventType.includes('Reboot')
  }
  const announced: IncidentStep = { afterMs: 0, draft: change(plan.first, 'not') }
  if (plan.first === 'Executing') return [begun, { afterMs: plan.waitMs, draft: over }]
  if (plan.end !== 'Executed') return [announced, { afterMs: plan.waitMs, draft: over }]
  return [announced, begun, { afterMs: chance.between(MINUTE, 5 * MINUTE), draft: over }]
}
