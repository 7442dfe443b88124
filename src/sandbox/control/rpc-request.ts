import type { SandboxRequest } from '../loopback-server.ts'
import { rpcParameters } from './rpc-parameters.ts'
import type { RpcParameters } from './rpc-product.ts'

/** A call as the gateway reads it, before anything is checked. */
export interface RpcRequest {
  /** `StartInstance`; '' when the request names none. */
  readonly action: string
  /** `2014-05-26`; '' when the request names none. */
  readonly version: string
  readonly parameters: RpcParameters
  /** Every parameter, those of the protocol among them: what signature version 1 is over. */
  readonly signed: ReadonlyMap<string, string>
}

/**
 * Reads a call of the RPC style in either form: action and version as headers with parameters in the query or a form
 * body (signature version 3), or everything as parameters (version 1).
 */
export function readRpcRequest({
  headers,
  query,
  body
}: Pick<SandboxRequest, 'headers' | 'query' | 'body'>): RpcRequest {
  const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  const signed = new Map([...query, ...new URLSearchParams(form ? body.toString() : '')])
  return {
    action: headers['x-acs-action'] ?? signed.get('Action') ?? '',
    version: headers['x-acs-version'] ?? signed.get('Version') ?? '',
    parameters: rpcParameters(signed),
    signed
  }
}
