import type { RpcError } from '../../rpc-product.ts'
import { type RefusalTable, refusal, statusIn } from '../refusals.ts'

/**
 * CLB's error codes (help page "Common error codes" of the 2014-05-15 API). `InvalidParameter` stands for many things, also
 * for a missing vServer group with status 404: only its text tells which.
 */
const CLB_REFUSALS = {
  'BackendServer.configuring': {
    status: 409,
    message: 'A previous configuration of the load balancer is pending; please try again later.'
  },
  ServiceIsStopping: { status: 409, message: 'The specified Listener is stopping, please retry later.' },
  ServiceIsConfiguring: { status: 400, message: 'A previous configuration is pending; please try again later.' },
  VServerGroupProcessing: {
    status: 400,
    message: 'A previous configuration of the VServer group is pending; please try again later.'
  },
  OperationBusy: { status: 400, message: 'A previous operation is pending.' },
  ProcessingSameRequest: { status: 400, message: 'The same request is being processed. Please try later.' },
  SystemBusy: { status: 449, message: 'The system is busy.' },
  ObtainIpFail: {
    status: 400,
    message:
      'The specified BackendServers is invalid; some of the specified backend servers do not exist or are not running.'
  },
  BackendServersMalformed: { status: 400, message: 'the specified parameter BackendServers is unavailable.' },
  TooManyBackendServers: {
    status: 400,
    message: 'The total number of input real servers exceeds max supported number: 20'
  },
  'InvalidWeight.Malformed': { status: 400, message: 'A specified weight is not valid.' },
  NetworkConflict: { status: 400, message: 'there are network conflicts in specified parameter.' },
  'InvalidBackendServers.Inconsistent': {
    status: 400,
    message: 'All BackendServers on one Specified LoadBalancer have to be in the same vpc or all classic'
  },
  'InvalidServerId.NotFound': { status: 400, message: 'The specified server is not found.' },
  'InvalidLoadBalancerId.NotFound': { status: 404, message: 'The specified LoadBalancerId does not exist.' },
  InvalidParameter: { status: 400, message: 'The specified parameter %s is not valid.' },
  MissingParameter: { status: 400, message: 'The input parameter %s that is mandatory for processing is missing.' },
  ActionNotAllowed: { status: 400, message: 'Locked for any Business Reason.' },
  Forbidden: { status: 403, message: 'User not authorized to operate on the specified resource.' },
  ListenerAlreadyExists: { status: 400, message: 'A listener with the specified port already exists' },
  ListenerNotFound: {
    status: 404,
    message: 'You have not created a listener for the specified port of the load balancer.'
  },
  RspoolVipExist: { status: 400, message: 'there are vips associating with this vServer group.' },
  ServiceUnavailable: {
    status: 503,
    message: 'The request has failed due to a temporary failure of the server now.'
  },
  InternalError: { status: 500, message: 'The request processing has failed due to backend service exception.' },
  InternalInvokeError: { status: 500, message: 'The internal invoking has failed.' }
} as const satisfies RefusalTable

export const clbStatusOf = statusIn(CLB_REFUSALS)

/** @param about the parameter, for the codes that name one */
export function clbRefusal(code: string, about?: string): RpcError {
  return refusal(CLB_REFUSALS, code, about)
}
