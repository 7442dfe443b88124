import type { ServerGroup } from '../../../src/actions/drain/server-group.ts'
import type { Chance } from '../../../src/sandbox/fleet/chance.ts'

/** A server group of any kind with entries of an instance. */
export function someGroup(chance: Chance, serverId: string, wanted?: 'primary-secondary'): ServerGroup {
  const kind = wanted === undefined ? chance.pick(['clb', 'alb', 'nlb'] as const) : 'clb'
  const isDefault = wanted === undefined && kind === 'clb' && chance.happens(0.3)
  const groupId = `${isDefault ? 'lb' : kind === 'clb' ? 'rsp' : 'sgp'}-${chance.text(8)}`
  const backends = Array.from({ length: isDefault ? 1 : chance.between(1, 3) }, (_, index) => ({
    ...{ serverId, serverType: 'ecs', serverIp: '' },
    ...{ port: isDefault ? undefined : 80 + index, weight: chance.between(0, 100) },
    // What a query takes out of the record must not be mistaken for this.
    description: chance.pick(['', 'web', 'a "port":1 that is none'])
  }))
  return { group: { kind, role: wanted ?? (isDefault ? 'default' : 'group'), groupId }, backends }
}
