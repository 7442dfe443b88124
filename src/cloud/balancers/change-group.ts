import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ApiOutcome, CallLimits } from '../api-outcome.ts'
import type { Backend } from '../balancing.ts'
import { describeFault } from '../fault.ts'
import { ownFault } from './answer.ts'
import { isFailure } from './ask.ts'
import { chunksOf } from './chunks-of.ts'
import { type GroupChange, type GroupEntry, type GroupService, isSameBackend } from './group-service.ts'

export interface ChangeTools {
  readonly service: GroupService
  readonly clock: Clock
  readonly limits: CallLimits
}

/** Between looks at a change that goes on, and between tries of one that was refused for a passing reason. */
const LOOK_AGAIN: BackoffPolicy = { baseMs: 150, capMs: 2_000 }
const TRY_AGAIN: BackoffPolicy = { baseMs: 1_000, capMs: 3_000 }
const MAX_TRIES = 10

/** How CLB, and ALB and NLB, say that a server does not run. */
const SERVER_NOT_READY = new Set(['obtainipfail', 'incorrectstatus.ecs'])

/**
 * Changes any number of entries of one group, and returns when they are as asked for, or the limits are reached. What is so
 * already is left alone, one entry that is gone does not keep the others, and a part that fails does not stop the rest.
 */
export async function changeGroup(
  change: GroupChange,
  backends: readonly Backend[],
  tools: ChangeTools
): Promise<ApiOutcome<void>> {
  if (change.group.role === 'primary-secondary') {
    const message = 'a primary/secondary group of CLB has two fixed members: change it by hand'
    return { kind: 'refused', fault: ownFault('rejected', 'FixedGroup', message) }
  }
  const outcomes: Array<ApiOutcome<void>> = []
  for (const part of chunksOf(backends, tools.service.maxServers)) outcomes.push(await changePart(change, part, tools))
  return outcomes.find(isFailure) ?? outcomes.find(({ kind }) => kind === 'done') ?? outcomes[0] ?? NOTHING_TO_DO
}

const NOTHING_TO_DO: ApiOutcome<void> = {
  kind: 'already',
  fault: ownFault('rejected', 'NothingToDo', 'every entry is as it should be')
}

/**
 * Sends one call's worth. A refusal may mean that some of the entries are gone or there already, and an unknown outcome
 * that they are not: the group itself tells what is left to do.
 */
async function changePart(
  change: GroupChange,
  backends: readonly Backend[],
  tools: ChangeTools
): Promise<ApiOutcome<void>> {
  let left = backends
  if (change.verb === 'add') {
    // Not every service refuses or ignores an entry that is there already: some would give it the new weight.
    const missing = await unreached(change, left, tools)
    // Nothing was sent yet: a look without an answer leaves the group as it was.
    if (missing.kind === 'unknown') return { kind: 'unavailable', fault: missing.fault }
    if (missing.kind !== 'done') return missing
    left = missing.value
    if (left.length === 0) return NOTHING_TO_DO
  }
  for (let attempt = 0; ; attempt++) {
    const outcome = await tools.service.send(change, left, tools.limits)
    if (outcome.kind === 'done') return tools.service.asynchronous ? await untilSettled(change, left, tools) : outcome
    if (outcome.kind !== 'refused' && outcome.kind !== 'unknown') return outcome
    const now = await unreached(change, left, tools)
    if (now.kind !== 'done') return now.kind === 'already' ? now : outcome
    if (now.value.length === 0) return outcome.kind === 'unknown' ? DONE : { kind: 'already', fault: outcome.fault }
    const fewer = now.value.length < left.length
    if (attempt + 1 >= MAX_TRIES || !(fewer || isPassing(change, outcome))) return outcome
    if (!fewer && !(await pause(TRY_AGAIN, attempt, tools))) return outcome
    left = now.value
  }
}

const DONE: ApiOutcome<void> = { kind: 'done', value: undefined }

/**
 * A server that is missing or not running may be on its way: its state reaches the load balancers late. An addition of unknown
 * outcome may be sent again once its entries are known to be missing; the other changes have been repeated by then.
 */
function isPassing({ verb }: GroupChange, outcome: ApiOutcome<void>): boolean {
  if (outcome.kind === 'unknown') return verb === 'add'
  return outcome.kind === 'refused' && SERVER_NOT_READY.has(outcome.fault.code.toLowerCase())
}

/** The entries that are not as asked for. `already`: the group is gone, and nothing needs to be in it. */
async function unreached(
  change: GroupChange,
  backends: readonly Backend[],
  { service, limits }: ChangeTools
): Promise<ApiOutcome<readonly Backend[]>> {
  const only = backends.map(({ serverId }) => serverId)
  const outcome = await service.entries(change.group, limits, only)
  if (outcome.kind === 'already' && change.verb === 'add') return { kind: 'refused', fault: outcome.fault }
  if (outcome.kind !== 'done') return outcome
  return { kind: 'done', value: backends.filter((backend) => !isReached(change, entryOf(backend, outcome.value))) }
}

/** Waits for the end of a change that was accepted. */
async function untilSettled(
  change: GroupChange,
  backends: readonly Backend[],
  { service, clock, limits }: ChangeTools
): Promise<ApiOutcome<void>> {
  const only = backends.map(({ serverId }) => serverId)
  for (let attempt = 0; await pause(LOOK_AGAIN, attempt, { service, clock, limits }); attempt++) {
    const outcome = await service.entries(change.group, limits, only)
    if (outcome.kind === 'already') return change.verb === 'add' ? { kind: 'refused', fault: outcome.fault } : DONE
    if (outcome.kind !== 'done') return stillChanging(change, describeFault(outcome.fault))
    const isSettled = (backend: Backend): boolean => {
      const entry = entryOf(backend, outcome.value)
      return isReached(change, entry) && entry?.state !== 'changing'
    }
    if (backends.every(isSettled)) return DONE
  }
  return stillChanging(change, 'the time is up')
}

/** @param why it is not known to have ended */
function stillChanging({ group }: GroupChange, why: string): ApiOutcome<void> {
  const message = `a change of ${group.groupId} was accepted; it is not known to have ended: ${why}`
  return { kind: 'unknown', fault: ownFault('unavailable', 'StillChanging', message) }
}

function entryOf(backend: Backend, entries: readonly GroupEntry[]): GroupEntry | undefined {
  return entries.find((entry) => isSameBackend(entry.backend, backend))
}

function isReached(change: GroupChange, entry: GroupEntry | undefined): boolean {
  switch (change.verb) {
    case 'remove':
      // With connection draining an entry may stay for long: it gets no new connections any more.
      return entry === undefined || entry.state === 'removing'
    case 'weight':
      return entry === undefined || entry.backend.weight === change.weight
    case 'add':
      return entry !== undefined && entry.state !== 'removing'
    default: {
      const never: never = change
      return never
    }
  }
}

/** False when the time is up, or would be. */
async function pause(policy: BackoffPolicy, attempt: number, { clock, limits }: ChangeTools): Promise<boolean> {
  const ms = backoffMs(policy, attempt, clock.random)
  if (clock.elapsed() + ms > limits.deadlineMs) return false
  return await clock.sleep(ms, limits.signal).then(
    () => true,
    () => false
  )
}
