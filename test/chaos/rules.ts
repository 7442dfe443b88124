import type { FaultKind } from '../../src/sandbox/faults.ts'
import type { Chance } from '../../src/sandbox/fleet/chance.ts'
import type { Rule } from './fault.ts'

/** A family of rules: what it is counted as, and how one of it is drawn. */
export interface RuleFamily {
  readonly name: string
  readonly draw: (chance: Chance) => Rule
}

/** What waits for a timeout of 10 s or more: a few of them are enough to keep every receiver busy. */
const STALLS: readonly FaultKind[] = ['stall-before', 'stall-after', 'stall-body']
const RATES = [0.1, 0.3, 0.7, 1]

/** Faults of the way that any service may be reached over: pages of gateways, resets, stalls, slow answers. */
function transport(service: string, operations: readonly string[]): RuleFamily[] {
  const on = (chance: Chance, rule: Rule): Rule => {
    const stalls = STALLS.includes(rule.kind)
    const [operation, rate] = [chance.pick(operations), stalls ? 0.3 : chance.pick(RATES)]
    return { service, operation, rate, ...(stalls ? { count: chance.between(1, 6) } : {}), ...rule }
  }
  const broken = ['reset-before', 'reset-after', 'reset-mid-body', 'truncate', ...STALLS] as const
  return [
    {
      name: 'html',
      draw: (chance) => on(chance, { kind: 'html', status: chance.pick([200, 302, 404, 413, 502, 503, 504]) })
    },
    { name: 'empty', draw: (chance) => on(chance, { kind: 'empty', status: chance.pick([200, 500, 503]) }) },
    { name: 'text', draw: (chance) => on(chance, { kind: 'text', status: chance.pick([429, 503]) }) },
    { name: 'slow', draw: (chance) => on(chance, { kind: 'slow', ms: chance.between(50, 3_000) }) },
    ...broken.map((kind) => ({ name: kind, draw: (chance: Chance) => on(chance, { kind }) }))
  ]
}

/** One error code of a service; it may be held for a while before it is answered, as a throttled service does. */
function refusal(service: string, operations: readonly string[], code: string, status = 0): RuleFamily {
  return {
    name: status === 0 ? code : `${code} ${status}`,
    draw: (chance) => {
      const held = chance.happens(0.3) ? chance.between(10, 500) : 0
      return {
        service,
        operation: chance.pick(operations),
        kind: 'error',
        code,
        status,
        rate: chance.pick(RATES),
        ms: held
      }
    }
  }
}

const MNS_OPERATIONS = ['*', 'BatchReceiveMessage', 'BatchDeleteMessage', 'ChangeMessageVisibility', 'SendMessage']
const MNS_CODES = [
  ...['TooManyRequests', 'InternalError', 'QueueNotExist', 'TimeExpired'],
  ...['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidSecurityToken']
]

function mnsOwn(kind: FaultKind, operation: string, code = ''): RuleFamily {
  const draw = (chance: Chance): Rule => ({ service: 'mns', operation, kind, code, rate: chance.pick([0.1, 0.3, 0.7]) })
  return { name: kind === 'reset-after' ? 'reset after a delete' : kind, draw }
}

/** The numbers 57 to 69 of the queue's conformance list, and what its pages say beside them. */
export const MNS_RULES: readonly RuleFamily[] = [
  ...transport('mns', MNS_OPERATIONS),
  ...MNS_CODES.map((code) => refusal('mns', MNS_OPERATIONS, code)),
  mnsOwn('no-host-id', '*', 'InternalError'),
  mnsOwn('duplicate', 'BatchReceiveMessage'),
  mnsOwn('early-empty', 'BatchReceiveMessage'),
  mnsOwn('lost-ack', 'BatchDeleteMessage'),
  mnsOwn('partial-delete', 'BatchDeleteMessage'),
  mnsOwn('reset-after', 'BatchDeleteMessage')
]

const SLS_OPERATIONS = ['*', 'PutLogs', 'GetLogs', 'GetLogsV2']
/** The logstore's error table (PutLogs, and Common error codes); with a status where its pages tell several. */
const SLS_CODES: ReadonlyArray<readonly [code: string, status?: number]> = [
  ['WriteQuotaExceed'],
  ['ShardWriteQuotaExceed'],
  ['ReadQuotaExceed'],
  ['MetaOperationQpsLimitExceeded'],
  ['ProjectForbidden'],
  ['ExceedQuota'],
  ['InternalServerError'],
  ['RequestTimeout'],
  ['ServerBusy'],
  ['Unauthorized'],
  ['SignatureNotMatch'],
  ['InvalidAccessKeyId'],
  ['RequestTimeExpired'],
  ['RequestTimeTooSkewed'],
  ['ProjectNotExist'],
  ['LogStoreNotExist'],
  ['PostBodyInvalid'],
  ['PostBodyInvalid', 499],
  ['InvalidTimestamp'],
  ['InvalidEncoding'],
  ['InvalidKey'],
  ['PostBodyUncompressError'],
  ['ParameterInvalid'],
  ['PostBodyTooLarge'],
  ['PostBodyTooLarge', 400],
  ['MissingBodyRawSize'],
  ['InvalidBodyRawSize'],
  ['InvalidCompressType'],
  ['MissingContentType'],
  ['InvalidDateFormat'],
  ['InvalidAPIVersion'],
  ['MissingContentLength'],
  ['InvalidContentType'],
  ['ProjectQuotaExceed']
]

export const SLS_RULES: readonly RuleFamily[] = [
  ...transport('sls', SLS_OPERATIONS),
  ...SLS_CODES.map(([code, status]) => refusal('sls', SLS_OPERATIONS, code, status))
]

/** A query answers with a part of its rows. Only actions ask. */
export const QUERY_RULES: readonly RuleFamily[] = [
  { name: 'incomplete', draw: (chance) => ({ service: 'sls', kind: 'incomplete', rate: chance.pick([0.3, 1]) }) }
]

const CONTROL_CODES = [
  ...['Throttling', 'Throttling.User', 'Throttling.Api', 'InternalError', 'ServiceUnavailable', 'Forbidden.RAM'],
  ...['InvalidAccessKeyId.NotFound', 'SignatureDoesNotMatch', 'InvalidTimeStamp.Expired', 'SystemBusy']
]
const PRODUCT_CODES = {
  ecs: ['IncorrectInstanceStatus', 'OperationDenied.NoStock', 'InstanceLockedForSecurity', 'InvalidSpotStrategy'],
  slb: ['BackendServer.configuring', 'ServiceIsConfiguring', 'OperationBusy', 'ObtainIpFail'],
  alb: ['IncorrectStatus.ServerGroup', 'IdempotenceProcessing'],
  nlb: ['IncorrectStatus.serverGroup', 'Conflict.Lock']
} as const

export const CONTROL_RULES: readonly RuleFamily[] = (['ecs', 'slb', 'alb', 'nlb'] as const).flatMap((service) => [
  ...transport(service, ['*']),
  ...[...CONTROL_CODES, ...PRODUCT_CODES[service]].map((code) => refusal(service, ['*'], code))
])
