import type { Config, QueueConfig } from '../../config/schema.ts'
import type { PermissionTarget } from './permission-table.ts'

/** Stands where the account's id belongs when the configuration does not tell it. */
export const UNKNOWN_ACCOUNT = '<account>'

/** Everything that setup makes is named so. */
const OWN_NAMES = 'ecs-audit-*'

/** The account's id, as the host name of a queue tells it (`<account>.mns.<region>.aliyuncs.com`). */
export function accountOf({ queues }: Pick<Config, 'queues'>): string {
  const labels = queues.map(({ endpoint }) => new URL(endpoint).hostname.split('.')[0] ?? '')
  return labels.find((label) => /^\d{8,20}$/.test(label)) ?? UNKNOWN_ACCOUNT
}

/** The resources of a target, as RAM names them. */
export function resourcesOf(target: PermissionTarget, config: Config): string[] {
  const account = accountOf(config)
  const { region, logstore, queues, actions } = config
  const sls = { region, account, project: logstore.project }
  const everyInstance = `acs:ecs:*:${account}:instance/*`
  switch (target) {
    case 'queue':
      return queues.map((queue) => queueResource(queue, config))
    case 'messages':
      return queues.map((queue) => `${queueResource(queue, config)}/messages`)
    case 'project':
    case 'logstore':
      return [slsResource(target, logstore.name, sls)]
    case 'savedsearch':
    case 'dashboard':
      return [slsResource(target, OWN_NAMES, sls)]
    case 'instances':
      return [everyInstance]
    case 'restarted-instances': {
      const { regions = ['*'], ids = ['*'] } = actions.restart.match
      return regions.flatMap((where) => ids.map((id) => `acs:ecs:${where}:${account}:instance/${id}`))
    }
    case 'new-instances':
      return [
        ...['instance/*', 'image/*', 'securitygroup/*', 'snapshot/*', 'keypair/*'].map(ecsResource(account)),
        `acs:ecs:*:${account}:launchtemplate/${actions.replace.launchTemplate || '*'}`,
        `acs:vpc:*:${account}:vswitch/*`
      ]
    // RAM asks for both sides of a membership (CLB, RemoveVServerGroupBackendServers, "Authorization").
    case 'clb-groups':
      return [`acs:slb:*:${account}:loadbalancer/*`, everyInstance]
    case 'alb-groups':
    case 'nlb-groups':
      return [`acs:${target.slice(0, 3)}:*:${account}:servergroup/*`, everyInstance]
    case 'anything':
      return ['*']
    default: {
      const never: never = target
      return never
    }
  }
}

/** What must hold of a resource: the tags of the opt-in (RAM, "Use tags to control access to ECS instances"). */
export function conditionOf(
  target: PermissionTarget,
  { actions }: Config
): Record<string, Record<string, string>> | undefined {
  const tags = Object.entries(actions.restart.match.tag ?? {})
  if (target !== 'restarted-instances' || tags.length === 0) return undefined
  return { StringEquals: Object.fromEntries(tags.map(([key, value]) => [`acs:ResourceTag/${key}`, value])) }
}

/** A resource of Simple Log Service, as RAM names it. */
export function slsResource(
  target: 'project' | 'logstore' | 'savedsearch' | 'dashboard',
  name: string,
  { region, account, project }: { region: string; account: string; project: string }
): string {
  const path = target === 'project' ? '' : `/${target}/${name}`
  return `acs:log:${region}:${account}:project/${project}${path}`
}

function ecsResource(account: string): (name: string) => string {
  return (name) => `acs:ecs:*:${account}:${name}`
}

/** The queue's own region, where its host name tells one: `<account>.mns.<region>[-internal].aliyuncs.com`. */
function queueResource({ endpoint, name }: QueueConfig, config: Config): string {
  const { hostname } = new URL(endpoint)
  const [, region = config.region] = /\.mns\.([a-z0-9-]+?)(?:-internal)?(?:-vpc)?\.aliyuncs\.com$/.exec(hostname) ?? []
  return `acs:mns:${region}:${accountOf(config)}:/queues/${name}`
}
