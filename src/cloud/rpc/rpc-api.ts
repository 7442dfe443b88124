import type { ApiOutcome, CallLimits } from '../api-outcome.ts'

/** What a refusal means to a call. `undefined`: as the code's own class says. */
export type RefusalMeaning = 'already' | 'busy' | 'refused' | 'unavailable' | undefined

export interface RpcRequest {
  /** `StartInstance`. */
  readonly action: string
  /** Parameters; arrays and objects are flattened as the service wants them: `Servers.1.ServerId`. */
  readonly query: Readonly<Record<string, unknown>>
  /** False for a call that must not be repeated when its outcome is unknown: the caller looks first. */
  readonly repeatable: boolean
  readonly limits: CallLimits
  /** Told the service's code (lower case), HTTP status and message, for codes that mean something special to this call. */
  readonly meaning?: (code: string, status: number, message: string) => RefusalMeaning
}

/** One product of the control plane in one region. No method throws for what the service does. */
export interface RpcApi {
  /** The answer's JSON object as the service wrote it (PascalCase). */
  call(request: RpcRequest): Promise<ApiOutcome<Readonly<Record<string, unknown>>>>
  /** Closes connections and breaker. Idempotent. */
  close(): Promise<void>
}
