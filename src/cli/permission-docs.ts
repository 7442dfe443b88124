import { type Config, configSchema } from '../config/schema.ts'
import { NEEDS, PERMISSIONS, type PermissionTarget, ROLES } from '../provision/permissions/permission-table.ts'
import { policyOf } from '../provision/permissions/policies.ts'
import { markdownTable } from './markdown-table.ts'

const TARGETS: Readonly<Record<PermissionTarget, string>> = {
  queue: 'the queues',
  messages: 'messages of the queues',
  project: 'the project',
  logstore: 'the logstore',
  savedsearch: 'saved searches `ecs-audit-*`',
  dashboard: 'dashboards `ecs-audit-*`',
  instances: 'instances',
  'restarted-instances': 'instances of the opt-in',
  'new-instances': 'instances, and what they are made of',
  'clb-groups': 'load balancers and instances',
  'alb-groups': 'server groups and instances',
  'nlb-groups': 'server groups and instances',
  anything: '`*`'
}

/** The tables and policies of the documentation that tell permissions. */
export function permissionDocs(): Readonly<Record<string, string>> {
  const example = exampleConfig()
  return {
    permissions: markdownTable(
      ['role', 'needed when', 'actions', 'on', 'to'],
      PERMISSIONS.map(({ roles, need, actions, on, to }) => [
        roles.join(', '),
        NEEDS[need],
        actions.map((action) => `\`${action}\``).join(', '),
        TARGETS[on],
        to
      ])
    ),
    roles: markdownTable(
      ['role', 'for'],
      Object.entries(ROLES).map(([role, commands]) => [role, commands])
    ),
    'policy-service': codeBlock(policyOf('service', example), '   '),
    'policy-setup': codeBlock(policyOf('setup', example), '')
  }
}

/** The configuration of the README: events are recorded, nothing else is switched on. */
function exampleConfig(): Config {
  return configSchema.parse({
    region: 'cn-hangzhou',
    queues: [{ endpoint: 'https://account.mns.cn-hangzhou.aliyuncs.com', name: 'ecs-cms-event' }],
    logstore: { endpoint: 'https://cn-hangzhou.log.aliyuncs.com', project: 'my-audit', name: 'ecs-events' }
  })
}

function codeBlock(content: unknown, indent: string): string {
  const lines = ['```json', ...JSON.stringify(content, null, 2).split('\n'), '```']
  return lines.map((line) => `${indent}${line}`).join('\n')
}
