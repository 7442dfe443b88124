import { stringify } from 'yaml'
import { REPLACES_TAG } from '../actions/replace/tags.ts'
import type { Clock } from '../lib/clock.ts'
import { createDemoFleet } from '../sandbox/fleet/demo-fleet.ts'
import type { Fleet } from '../sandbox/fleet/fleet.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { sandboxTree } from './sandbox-config.ts'

/** How far back the simulated past goes, ms. */
export const HISTORY_MS = 3 * 3_600_000
/** How often new instances are put into server groups, ms. */
const BALANCE_MS = 250

/** The fleet's past is sent at once, then it lives on in real time. */
export function openFleet(size: number, clock: Clock): Fleet {
  const seed = Math.floor(clock.random() * 2 ** 31)
  return createDemoFleet({ seed, nowMs: clock.now(), size, historyMs: HISTORY_MS })
}

/** The configuration of the demo: every action for real, in steps as quick as the simulated lives. */
export function demoConfig({ address }: Sandbox): string {
  const match = { all: true }
  return stringify({
    ...sandboxTree(address),
    snapshots: { enabled: true, delay: '15s' },
    actions: {
      dryRun: false,
      restart: { enabled: true, match, settle: '1s', checkAfter: '2s' },
      drain: { enabled: true, match, notice: '10s', grace: '2s', reserve: '3s', refresh: '10s' },
      replace: { enabled: true, match, launchTemplate: 'lt-sandbox', checkAfter: '1s', maxPerHour: 1_000 }
    }
  })
}

/**
 * A classic load balancer, an ALB and an NLB serve what runs: each preemptible instance is put into two of their groups.
 *
 * @returns ends it
 */
export function balance({ balancers, fleet }: Sandbox, clock: Clock): () => void {
  const { clb, alb, nlb } = balancers
  const loadBalancer = clb.createLoadBalancer()
  const vServerGroup = clb.createVServerGroup(loadBalancer, { name: 'web' })
  clb.createListener(loadBalancer, { port: 80, groupId: vServerGroup })
  const [api, stream] = [alb.createServerGroup({ name: 'api' }), nlb.createServerGroup({ name: 'stream' })]
  alb.createListener({ groupIds: [api], port: 8_080 })
  nlb.createListener({ groupIds: [stream], port: 9_000 })
  const placed = new Set<string>()
  const place = (): void => {
    for (const { instanceId: serverId, state, spotStrategy, recycling, tags } of fleet.list()) {
      // Replacements the service itself puts into their groups.
      const serves = state === 'Running' && spotStrategy !== 'NoSpot' && !recycling
      if (!serves || placed.has(serverId) || Object.hasOwn(tags, REPLACES_TAG)) continue
      placed.add(serverId)
      clb.place(vServerGroup, [{ serverId, port: 80, weight: 50 }])
      if (placed.size % 2 === 0) alb.place(api, [{ serverId, port: 8_080, weight: 100 }])
      else nlb.place(stream, [{ serverId, port: 9_000, weight: 100 }])
    }
    cancel = clock.after(BALANCE_MS, place)
  }
  let cancel = clock.after(0, place)
  return () => cancel()
}
