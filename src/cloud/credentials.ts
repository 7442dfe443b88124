/** What signs a request. `securityToken` is '' for a long-lived key. */
export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
}

/** Where credentials come from; both adapters (queue and logstore) and later the control plane share one. */
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
