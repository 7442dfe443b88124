import { createHash } from 'node:crypto'
import type { RpcCall, RpcCaller, RpcError } from '../rpc-product.ts'

/** A call as the trail keeps it. */
export interface TrailEntry {
  readonly call: Pick<RpcCall, 'action' | 'caller' | 'parameters' | 'requestId'>
  /** When it was made, epoch ms. */
  readonly atMs: number
  readonly regionId: string
  /** The instances that it is about. */
  readonly instanceIds: readonly string[]
  /** Undefined: it was carried out. */
  readonly refusal: Pick<RpcError, 'code' | 'message'> | undefined
}

/** An event in the fields that ActionTrail gives it. */
export type TrailEvent = Readonly<Record<string, unknown>> & {
  readonly eventName: string
  readonly userIdentity: { readonly userName: string; readonly accessKeyId: string }
}

const INSTANCE = 'ACS::ECS::Instance'
const API_VERSION = '2014-05-26'

/** The account whose RAM users all callers are. */
const ACCOUNT_ID = '1100220033004400'

/**
 * A call as ActionTrail tells of it ("Management event structure", and the samples of "Sample events of ECS"). Times are in
 * whole seconds; the event of a refused call has the code of its error.
 */
export function trailEvent({ call, atMs, regionId, instanceIds, refusal }: TrailEntry): TrailEvent {
  const { action, requestId, caller } = call
  return {
    eventId: requestId,
    requestId,
    eventVersion: 1,
    eventType: 'ApiCall',
    eventCategory: 'Management',
    eventRW: 'Write',
    eventName: action,
    eventTime: secondOf(atMs),
    eventSource: `ecs.${regionId}.aliyuncs.com`,
    serviceName: 'Ecs',
    apiVersion: API_VERSION,
    acsRegion: regionId,
    isGlobal: false,
    // Whoever reaches a sandbox is on its machine.
    sourceIpAddress: '127.0.0.1',
    userIdentity: identityOf(caller),
    requestParameters: { AcsProduct: 'Ecs', RequestId: requestId, ...shownParameters(call) },
    resourceType: INSTANCE,
    resourceName: instanceIds.join(','),
    referencedResources: { [INSTANCE]: instanceIds },
    ...(refusal && { errorCode: refusal.code, errorMessage: refusal.message })
  }
}

/** `2026-11-22T12:00:00Z`, the second that a time falls into. */
export function secondOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function identityOf({ accessKeyId, userName }: RpcCaller) {
  return { type: 'ram-user', accountId: ACCOUNT_ID, principalId: principalOf(userName), userName, accessKeyId }
}

/** 18 digits that stay the same. */
function principalOf(userName: string): string {
  const number = createHash('sha256').update(userName).digest().readUIntBE(0, 6)
  return `2${String(number).padStart(17, '0')}`
}

const SECRET: readonly string[] = ['Password', 'UserData']

function shownParameters({ parameters }: TrailEntry['call']): Record<string, string> {
  const shown = [...parameters.all].map(([name, value]) => [name, SECRET.includes(name) ? '***' : value])
  return Object.fromEntries(shown)
}
