import type { Instance } from '../cloud/compute.ts'
import { isCreation } from '../events/instance-state.ts'
import type { LastState } from './last-states.ts'

/**
 * How the log and the cloud differ about an instance.
 * - `unknown`: it exists, and the log knows nothing of it in the window
 * - `gone-unseen`: the log has it alive, and it does not exist any more: its Deleted event was missed
 * - `state-differs`: both have it alive, in different states
 * - `still-alive`: the log has it released, and it exists
 */
export type Difference = 'unknown' | 'gone-unseen' | 'state-differs' | 'still-alive'

export interface Finding {
  readonly difference: Difference
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  /** By the log; '' where it knows nothing. */
  readonly logged: string
  /** When the log last heard of it, epoch ms; 0 where it knows nothing. */
  readonly loggedMs: number
  /** By ECS; '' where it does not exist. */
  readonly actual: string
  readonly instance: Instance | undefined
}

export interface StateComparison {
  readonly states: readonly LastState[]
  /** Every instance of the regions that were asked. */
  readonly instances: readonly Instance[]
  readonly regions: ReadonlySet<string>
  /** A change of state this recent may still be on its way, either way: epoch ms. */
  readonly settledMs: number
}

/** What a comparison found, and of how much it could tell. */
export interface ComparedStates {
  /** By instance id. */
  readonly findings: readonly Finding[]
  /** Instances of the log that were held against the cloud. */
  readonly compared: number
  /** Instances, of the log or not, whose latest change was too recent to tell. */
  readonly recent: number
  /** Instances of the log in regions that were not asked, by region; '' where the log tells none. */
  readonly elsewhere: ReadonlyMap<string, number>
}

/** What the log and the cloud do not agree on. Pure. */
export function compareStates({ states, instances, regions, settledMs }: StateComparison): ComparedStates {
  const alive = new Map(instances.map((instance) => [instance.instanceId, instance]))
  const logged = new Map<string, LastState>()
  const elsewhere = new Map<string, number>()
  for (const state of states) {
    if (regions.has(state.regionId)) logged.set(state.instanceId, state)
    else elsewhere.set(state.regionId, (elsewhere.get(state.regionId) ?? 0) + 1)
  }
  const settled = [...logged.values()].filter(({ atMs }) => atMs <= settledMs)
  const unknown = [...alive.values()].filter(({ instanceId }) => !logged.has(instanceId))
  const settledUnknown = unknown.filter(({ createdMs }) => (createdMs ?? 0) <= settledMs)
  const findings = settledUnknown.map((instance) => findingOf('unknown', undefined, instance))
  for (const state of settled) {
    const instance = alive.get(state.instanceId)
    const difference = differenceOf(state, instance)
    if (difference !== undefined) findings.push(findingOf(difference, state, instance))
  }
  return {
    findings: findings.sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1)),
    compared: settled.length,
    recent: logged.size - settled.length + (unknown.length - settledUnknown.length),
    elsewhere
  }
}

function differenceOf({ state }: LastState, instance: Instance | undefined): Difference | undefined {
  if (instance === undefined) return state === 'Deleted' ? undefined : 'gone-unseen'
  if (state === 'Deleted') return 'still-alive'
  const same = state === instance.status || (isCreation(state) && isCreation(instance.status))
  return same ? undefined : 'state-differs'
}

function findingOf(difference: Difference, state: LastState | undefined, instance: Instance | undefined): Finding {
  return {
    difference,
    instanceId: state?.instanceId ?? instance?.instanceId ?? '',
    regionId: state?.regionId ?? instance?.regionId ?? '',
    accountId: state?.accountId ?? '',
    logged: state?.state ?? '',
    loggedMs: state?.atMs ?? 0,
    actual: instance?.status ?? '',
    instance
  }
}
