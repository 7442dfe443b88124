import type { FaultRule } from '../faults.ts'

/** The parameters of one RPC call, flattened as on the wire: `Tag.1.Key`, `Servers.2.Port`, `InstanceIds` (a JSON text). */
export interface RpcParameters {
  /** A text; '' when it was not given. */
  text(name: string): string
  /**
   * A whole number, or `otherwise` when it was not given.
   *
   * @throws RpcError 400 InvalidParameter for anything else
   */
  number(name: string, otherwise: number): number
  /** The texts `name.1`, `name.2`, ... in order. */
  list(name: string): string[]
  /** The objects `name.1.Key`, `name.1.Value`, ... in order, each by its last steps. */
  objects(name: string): Array<Readonly<Record<string, string>>>
  /** All of them, by name: what idempotence compares. */
  readonly all: ReadonlyMap<string, string>
}

/** Whose key a call was signed with. */
export interface RpcCaller {
  readonly accessKeyId: string
  /** Of a RAM user: `alice`. */
  readonly userName: string
}

export interface RpcCall {
  /** `StartInstance`. */
  readonly action: string
  readonly parameters: RpcParameters
  readonly caller: RpcCaller
  /** Unique; goes into the answer as RequestId. */
  readonly requestId: string
  /** The fault that hit this call, for the kinds that only the product itself can play. */
  readonly fault: FaultRule | undefined
}

/** A refusal, in the service's own words. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Carries out one action and gives its answer without RequestId. Throws RpcError for what the service refuses. */
export type RpcOperation = (call: RpcCall) => object | Promise<object>

/** One product of the control plane: its API version and what it can do, by action. */
export interface RpcProduct {
  /** The name that fault rules use. */
  readonly name: 'ecs' | 'slb' | 'alb' | 'nlb' | 'actiontrail'
  /** `2014-05-26`; a call that names another is refused. */
  readonly version: string
  readonly operations: Readonly<Record<string, RpcOperation>>
  /** HTTP status of one of its error codes: for fault rules. Undefined: 400. */
  readonly statusOf: (code: string) => number | undefined
}
