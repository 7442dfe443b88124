import type { CredentialSource } from '../cloud/credentials.ts'
import type { Clock } from '../lib/clock.ts'

/** How a project is reached. */
export interface SlsOptions {
  /** `https://cn-hangzhou.log.aliyuncs.com`; plain http for loopback addresses only. */
  readonly endpoint: string
  /** `cn-hangzhou`; part of every signature. */
  readonly region: string
  readonly project: string
  readonly credentials: CredentialSource
  readonly clock: Clock
}

/** For one exchange, milliseconds, when the caller says nothing else. */
export const DEFAULT_TIMEOUT_MS = 10_000
