import type { RpcRequest } from '../rpc/rpc-api.ts'

type Meaning = NonNullable<RpcRequest['meaning']>

/**
 * Tells a missing CLB group from other refusals. It is `InvalidParameter`, as many other things are: only the text says
 * which (SLB, "Common error codes").
 *
 * @param is what a missing group means to the call
 */
export function missingClbGroup(is: 'already' | 'refused'): Meaning {
  return (code, _status, message) => {
    const missing =
      code === 'invalidloadbalancerid.notfound' ||
      code === 'invalidvservergroupid.notfound' ||
      (code === 'invalidparameter' && /ServerGroupId\b.*\bdoes not exist/i.test(message))
    return missing ? is : undefined
  }
}

/**
 * Tells a missing server group of ALB (`ResourceNotFound.ServerGroup`) or NLB (`ResourceNotFound.serverGroup`).
 *
 * @param is what a missing group means to the call
 */
export function missingServerGroup(is: 'already' | 'refused'): Meaning {
  return (code) => (code === 'resourcenotfound.servergroup' ? is : undefined)
}
