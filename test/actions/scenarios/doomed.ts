import { until } from '../../pipeline/stage.ts'
import type { Scene } from './scene.ts'

/**
 * Preemptible instances that run, each beside a lasting one in a server group of its own: of CLB, ALB and NLB by turns.
 *
 * @returns the group of each instance
 */
export async function createDoomed(scene: Scene, count: number): Promise<ReadonlyMap<string, string>> {
  const { clb, alb, nlb } = scene.sandbox.balancers
  const stays = await scene.running('i-bp1stays')
  clb.createLoadBalancer({ id: 'lb-1' })
  const ids = Array.from({ length: count }, (_, index) => `i-bp1doomed${String(index).padStart(4, '0')}`)
  for (const instanceId of ids) {
    scene.sandbox.fleet.create({ instanceId, tags: {}, spotStrategy: 'SpotAsPriceGo', regionId: 'cn-hangzhou' })
  }
  await until(() => ids.every((id) => scene.stateOf(id) === 'Running'))
  const groups = ids.map((id, index): [string, string] => {
    const servers = [id, stays].map((serverId) => ({ serverId, port: 80 }))
    if (index % 3 === 0) return [id, clb.createVServerGroup('lb-1', { servers })]
    return [id, (index % 3 === 1 ? alb : nlb).createServerGroup({ servers })]
  })
  return new Map(groups)
}

/** When the first change of a group was accepted by its load balancer, epoch ms. */
export function firstChangeMs({ sandbox }: Scene, groupId: string): number | undefined {
  return sandbox.balancers.changes.find((change) => change.groupId === groupId)?.atMs
}

/** Half of the values are no larger than `p50`, and so on. */
export function quantiles(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
