import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Backend, BackendHealth } from '../balancing.ts'
import { type Answer, numberOf, readAll, rowsOf, textOf } from './answer.ts'
import { chunksOf } from './chunks-of.ts'
import { rowsWith, type ServerGroupCalls } from './server-group-calls.ts'

export interface CheckedGroup {
  readonly groupId: string
  /** The load balancers that use it. */
  readonly loadBalancerIds: readonly string[]
  readonly backends: readonly Backend[]
}

/** What one listener, or one of its rules, tells of a group. */
interface Checks {
  readonly enabled: boolean
  /** Those that are not healthy; a server that is not among them is. */
  readonly others: readonly Answer[]
}

/** The most LoadBalancerIds that ListListeners takes, and rows of GetListenerHealthStatus on a page. */
const MAX_LOAD_BALANCERS = 20
const HEALTH_PAGE = 30

/**
 * The health of a server group's entries, as the listeners of its load balancers tell it. A listener of ALB may use a group
 * in one of its rules alone, so that all of them are asked; a listener of NLB uses one group.
 */
export async function serverGroupHealth(
  calls: ServerGroupCalls,
  { groupId, loadBalancerIds, backends }: CheckedGroup,
  limits: CallLimits
): Promise<ApiOutcome<ReadonlyArray<{ readonly backend: Backend; readonly health: BackendHealth }>>> {
  const listeners = await listenersOf(calls, { groupId, loadBalancerIds }, limits)
  if (listeners.kind !== 'done') return listeners
  const checks: Checks[] = []
  for (const listenerId of listeners.value) {
    const action = 'GetListenerHealthStatus'
    const filter = { ListenerId: listenerId, ...(calls.kind === 'alb' ? { IncludeRule: true } : {}) }
    const read = (answer: Answer): readonly Checks[] | undefined => readChecks(answer, groupId)
    const outcome = await calls.list({ action, filter, read, pageSize: HEALTH_PAGE }, limits)
    if (outcome.kind !== 'done') return outcome
    checks.push(...outcome.value)
  }
  return { kind: 'done', value: backends.map((backend) => ({ backend, health: healthOf(backend, checks) })) }
}

async function listenersOf(
  calls: ServerGroupCalls,
  { groupId, loadBalancerIds }: Pick<CheckedGroup, 'groupId' | 'loadBalancerIds'>,
  limits: CallLimits
): Promise<ApiOutcome<readonly string[]>> {
  const ids: string[] = []
  for (const LoadBalancerIds of chunksOf(loadBalancerIds, MAX_LOAD_BALANCERS)) {
    const filter = { LoadBalancerIds }
    const read = rowsWith('Listeners', (row) => ({
      id: textOf(row, 'ListenerId'),
      groupId: textOf(row, 'ServerGroupId')
    }))
    const outcome = await calls.list({ action: 'ListListeners', filter, read }, limits)
    if (outcome.kind !== 'done') return outcome
    const using = outcome.value.filter((listener) => calls.kind === 'alb' || listener.groupId === groupId)
    ids.push(...using.map(({ id }) => id).filter((id) => id !== ''))
  }
  return { kind: 'done', value: ids }
}

/** What one page tells of a group, by listener and by rule. NLB spells the flag `HeathCheckEnabled`. */
function readChecks(answer: Answer, groupId: string): readonly Checks[] | undefined {
  const listeners = listOf(answer, 'ListenerHealthStatus')
  const rules = listOf(answer, 'RuleHealthStatus')
  if (listeners === undefined || rules === undefined) return undefined
  const groups = readAll([...listeners, ...rules], (row) => listOf(row, 'ServerGroupInfos'))?.flat()
  if (groups === undefined) return undefined
  return readAll(
    groups.filter((group) => textOf(group, 'ServerGroupId') === groupId),
    (group) => {
      const others = listOf(group, 'NonNormalServers')
      return others && { enabled: isOn(group['HealthCheckEnabled'] ?? group['HeathCheckEnabled']), others }
    }
  )
}

/** A list that may be left out. */
function listOf(answer: Answer, name: string): readonly Answer[] | undefined {
  return answer[name] === undefined ? [] : rowsOf(answer, [name])
}

function isOn(flag: unknown): boolean {
  return flag === true || flag === 'on' || flag === 'true'
}

/**
 * One failed check counts more than any that is passed. So does one that has no result yet: a server that was just added does
 * not serve, and may never come up.
 */
function healthOf(backend: Backend, checks: readonly Checks[]): BackendHealth {
  const words = checks
    .filter(({ enabled }) => enabled)
    .map(({ others }) => wordOf(backend, others))
    .filter((word) => word !== 'unavailable')
  if (words.includes('unhealthy') || words.includes('initial')) return 'unhealthy'
  return words.length > 0 && words.every((word) => word === 'normal') ? 'healthy' : 'unknown'
}

/**
 * Initial (checked, but without a result yet), Unhealthy, Unused (weight 0) or Unavailable (not checked), as the API references
 * of GetListenerHealthStatus tell; `normal` for a server that is not listed.
 */
function wordOf({ serverId, serverIp, port }: Backend, others: readonly Answer[]): string {
  const row = others.find((other) => {
    const ip = textOf(other, 'ServerIp')
    const sameIp = ip === '' || serverIp === '' || ip === serverIp
    return textOf(other, 'ServerId') === serverId && numberOf(other, 'Port') === port && sameIp
  })
  return row === undefined ? 'normal' : textOf(row, 'Status').toLowerCase()
}
