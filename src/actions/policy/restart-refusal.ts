import type { Instance } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import { matches } from './match.ts'
import { ownerReason } from './ownership.ts'
import type { RestartReason } from './restart-reasons.ts'

/** A reason with one sentence of facts more. */
export interface RestartRefusal {
  readonly reason: RestartReason
  readonly detail?: string
}

export interface RefusalFacts {
  readonly config: ActionsConfig
  readonly instance: Instance
  /** An interruption notice came of late. */
  readonly interrupted: boolean
  readonly nowMs: number
}

/**
 * Why an instance, such as it is, is not to be restarted; undefined when nothing about itself speaks against it. Its
 * status is another question.
 */
export function instanceRefusal({ config, instance, interrupted, nowMs }: RefusalFacts): RestartRefusal | undefined {
  if (!config.restart.enabled) return { reason: 'disabled' }
  if (matches(config.restart.match, instance) !== 'yes') return { reason: 'no-match' }
  if (config.paused) return { reason: 'paused' }
  const owner = ownerReason(instance.tags)
  return (
    holdRefusal(instance.tags, config.holdTag, nowMs) ??
    (owner && { reason: owner }) ??
    lockRefusal(instance.locks) ??
    (interrupted ? { reason: 'spot-interrupted' } : undefined) ??
    (instance.stoppedMode === 'StopCharging' ? { reason: 'stop-charging' } : undefined) ??
    dueRefusal(instance.expiresMs, ['expired', 'expires-soon'], { config, nowMs }) ??
    dueRefusal(instance.autoReleaseMs, ['release-due', 'releases-soon'], { config, nowMs })
  )
}

function holdRefusal(
  tags: Readonly<Record<string, string>>,
  holdTag: string,
  nowMs: number
): RestartRefusal | undefined {
  if (!Object.hasOwn(tags, holdTag)) return undefined
  const value = (tags[holdTag] ?? '').trim()
  if (value.toLowerCase() === 'off') return { reason: 'hold-off' }
  const untilMs = ISO_TIME.test(value) ? Date.parse(withZone(value)) : Number.NaN
  if (Number.isNaN(untilMs)) return { reason: 'hold-unreadable' }
  return nowMs < untilMs
    ? { reason: 'hold-until', detail: `Held until ${new Date(untilMs).toISOString()}.` }
    : undefined
}

/** ISO 8601: a day, or a day and a time, with or without a zone. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/

/** A time without a zone is UTC, as a day alone is. */
function withZone(time: string): string {
  return /T[^Z+-]*$/.test(time) ? `${time}Z` : time
}

/** The most telling lock first. Reasons as DescribeInstances names them, in lower case. */
const LOCKS = [
  ['recycling', 'lock-recycling'],
  ['security', 'lock-security'],
  ['financial', 'lock-financial'],
  ['dedicatedhostfinancial', 'lock-dedicated-host-financial'],
  ['refunded', 'lock-refunded']
] as const

function lockRefusal(locks: readonly string[]): RestartRefusal | undefined {
  if (locks.length === 0) return undefined
  const detail = `Locks: ${locks.join(', ')}.`
  const lower = locks.map((lock) => lock.toLowerCase())
  const known = LOCKS.find(([lock]) => lower.includes(lock))
  return { reason: known?.[1] ?? 'lock-unknown', detail }
}

function dueRefusal(
  dueMs: number | undefined,
  [past, near]: readonly [RestartReason, RestartReason],
  { config, nowMs }: { config: ActionsConfig; nowMs: number }
): RestartRefusal | undefined {
  if (dueMs === undefined || dueMs - nowMs > config.restart.expiryMargin) return undefined
  return { reason: dueMs <= nowMs ? past : near, detail: `The time is ${new Date(dueMs).toISOString()}.` }
}
