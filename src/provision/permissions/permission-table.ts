/** Who needs permissions: one RAM user or role each, or one for several. */
export const ROLES = {
  service: '`run`',
  auditor: '`query`, `released`, `view`, `reconcile`',
  setup: '`setup`',
  doctor: '`doctor`, beside what the service needs',
  sender: '`send`'
} as const satisfies Record<string, string>

export type Role = keyof typeof ROLES

/** What must be switched on for a permission to be needed, as a person would say it. */
export const NEEDS = {
  always: 'always',
  actions: 'an action is switched on, or one of your own is given',
  'built-in': 'an action is switched on',
  restart: '`actions.restart.enabled`',
  'respect-people': '`actions.restart.respectPeople`',
  drain: '`actions.drain.enabled`',
  replace: '`actions.replace.enabled`',
  balancers: '`actions.drain.enabled` or `actions.replace.enabled`',
  snapshots: '`snapshots.enabled`',
  'create-project': '`setup --create-project`',
  record: '`reconcile --record`',
  'template-role': 'the launch template of replacements sets a RAM role'
} as const satisfies Record<string, string>

export type Need = keyof typeof NEEDS

/** What a permission is on. */
export type PermissionTarget =
  | 'queue'
  | 'messages'
  | 'project'
  | 'logstore'
  | 'savedsearch'
  | 'dashboard'
  | 'instances'
  | 'restarted-instances'
  | 'new-instances'
  | 'clb-groups'
  | 'alb-groups'
  | 'nlb-groups'
  /** RAM knows the action for no single resource. */
  | 'anything'

export interface PermissionRow {
  readonly roles: readonly Role[]
  readonly need: Need
  readonly actions: readonly string[]
  readonly on: PermissionTarget
  /** What for, as the end of a sentence that begins with "to". */
  readonly to: string
  /** It changes something: not needed while `actions.dryRun` is set. */
  readonly changes?: true
}

const of = (product: string, ...names: readonly string[]): string[] => names.map((name) => `${product}:${name}`)

const SERVER_GROUP_READS = ['ListServerGroups', 'ListServerGroupServers', 'ListListeners', 'GetListenerHealthStatus']
const SERVER_GROUP_DRAINS = ['UpdateServerGroupServersAttribute', 'RemoveServersFromServerGroup']

/**
 * Every permission that this program uses, and when. The one place where they are listed: policies, documents and advice are
 * made of it, and a test holds the calls of the code against it.
 *
 * Queue: pages and published policies name the batch forms by either of two actions, so both are allowed. Sources: "Custom
 * policies for SMQ"; "RAM action list" of Simple Log Service; the authorization tables of the ECS, CLB, ALB, NLB and
 * ActionTrail API references.
 */
