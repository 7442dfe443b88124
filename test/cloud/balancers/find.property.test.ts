import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Membership } from '../../../src/cloud/balancing.ts'
import type { RpcApi } from '../../../src/cloud/rpc/rpc-api.ts'
import type { Balancers } from '../../../src/sandbox/control/balancers/balancers.ts'
import { instanceOf, MAX_AGE_MS, type Scene, startScene, VPC } from './balancing-scene.ts'

/** Instance 4 has the address of instance 1, in another VPC. */
const INSTANCES = [instanceOf(1), instanceOf(2), instanceOf(3), { ...instanceOf(1, 'vpc-2'), ...idsOf(4) }]

function idsOf(number: number): { instanceId: string; networkInterfaceIds: string[] } {
  return { instanceId: `i-${number}`, networkInterfaceIds: [`eni-${number}`] }
}

interface Entry {
  readonly instance: number
  readonly by: 'id' | 'eni'
  readonly port: number
}

interface World {
  /** Load balancers: the default group, vServer groups, and a primary/secondary group or none. */
  readonly clb: ReadonlyArray<{
    readonly members: readonly number[]
    readonly groups: ReadonlyArray<readonly Entry[]>
    readonly primary: readonly [number, number] | undefined
  }>
  readonly alb: readonly Group[]
  readonly nlb: readonly Group[]
}

type Group = { readonly servers: readonly Entry[] } | { readonly vpc: string; readonly addresses: readonly number[] }

const instance = fc.integer({ min: 1, max: 4 })
const entry = fc.record({ instance, by: fc.constantFrom('id', 'eni'), port: fc.constantFrom(80, 81, 443) })
const entries = fc.uniqueArray(entry, {
  maxLength: 6,
  selector: ({ instance, by, port }) => `${instance} ${by} ${port}`
})
const group: fc.Arbitrary<Group> = fc.oneof(
  fc.record({ servers: entries }),
  fc.record({
    vpc: fc.constantFrom(VPC, 'vpc-2'),
    addresses: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 })
  })
)
const world: fc.Arbitrary<World> = fc.record({
  clb: fc.array(
    fc.record({
      members: fc.uniqueArray(instance, { maxLength: 3 }),
      groups: fc.array(entries, { maxLength: 4 }),
      primary: fc.option(fc.constant([1, 2] as const), { nil: undefined })
    }),
    { maxLength: 4 }
  ),
  alb: fc.array(group, { maxLength: 4 }),
  nlb: fc.array(group, { maxLength: 4 })
})

function serverIdOf({ instance: number, by }: Entry): string {
  return by === 'id' ? `i-${number}` : `eni-${number}`
}

/** A group keeps its VPC: the same id never comes back in another. */
function groupIdOf(product: string, index: number, group: Group): string {
  return `sgp-${product}-${index}-${'vpc' in group ? group.vpc : 'servers'}`
}

/** Makes the sandbox's load balancers this world's. */
function build({ clb, alb, nlb }: Balancers, wanted: World): void {
  for (const { id } of clb.loadBalancers()) clb.deleteLoadBalancer(id)
  for (const [index, { members, groups, primary }] of wanted.clb.entries()) {
    const id = clb.createLoadBalancer({ id: `lb-${index}` })
    clb.place(
      id,
      members.map((number) => ({ serverId: `i-${number}` }))
    )
    for (const [at, servers] of groups.entries()) {
      const typed = servers.map((server) => ({
        serverId: serverIdOf(server),
        port: server.port,
        type: server.by === 'id' ? 'ecs' : 'eni'
      }))
      clb.createVServerGroup(id, { id: `rsp-${index}-${at}`, servers: typed })
    }
    if (primary !== undefined) {
      const [one, two] = primary
      clb.createMasterSlaveGroup(
        id,
        [
          { serverId: `i-${one}`, port: 90 },
          { serverId: `i-${two}`, port: 90 }
        ],
        `rsp-${index}-ps`
      )
    }
  }
  for (const [product, groups] of [
    [alb, wanted.alb],
    [nlb, wanted.nlb]
  ] as const) {
    for (const { id } of product.groups()) product.deleteServerGroup(id)
    for (const [index, group] of groups.entries()) {
      const id = groupIdOf(product.dialect.product, index, group)
      if ('vpc' in group) {
        const servers = group.addresses.map((number) => ({ serverId: `10.0.0.${number}`, type: 'Ip', port: 53 }))
        product.createServerGroup({ id, type: 'Ip', vpcId: group.vpc, servers })
        continue
      }
      const servers = group.servers.map((server) => ({
        serverId: serverIdOf(server),
        port: server.port,
        type: server.by === 'id' ? 'Ecs' : 'Eni'
      }))
      product.createServerGroup({ id, vpcId: VPC, servers })
    }
  }
}

