import type { ApiOutcome } from '../../cloud/api-outcome.ts'
import type { Backend, Balancing, GroupRef, Membership } from '../../cloud/balancing.ts'
import type { Compute, Instance } from '../../cloud/compute.ts'
import type { MatchConfig } from '../../config/actions-schema.ts'
import type { ActionJournal } from '../journal.ts'

/** A cloud on paper: it answers every question as a file tells, or as the rules hope, and can't be changed. */
export interface AssumedCloud {
  readonly compute: Compute
  readonly balancing: Balancing
  readonly journal: ActionJournal
}

/** Stands for the server groups that only a real search finds. */
const ANY_GROUP: GroupRef = { kind: 'clb', role: 'group', groupId: '(every group found)' }

/** Whoever else serves in a group. */
const OTHER = backendOf('i-another')

/** @param describe what is assumed of an instance */
export function assumedCloud(describe: (instanceId: string) => Instance | undefined): AssumedCloud {
  const done = async <Value>(value: Value): Promise<ApiOutcome<Value>> => ({ kind: 'done', value })
  const never = (): never => {
    throw new Error('a cloud on paper was to be changed')
  }
  const compute: Compute = {
    describe: (instanceId) => done(describe(instanceId)),
    findByTags: () => done([]),
    count: () => done(1_000),
    start: never,
    run: never,
    tag: never
  }
  const balancing: Balancing = {
    find: async ({ instanceId }, groups) => {
      const named = groups === 'discover' ? [ANY_GROUP] : groups.map(groupOf)
      return { memberships: named.map((group) => membership(group, instanceId)), missed: [] }
    },
    backends: () => done([OTHER]),
    health: () => done([{ backend: OTHER, health: 'healthy' as const }]),
    warm: async () => undefined,
    setWeight: never,
    remove: never,
    add: never
  }
  const nothing = async () => ({ entries: [], complete: true })
  const journal: ActionJournal = {
    ofInstance: nothing,
    intents: nothing,
    ofEvent: nothing,
    stoppedInstances: async () => ({ byRegion: new Map(), complete: true }),
    instanceEvents: async () => []
  }
  return { compute, balancing, journal }
}

/** The instance of an event as a rule hopes to find it: opted in, stopped, with nothing that speaks against acting. */
export function hopedFor(instanceId: string, regionId: string, match: MatchConfig): Instance {
  const tags = Object.fromEntries(
    Object.entries(match.tag ?? {}).map(([key, value]) => [key, value === '*' ? '' : value])
  )
  return {
    instanceId,
    regionId,
    name: match.name ?? '',
    zoneId: '',
    status: 'Stopped',
    stoppedMode: 'KeepCharging',
    locks: [],
    chargeType: 'PostPaid',
    spotStrategy: 'NoSpot',
    spotInterruptionBehavior: 'Terminate',
    createdMs: undefined,
    expiresMs: undefined,
    autoReleaseMs: undefined,
    tags,
    instanceType: '',
    vpcId: '',
    vSwitchId: '',
    imageId: '',
    resourceGroupId: '',
    privateIps: [],
    publicIps: [],
    networkInterfaceIds: []
  }
}

function groupOf(groupId: string): GroupRef {
  if (groupId.startsWith('lb-')) return { kind: 'clb', role: 'default', groupId }
  return { kind: groupId.startsWith('sgp-') ? 'alb' : 'clb', role: 'group', groupId }
}

function membership(group: GroupRef, serverId: string): Membership {
  return { group, backend: backendOf(serverId) }
}

function backendOf(serverId: string): Backend {
  return { serverId, serverType: 'ecs', serverIp: '', port: undefined, weight: 100, description: '' }
}