export const PERMISSIONS: readonly PermissionRow[] = [
  {
    roles: ['service'],
    need: 'always',
    actions: of(
      'mns',
      ...['ReceiveMessage', 'BatchReceiveMessage', 'DeleteMessage', 'BatchDeleteMessage', 'ChangeMessageVisibility']
    ),
    on: 'messages',
    to: 'receive messages, hold them, and delete them when they are stored'
  },
  {
    roles: ['service'],
    need: 'actions',
    actions: ['mns:SendMessage'],
    on: 'messages',
    to: 'leave follow-ups: delayed messages to itself'
  },
  { roles: ['service'], need: 'always', actions: ['log:PostLogStoreLogs'], on: 'logstore', to: 'store records' },
  {
    roles: ['service'],
    need: 'built-in',
    actions: ['log:GetLogStoreLogs'],
    on: 'logstore',
    to: 'know what was done before, by other replicas too'
  },
  {
    roles: ['service'],
    need: 'built-in',
    actions: ['ecs:DescribeInstances'],
    on: 'instances',
    to: 'look at an instance before something is done'
  },
  {
    roles: ['service'],
    need: 'snapshots',
    actions: ['ecs:DescribeInstances'],
    on: 'instances',
    to: 'record type, zone, tags and addresses'
  },
  {
    roles: ['service'],
    need: 'restart',
    actions: ['ecs:StartInstance'],
    on: 'restarted-instances',
    to: 'restart; bound to the tags, ids and regions of the opt-in, so that RAM enforces it too',
    changes: true
  },
  {
    roles: ['service'],
    need: 'respect-people',
    actions: ['actiontrail:LookupEvents'],
    on: 'anything',
    to: 'ask whether a person stopped an instance'
  },
  {
    roles: ['service'],
    need: 'balancers',
    actions: [
      ...of('slb', 'DescribeLoadBalancers', 'DescribeLoadBalancerAttribute', 'DescribeVServerGroups'),
      ...of('slb', 'DescribeVServerGroupAttribute', 'DescribeMasterSlaveServerGroups'),
      ...of('slb', 'DescribeMasterSlaveServerGroupAttribute', 'DescribeHealthStatus'),
      ...of('alb', ...SERVER_GROUP_READS),
      ...of('nlb', ...SERVER_GROUP_READS)
    ],
    on: 'anything',
    to: 'find the server groups of an instance, and their health'
  },
  {
    roles: ['service'],
    need: 'drain',
    actions: [
      ...of('slb', 'SetVServerGroupAttribute', 'SetBackendServers'),
      ...of('slb', 'RemoveVServerGroupBackendServers', 'RemoveBackendServers')
    ],
    on: 'clb-groups',
    to: 'take an instance out of CLB server groups',
    changes: true
  },
  {
    roles: ['service'],
    need: 'drain',
    actions: of('alb', ...SERVER_GROUP_DRAINS),
    on: 'alb-groups',
    to: 'take an instance out of ALB server groups',
    changes: true
  },
  {
    roles: ['service'],
    need: 'drain',
    actions: of('nlb', ...SERVER_GROUP_DRAINS),
    on: 'nlb-groups',
    to: 'take an instance out of NLB server groups',
    changes: true
  },
  {
    roles: ['service'],
    need: 'replace',
    actions: ['ecs:RunInstances', 'ecs:TagResources'],
    on: 'new-instances',
    to: 'buy a replacement and mark it',
    changes: true
  },
  {
    roles: ['service'],
    need: 'replace',
    actions: of('slb', 'AddVServerGroupBackendServers', 'AddBackendServers'),
    on: 'clb-groups',
    to: 'put a replacement into CLB server groups',
    changes: true
  },
  {
    roles: ['service'],
    need: 'replace',
    actions: ['alb:AddServersToServerGroup'],
    on: 'alb-groups',
    to: 'put a replacement into ALB server groups',
    changes: true
  },
  {
    roles: ['service'],
    need: 'replace',
    actions: ['nlb:AddServersToServerGroup'],
    on: 'nlb-groups',
    to: 'put a replacement into NLB server groups',
    changes: true
  },
  {
    roles: ['service'],
    need: 'template-role',
    actions: ['ram:PassRole'],
    on: 'anything',
    to: 'give a replacement the RAM role that its launch template names',
    changes: true
  },
  { roles: ['auditor'], need: 'always', actions: ['log:GetLogStoreLogs'], on: 'logstore', to: 'ask questions' },
  {
    roles: ['auditor'],
    need: 'always',
    actions: ['ecs:DescribeInstances'],
    on: 'instances',
    to: 'compare the log with the instances that exist (`reconcile`)'
  },
  {
    roles: ['auditor'],
    need: 'record',
    actions: ['log:PostLogStoreLogs'],
    on: 'logstore',
    to: 'record what was missed'
  },
  {
    roles: ['setup'],
    need: 'always',
    actions: of('log', 'GetLogStore', 'CreateLogStore', 'UpdateLogStore', 'GetIndex', 'CreateIndex', 'UpdateIndex'),
    on: 'logstore',
    to: 'make or update the logstore and its index'
  },
  {
    roles: ['setup'],
    need: 'always',
    actions: of('log', 'GetSavedSearch', 'CreateSavedSearch', 'UpdateSavedSearch'),
    on: 'savedsearch',
    to: 'make or update saved searches'
  },
  {
    roles: ['setup'],
    need: 'always',
    actions: of('log', 'GetDashboard', 'UpdateDashboard'),
    on: 'dashboard',
    to: 'read or update dashboards'
  },
  {
    roles: ['setup'],
    need: 'always',
    actions: of('log', 'CreateDashboard', 'GetAlert', 'CreateAlert', 'UpdateAlert'),
    on: 'anything',
    to: 'make dashboards, and make or update alerts'
  },
  {
    roles: ['setup'],
    need: 'create-project',
    actions: ['log:CreateProject'],
    on: 'project',
    to: 'make the SLS project'
  },
  {
    roles: ['doctor'],
    need: 'always',
    actions: ['mns:GetQueueAttributes'],
    on: 'queue',
    to: "read the queue's attributes"
  },
  {
    roles: ['doctor'],
    need: 'always',
    actions: of('log', 'GetLogStore', 'GetIndex', 'GetLogStoreLogs'),
    on: 'logstore',
    to: 'look at the logstore and its index, and whether records arrive'
  },
  {
    roles: ['sender'],
    need: 'always',
    actions: ['mns:SendMessage', 'mns:BatchSendMessage'],
    on: 'messages',
    to: 'put events on the queue'
  }
]
