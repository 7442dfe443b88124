import type { Chance } from '../../src/sandbox/fleet/chance.ts'
import type { World } from './world.ts'

const SPOTS = 12
const OTHERS = 6

/** Instances that give the actions something to do: preemptible ones in server groups, and ones that are to be restarted. */
export class FleetLife {
  readonly #world: World
  readonly #chance: Chance
  readonly #doomed: string[]
  readonly #restarted: string[]

  constructor(world: World, chance: Chance) {
    this.#world = world
    this.#chance = chance
    const { fleet, balancers } = world.sandbox
    const common = { regionId: 'cn-hangzhou' }
    const name = (kind: string, index: number): string => `i-bp1${kind}${index}`
    this.#doomed = Array.from({ length: SPOTS }, (_, index) => name('spot', index))
    this.#restarted = Array.from({ length: OTHERS }, (_, index) => name('back', index))
    for (const instanceId of this.#doomed) {
      fleet.create({ ...common, instanceId, tags: {}, spotStrategy: 'SpotAsPriceGo' })
    }
    for (const instanceId of this.#restarted) {
      fleet.create({ ...common, instanceId, tags: { 'ecs-audit': 'restart' }, spotStrategy: 'NoSpot' })
    }
    const { clb, alb, nlb } = balancers
    clb.createLoadBalancer({ id: 'lb-1' })
    for (const [index, serverId] of this.#doomed.entries()) {
      const servers = [{ serverId, port: 80 }]
      if (index % 3 === 0) clb.createVServerGroup('lb-1', { servers })
      else (index % 3 === 1 ? alb : nlb).createServerGroup({ servers })
    }
  }

  /** Something happens that calls for an action: a notice, which the result is, or a crash, which the fleet tells of. */
  happen(): string | undefined {
    const { fleet } = this.#world.sandbox
    const instanceId = this.#chance.happens(0.6) ? this.#doomed.shift() : undefined
    if (instanceId !== undefined) return notice(instanceId)
    fleet.crash(this.#chance.pick(this.#restarted))
    return undefined
  }
}

/** The body of an interruption notice as CloudMonitor sends it, of now. */
function notice(instanceId: string): string {
  return JSON.stringify({
    ver: '1.0',
    id: `NOTICE-${instanceId}`,
    product: 'ECS',
    resourceId: `acs:ecs:cn-hangzhou:1100220033004400:instance/${instanceId}`,
    level: 'WARN',
    name: 'Instance:PreemptibleInstanceInterruption',
    userId: '1100220033004400',
    eventTime: new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/[-:]/g, '').replace('Z', '+0800'),
    regionId: 'cn-hangzhou',
    content: { instanceId, action: 'delete' }
  })
}
