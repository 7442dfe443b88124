/** How to reach a sandbox: base URLs, names and keys. */
export interface SandboxAddress {
  readonly mns: string
  readonly sls: string
  readonly ecs: string
  readonly slb: string
  readonly alb: string
  readonly nlb: string
  readonly queue: string
  readonly project: string
  readonly logstore: string
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
}

/** A key that the services take; with a token it is a temporary (STS) one. */
export interface SandboxKey {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
}

/** Keys of a machine that nothing outside can reach. */
export const SANDBOX_KEYS = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' } as const

/** Who else has a key to its control plane, by access key id: whoever wants to do by hand what is no doing of the service. */
export const SANDBOX_PEOPLE = { 'sandbox-person': { secret: 'sandbox-person-secret', userName: 'alice' } } as const

/** What a sandbox has from the start. */
export const SANDBOX_NAMES = {
  queue: 'ecs-cms-event',
  project: 'ecs-audit-sandbox',
  logstore: 'ecs-events',
  region: 'cn-hangzhou'
} as const

/**
 * The queue's visibility timeout and the longest poll, s. Twice the poll covers the visibility timeout, so that
 * `run --until-empty` meets what a killed process had received before.
 */
export const SANDBOX_VISIBILITY_S = 6
export const SANDBOX_WAIT_S = 3
