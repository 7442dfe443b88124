import { RpcError, type RpcOperation, type RpcParameters } from '../rpc-product.ts'
import type { ActionLog, LoggedEvent } from './action-log.ts'
import { secondOf, type TrailEvent } from './trail-event.ts'

const DAY_MS = 86_400_000
const DEFAULT_RANGE_MS = 7 * DAY_MS
const MAX_RANGE_MS = 30 * DAY_MS
const KEPT_MS = 90 * DAY_MS
const MAX_RESULTS = 50
const MAX_CONDITIONS = 2

/**
 * LookupEvents (ActionTrail 2020-07-06): the events of a time, the newest first, that meet at most two conditions. One
 * address stands for the endpoints of all regions: a call that gives RegionId is told of that region only.
 */
export function lookupEvents(log: ActionLog, now: () => number): RpcOperation {
  return ({ parameters }) => {
    const { startMs, endMs } = rangeOf(parameters, now())
    const meets = conditionsOf(parameters)
    // An event's time is the second that it falls into, and both ends belong to the range: the vendor does not say.
    const found = log.told().filter((logged) => logged.atMs >= startMs && logged.atMs < endMs + 1_000 && meets(logged))
    const { events, nextToken } = pageOf(found, parameters)
    return { StartTime: secondOf(startMs), EndTime: secondOf(endMs), Events: events, NextToken: nextToken }
  }
}

/** Both ends are given, or neither: seven days up to now. */
function rangeOf(parameters: RpcParameters, nowMs: number): { startMs: number; endMs: number } {
  const [start, end] = [parameters.text('StartTime'), parameters.text('EndTime')]
  if (start === '' && end === '') return { startMs: nowMs - DEFAULT_RANGE_MS, endMs: nowMs }
  const [startMs, endMs] = [timeOf(start, 'StartTime'), timeOf(end, 'EndTime')]
  if (startMs > endMs || startMs < nowMs - KEPT_MS) throw refusal('StartTime')
  if (endMs - startMs > MAX_RANGE_MS) throw refusal('EndTime')
  return { startMs, endMs }
}

function timeOf(text: string, name: string): number {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw refusal(name)
  return ms
}

/** What an event has of each key that may be asked for. */
const VALUES: Readonly<Record<string, (logged: LoggedEvent) => readonly unknown[]>> = {
  ServiceName: ({ event }) => [event['serviceName']],
  EventName: ({ event }) => [event.eventName],
  EventId: ({ event }) => [event['eventId']],
  EventRW: ({ event }) => [event['eventRW']],
  User: ({ event }) => [event.userIdentity.userName],
  EventAccessKeyId: ({ event }) => [event.userIdentity.accessKeyId],
  ResourceType: ({ event }) => [event['resourceType']],
  ResourceName: ({ instanceIds }) => instanceIds
}

function conditionsOf(parameters: RpcParameters): (logged: LoggedEvent) => boolean {
  const conditions = parameters.objects('LookupAttribute').map(({ Key: key = '', Value: value = '' }) => {
    const valuesOf = Object.hasOwn(VALUES, key) ? VALUES[key] : undefined
    if (valuesOf === undefined || value === '') throw refusal('LookupAttribute')
    return (logged: LoggedEvent) => valuesOf(logged).includes(value)
  })
  if (conditions.length > MAX_CONDITIONS) throw refusal('LookupAttribute')
  const regionId = parameters.text('RegionId')
  return (logged) => conditions.every((meets) => meets(logged)) && ['', logged.regionId].includes(regionId)
}

/** A page goes on after the last event of the one before: those that come meanwhile move nothing. */
function pageOf(found: LoggedEvent[], parameters: RpcParameters): { events: TrailEvent[]; nextToken: string } {
  const direction = parameters.text('Direction') || 'BACKWARD'
  if (direction !== 'BACKWARD' && direction !== 'FORWARD') throw refusal('Direction')
  const size = parameters.number('MaxResults', 20)
  if (size < 1 || size > MAX_RESULTS) throw refusal('MaxResults')
  const forward = direction === 'FORWARD'
  const after = sequenceOf(parameters.text('NextToken')) ?? (forward ? 0 : Number.POSITIVE_INFINITY)
  const left = forward
    ? found.filter(({ sequence }) => sequence > after)
    : found.filter(({ sequence }) => sequence < after).toReversed()
  const page = left.slice(0, size)
  const last = page.at(-1)
  const more = last !== undefined && left.length > size
  return { events: page.map(({ event }) => event), nextToken: more ? tokenOf(last.sequence) : '' }
}

function tokenOf(sequence: number): string {
  return Buffer.from(JSON.stringify({ logId: String(sequence) })).toString('base64')
}

function sequenceOf(token: string): number | undefined {
  if (token === '') return undefined
  const [, sequence] = /^\{"logId":"(\d{1,15})"\}$/.exec(Buffer.from(token, 'base64').toString()) ?? []
  if (sequence === undefined) throw refusal('NextToken')
  return Number(sequence)
}

function refusal(name: string): RpcError {
  return new RpcError(400, 'InvalidParameter', `The specified parameter "${name}" is not valid.`)
}
