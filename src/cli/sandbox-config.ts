import { stringify } from 'yaml'
import { SANDBOX_VISIBILITY_S, SANDBOX_WAIT_S, type SandboxAddress } from '../sandbox/address.ts'

/** By this first line `--write-config` knows a file as one of its own, which it may write anew. */
const MARK =
  '# Written by "ecs-audit sandbox --write-config", which overwrites it: take this line out to keep your changes.\n'

/** A configuration file that points every command at a sandbox. */
export function sandboxConfig(address: SandboxAddress): string {
  const tree = sandboxTree(address)
  // With the linger, a put stays within the queue's visibility timeout, as "doctor" asks.
  return `${MARK}${stringify({ ...tree, logstore: { ...tree.logstore, timeout: '5s' } })}`
}

/** Whether a file may be written over: it is a sandbox's own, or says nothing. */
export function isReplaceable(text: string): boolean {
  return text.startsWith(MARK) || text.trim() === ''
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
