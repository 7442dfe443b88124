import type { RpcError } from '../../rpc-product.ts'
import { type RefusalTable, refusal } from '../refusals.ts'

/** Where ALB and NLB, whose APIs are the same in all else, differ. */
export interface Dialect {
  readonly product: 'alb' | 'nlb'
  readonly version: string
  /** `ServerGroup` or `serverGroup`, in error codes. */
  readonly group: string
  /** ... of listeners. */
  readonly listener: string
  /** What a group or a listener may speak; a group's default is the first. */
  readonly protocols: { readonly group: readonly string[]; readonly listener: readonly string[] }
  /** How a group may share out requests; its default is the first. */
  readonly schedulers: readonly string[]
  /** ALB requires a port; NLB takes 0 for a group of any port. */
  readonly minPort: 0 | 1
  /** Whether ListServerGroupServers knows ServerIps; the other product passes the parameter over. */
  readonly filtersByIp: boolean
  /** A ClientToken that comes back with other parameters. */
  readonly tokenMismatch: string
  readonly refusals: RefusalTable
}

const SHARED_REFUSALS = {
  'ResourceNotFound.BackendServer': {
    status: 404,
    message: 'The specified resource of BackendServer is not found.'
  },
  'ResourceNotFound.Ecs': { status: 404, message: 'The specified resource of Ecs is not found.' },
  'IncorrectStatus.Ecs': { status: 400, message: 'The status of ecs [%s] is incorrect.' },
  'ResourceAlreadyExist.Server': { status: 400, message: 'The specified resource of Server [%s] already exists.' },
  'DuplicatedParam.Server': { status: 400, message: 'The param of Server is duplicated.' },
  'ResourceInUse.ServerGroup': { status: 400, message: 'The specified resource of ServerGroup is in use.' },
  'ResourceAlreadyExist.Listener': { status: 400, message: 'The specified resource of Listener [%s] already exists.' },
  'Mismatch.ServerType': { status: 400, message: 'The ServerType is mismatched for the server and its group.' },
  IllegalParam: { status: 400, message: 'The param of %s is illegal.' },
  MissingParam: { status: 400, message: 'The parameter of %s is missing.' },
  DryRunOperation: { status: 400, message: 'Request validation has been passed with DryRun flag set.' },
  IdempotenceProcessing: { status: 400, message: 'Previous idempotence request is processing.' },
  'Conflict.Lock': { status: 400, message: 'The Lock [%s] is conflict.' },
  SystemBusy: { status: 400, message: 'System is busy, please try again later.' },
  'Forbidden.NoPermission': { status: 403, message: 'Authentication is failed for NoPermission.' },
  ServiceUnavailable: { status: 503, message: 'The request has failed due to a temporary failure of the server.' },
  InternalError: { status: 500, message: 'The request processing has failed due to some unknown error.' }
} as const satisfies RefusalTable

/** ALB, API version 2020-06-16. */
export const ALB: Dialect = {
  product: 'alb',
  version: '2020-06-16',
  group: 'ServerGroup',
  listener: 'Listener',
  protocols: { group: ['HTTP', 'HTTPS', 'gRPC'], listener: ['HTTP', 'HTTPS', 'QUIC'] },
  schedulers: ['Wrr', 'Wlc', 'Sch', 'Uch'],
  minPort: 1,
  filtersByIp: false,
  tokenMismatch: 'IdempotentParameterMismatch',
  refusals: {
    ...SHARED_REFUSALS,
    'ResourceNotFound.ServerGroup': { status: 404, message: 'The specified resource of ServerGroup is not found.' },
    'ResourceNotFound.Listener': { status: 404, message: 'The specified resource of Listener is not found.' },
    'IncorrectStatus.ServerGroup': { status: 400, message: 'The status of ServerGroup [%s] is incorrect.' },
    'OperationFailed.ResourceGroupStatusCheckFail': { status: 400, message: 'The operation failed.' },
    IdempotentParameterMismatch: {
      status: 400,
      message: 'Request uses a client token in a previous request but is not identical to that request.'
    }
  }
}

/** NLB, API version 2022-04-30; its error codes as on the help pages AddServersToServerGroup and RemoveServersFromServerGroup. */
export const NLB: Dialect = {
  product: 'nlb',
  version: '2022-04-30',
  group: 'serverGroup',
  listener: 'listener',
  protocols: { group: ['TCP', 'UDP', 'TCPSSL', 'TCP_UDP'], listener: ['TCP', 'UDP', 'TCPSSL'] },
  schedulers: ['Wrr', 'Wlc', 'Rr', 'Sch', 'Tch', 'Qch'],
  minPort: 0,
  filtersByIp: true,
  tokenMismatch: 'IdempotenceSignatureMismatch',
  refusals: {
    ...SHARED_REFUSALS,
    'ResourceNotFound.serverGroup': { status: 404, message: 'The specified resource of serverGroup is not found.' },
    'ResourceNotFound.listener': { status: 404, message: 'The specified resource of listener is not found.' },
    'ResourceNotFound.job': { status: 404, message: 'The specified resource of job is not found.' },
    'IncorrectStatus.serverGroup': { status: 400, message: 'The status of servergroup [%s] is incorrect.' },
    'OperationFailed.ResourceIsConfiguring': { status: 400, message: 'The operation failed: resource is configuring.' },
    IdempotenceSignatureMismatch: {
      status: 400,
      message: 'The idempotence token of request is same with the prev one, but the signature is different.'
    }
  }
}

/** @param about what the refusal's text names: a group, a parameter */
export function refuse(dialect: Dialect, code: string, about?: string): RpcError {
  return refusal(dialect.refusals, code, about)
}
