import type { Clock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { requireSdk } from './sdk.ts'

/** What signs a request. `securityToken` is '' for a long-lived key. */
export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
}

/** Where credentials come from; queue, logstore and control plane share one. */
export interface CredentialSource {
  /** The credentials valid now; cached until shortly before they expire. Rejects with an AuditError (`denied`) that says what to do. */
  get(): Promise<Credentials>
  /** Forgets what is cached, because a service refused it: the next `get()` asks anew. Asks at most once a second. */
  invalidate(): void
}

/** One fixed pair, for the sandbox. */
export function staticCredentials(accessKeyId: string, accessKeySecret: string, securityToken = ''): CredentialSource {
  const credentials: Credentials = { accessKeyId, accessKeySecret, securityToken }
  return { get: async () => credentials, invalidate: () => undefined }
}

export interface CachedCredentialsOptions {
  readonly clock: Clock
  /** Told of each failed refresh; the credentials of before go on being used unless a service has refused them. */
  readonly onRefreshFault?: (fault: AuditError) => void
}

/**
 * Credentials of the default chain of `@alicloud/credentials`: environment variables, OIDC, CLI profile, RAM role of
 * the ECS instance, credentials URI. The library is loaded by the first `get()`.
 */
export function defaultCredentials(options: CachedCredentialsOptions): CredentialSource {
  return cachedCredentials(openDefaultChain, options)
}

/** Opens a provider that remembers nothing yet, and returns how to ask it. What it throws is never shown: it may hold secrets. */
export type OpenProvider = () => () => Promise<Partial<Credentials>>

/**
 * A provider behind a cache: asked once a minute, after a failure or a refusal once a second at most; by one caller at a time,
 * for at most 10 seconds. While it is asked again, or fails, the credentials of before go on being used unless a service has
 * refused them.
 */
export function cachedCredentials(open: OpenProvider, options: CachedCredentialsOptions): CredentialSource {
  return new CachedCredentials(open, options)
}

/** Age after which the provider is asked again in the background. */
const FRESH_MS = 60_000

/**
 * Age after which callers wait for the answer. The library renews a session 15 minutes before it expires, so anything
 * younger than that is still valid.
 */
const USABLE_MS = 600_000

const MIN_INTERVAL_MS = 1_000
const TIMEOUT_MS = 10_000

class CachedCredentials implements CredentialSource {
  readonly #open: OpenProvider
  readonly #clock: Clock
  readonly #onRefreshFault: (fault: AuditError) => void
  #ask: (() => Promise<Partial<Credentials>>) | undefined
  #current: { readonly credentials: Credentials; readonly sinceMs: number } | undefined
  #refused = false
  #askedMs = Number.NEGATIVE_INFINITY
  #lastFault: AuditError | undefined
  #refreshing: Promise<void> | undefined

  constructor(open: OpenProvider, { clock, onRefreshFault }: CachedCredentialsOptions) {
    this.#open = open
    this.#clock = clock
    this.#onRefreshFault = onRefreshFault ?? (() => undefined)
  }

  async get(): Promise<Credentials> {
    const nowMs = this.#clock.elapsed()
    const ageMs = this.#current === undefined ? Number.POSITIVE_INFINITY : nowMs - this.#current.sinceMs
    if ((this.#refused || ageMs >= FRESH_MS) && nowMs - this.#askedMs >= MIN_INTERVAL_MS) this.#startRefresh(nowMs)
    if (this.#refused || ageMs >= USABLE_MS) await this.#refreshing
    if (this.#current !== undefined && !(this.#refused && this.#lastFault)) return this.#current.credentials
    throw this.#lastFault ?? new AuditError('internal', 'Cannot get credentials: the refresh ended without an outcome')
  }

  invalidate(): void {
    this.#refused = true
  }

  #startRefresh(nowMs: number): void {
    if (this.#refreshing !== undefined) return
    this.#askedMs = nowMs
    this.#refreshing = this.#refresh(this.#refused).finally(() => {
      this.#refreshing = undefined
    })
  }

  /** Never rejects: the outcome is in the fields. */
  async #refresh(afterRefusal: boolean): Promise<void> {
    try {
      // The library keeps a refused session until it expires: only a new provider asks anew.
      if (this.#ask === undefined || afterRefusal) this.#ask = this.#open()
      const credentials = complete(await withTimeout(this.#ask(), this.#clock))
      this.#current = { credentials, sinceMs: this.#clock.elapsed() }
      this.#lastFault = undefined
      if (afterRefusal) this.#refused = false
    } catch {
      // The library's default chain stays with the last source that it tried, even when every source failed.
      this.#ask = undefined
      this.#lastFault = new AuditError('denied', refreshFaultMessage())
      this.#onRefreshFault(this.#lastFault)
    }
  }
}

function complete({ accessKeyId, accessKeySecret, securityToken }: Partial<Credentials>): Credentials {
  if (!accessKeyId || !accessKeySecret) throw new Error('the provider gave no key')
  return { accessKeyId, accessKeySecret, securityToken: securityToken ?? '' }
}

async function withTimeout<Value>(work: Promise<Value>, clock: Clock): Promise<Value> {
  return await new Promise((resolve, reject) => {
    const cancel = clock.after(TIMEOUT_MS, () => reject(new Error('timed out')))
    work.finally(cancel).then(resolve, reject)
  })
}

const VARIABLES = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
  'ALIBABA_CLOUD_ROLE_ARN',
  'ALIBABA_CLOUD_OIDC_PROVIDER_ARN',
  'ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  'ALIBABA_CLOUD_ECS_METADATA',
  'ALIBABA_CLOUD_ECS_METADATA_DISABLED',
  'ALIBABA_CLOUD_CREDENTIALS_URI'
]

/** In our own words: the library's message may quote the answer that it could not use, secrets and all. */
function refreshFaultMessage(): string {
  const found = VARIABLES.filter((name) => process.env[name])
  return (
    'Cannot get Alibaba Cloud credentials within 10 s from environment variables, OIDC, CLI profile, RAM role or ' +
    `credentials URI: set are ${found.length === 0 ? 'none of their variables' : found.join(', ')}. Set ` +
    'ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or give the instance a RAM role'
  )
}

interface CredentialsModule {
  readonly default: new () => { getCredential(): Promise<Partial<Credentials>> }
}

function openDefaultChain(): () => Promise<Partial<Credentials>> {
  const { default: Chain } = requireSdk<CredentialsModule>('@alicloud/credentials')
  const chain = new Chain()
  return () => chain.getCredential()
}
