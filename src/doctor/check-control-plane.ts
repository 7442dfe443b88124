import type { ApiOutcome, CallLimits } from '../cloud/api-outcome.ts'
import { describeFault } from '../cloud/fault.ts'
import type { RegionalCloud } from '../cloud/regional-cloud.ts'
import { calledProducts } from '../config/called-products.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../lib/clock.ts'
import { neededRows } from '../provision/permissions/policies.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

/** For all that is asked of one product, ms. */
const CALL_MS = 15_000

/** No instance has this id. */
const NO_INSTANCE = 'i-ecsauditdoctor'

/** Reads what the switched-on features read. What would change something is named, not tried. */
export async function checkControlPlane(
  config: Config,
  { cloud, clock, signal }: { cloud: RegionalCloud; clock: Clock; signal: AbortSignal }
): Promise<Finding[]> {
  const needed = calledProducts(config)
  const limits = (): CallLimits => ({ deadlineMs: clock.elapsed() + CALL_MS, signal })
  const findings: Finding[] = []
  if (needed.includes('ecs')) {
    const outcome = await cloud.compute(config.region).count(limits())
    findings.push(outcomeFinding('ecs', outcome, (count) => `${count} instances in ${config.region}`))
  }
  if (needed.includes('slb')) findings.push(...(await balancerFindings(config, cloud, limits())))
  if (needed.includes('actiontrail')) {
    const question = { instanceId: NO_INSTANCE, regionId: config.region, sinceMs: clock.now() - 600_000 }
    const outcome = await cloud.trail(config.region).stoppedBy(question, limits())
    findings.push(outcomeFinding('actiontrail', outcome, () => 'it answers'))
  }
  const changes = neededRows('service', config).filter((row) => row.changes === true)
  const untried = changes.flatMap(({ actions }) => actions)
  if (untried.length > 0)
    findings.push(skipped('permissions to act', `not tried, as they would change something: ${untried.join(', ')}`))
  return findings
}

/** Looks for the server groups of no instance at all, as a drain does. */
async function balancerFindings({ region }: Config, cloud: RegionalCloud, limits: CallLimits): Promise<Finding[]> {
  const instance = { instanceId: NO_INSTANCE, networkInterfaceIds: [], privateIps: [], vpcId: '' }
  const { missed } = await cloud.balancing(region).find(instance, 'discover', limits)
  return (['clb', 'alb', 'nlb'] as const).map((kind) => {
    const [first] = missed.filter((group) => group.kind === kind)
    if (first === undefined) return ok(kind, `server groups in ${region} can be searched`)
    const option = kind === 'clb' ? 'slb' : kind
    return problem(kind, first.reason, todoOf(option))
  })
}

function outcomeFinding<Value>(
  product: 'ecs' | 'actiontrail',
  outcome: ApiOutcome<Value>,
  says: (value: Value) => string
): Finding {
  if (outcome.kind === 'done') return ok(product, says(outcome.value))
  return outcome.fault.class === 'aborted'
    ? skipped(product, 'given up')
    : problem(product, describeFault(outcome.fault), todoOf(product))
}

function todoOf(product: string): string {
  return `Check endpoints.${product} and region, and that the RAM user or role may ask (ecs-audit permissions --role service).`
}
