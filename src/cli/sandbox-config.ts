import { stringify } from 'yaml'
import { SANDBOX_VISIBILITY_S, SANDBOX_WAIT_S, type SandboxAddress } from '../sandbox/address.ts'

/** A configuration file that points every command at a sandbox. */
export function sandboxConfig(address: SandboxAddress): string {
  return stringify(sandboxTree(address))
}

/** The same as a tree of options. */
export function sandboxTree(address: SandboxAddress) {
  return {
    region: address.region,
    queue: {
      endpoint: address.mns,
      name: address.queue,
      waitSeconds: SANDBOX_WAIT_S,
      visibility: `${SANDBOX_VISIBILITY_S}s`
    },
    logstore: {
      endpoint: address.sls,
      project: address.project,
      name: address.logstore,
      batch: { linger: '500ms' },
      breaker: { resetAfter: '1s' }
    },
    endpoints: {
      ecs: address.ecs,
      slb: address.slb,
      alb: address.alb,
      nlb: address.nlb,
      // The control plane is one service at one address.
      actiontrail: address.ecs
    },
    http: { port: 0 },
    credentials: { accessKeyId: address.accessKeyId, accessKeySecret: address.accessKeySecret }
  }
}