/** What is true, read off the world itself. */
function truth(wanted: World, number: number): string[] {
  const lines: string[] = []
  const own = (group: string, servers: readonly Entry[]): void => {
    for (const server of servers) {
      if (server.instance === number) lines.push(`${group} ${serverIdOf(server)}:${server.port}`)
    }
  }
  for (const [index, { members, groups, primary }] of wanted.clb.entries()) {
    if (members.includes(number)) lines.push(`default lb-${index} i-${number}:-`)
    for (const [at, servers] of groups.entries()) own(`group rsp-${index}-${at}`, servers)
    if (primary?.some((member) => member === number)) lines.push(`primary-secondary rsp-${index}-ps i-${number}:90`)
  }
  for (const kind of ['alb', 'nlb'] as const) {
    for (const [index, group] of wanted[kind].entries()) {
      const name = `group ${groupIdOf(kind, index, group)}`
      if ('servers' in group) own(name, group.servers)
      else if (number === 4 && group.vpc === 'vpc-2' && group.addresses.includes(1)) lines.push(`${name} 10.0.0.1:53`)
      else if (number !== 4 && group.vpc === VPC && group.addresses.includes(number))
        lines.push(`${name} 10.0.0.${number}:53`)
    }
  }
  return lines.sort()
}

function told(memberships: readonly Membership[]): string[] {
  return memberships
    .map(({ group, backend }) => `${group.role} ${group.groupId} ${backend.serverId}:${backend.port ?? '-'}`)
    .sort()
}

async function findAll({ balancing, limits }: Scene): Promise<string[][]> {
  const founds = await Promise.all(INSTANCES.map((instance) => balancing.find(instance, 'discover', limits())))
  expect(founds.flatMap(({ missed }) => missed)).toEqual([])
  return founds.map(({ memberships }) => told(memberships))
}

/** A service that lists entries of one group at a time. */
function refuseUngrouped(api: RpcApi): RpcApi {
  const fault = { class: 'rejected', code: 'MissingParam', status: 400, message: 'no group', requestId: 'R' } as const
  return {
    close: () => api.close(),
    call: async (request) =>
      request.action === 'ListServerGroupServers' && !('ServerGroupId' in request.query)
        ? { kind: 'refused', fault }
        : await api.call(request)
  }
}

describe('find', () => {
  it('brings exactly what is true: cold, warm, after changes once the map is old, and never what is not', async () => {
    const serverFilter = fc.constantFrom('default-group', 'all-groups')
    await fc.assert(
      fc.asyncProperty(world, world, fc.boolean(), serverFilter, async (first, second, oneByOne, filter) => {
        const scene = await startScene({
          clb: { serverFilter: filter },
          ...(oneByOne ? { wrap: refuseUngrouped } : {})
        })
        try {
          const is = (wanted: World): string[][] => [1, 2, 3, 4].map((number) => truth(wanted, number))
          build(scene.sandbox, first)
          expect(await findAll(scene), 'cold').toEqual(is(first))
          await scene.balancing.warm(scene.limits())
          expect(await findAll(scene), 'warm').toEqual(is(first))
          build(scene.sandbox, second)
          for (const [index, lines] of (await findAll(scene)).entries()) {
            expect(is(second)[index], 'changed since: nothing untrue').toEqual(expect.arrayContaining(lines))
          }
          scene.clock.push(MAX_AGE_MS + 1)
          expect(await findAll(scene), 'old').toEqual(is(second))
        } finally {
          await scene.close()
        }
      }),
      { numRuns: 30 }
    )
  }, 120_000)
})
