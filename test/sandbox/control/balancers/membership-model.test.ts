import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rpcParameters } from '../../../../src/sandbox/control/rpc-parameters.ts'
import { RpcError, type RpcProduct } from '../../../../src/sandbox/control/rpc-product.ts'
import { ANY_CALL, openScene, SETTLE_MS } from './scene.ts'

/** One backend of a call: some of the instances exist and run, one is stopped, one does not exist. */
interface Server {
  readonly serverId: string
  readonly port: number
  readonly weight: number
}

type Step =
  | { readonly do: 'add' | 'remove' | 'set'; readonly servers: readonly Server[]; readonly group: number }
  | { readonly do: 'pass'; readonly ms: number }

const server: fc.Arbitrary<Server> = fc.record({
  serverId: fc.constantFrom('i-1', 'i-2', 'i-3', 'i-stopped', 'i-gone'),
  port: fc.constantFrom(80, 443),
  weight: fc.constantFrom(0, 50, 100)
})
const servers = fc.uniqueArray(server, { minLength: 1, maxLength: 4, selector: keyOf })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('add', 'remove', 'set'), servers, group: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, SETTLE_MS - 1, SETTLE_MS) }) }
)

/** A group in its plainest form: weights by server and port. */
type Model = Map<string, number>

function keyOf({ serverId, port }: Pick<Server, 'serverId' | 'port'>): string {
  return `${serverId}:${port}`
}

const canServe = ({ serverId }: Server): boolean => ['i-1', 'i-2', 'i-3'].includes(serverId)

/** What `call` came to: `done`, or the code of the refusal. */
async function outcomeOf(product: RpcProduct | undefined, action: string, fields: object): Promise<string> {
  const given = new Map(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  try {
    const call = { action, parameters: rpcParameters(given), ...ANY_CALL }
    await product?.operations[action]?.(call)
    return 'done'
  } catch (thrown) {
    if (thrown instanceof RpcError) return thrown.code
    throw thrown
  }
}

const CLB_ACTIONS = {
  add: 'AddVServerGroupBackendServers',
  remove: 'RemoveVServerGroupBackendServers',
  set: 'SetVServerGroupAttribute'
} as const

/** CLB: absent servers are passed over by a removal, and present ones take the weight of an addition. */
function clbExpected(model: Model, { do: what, servers }: Extract<Step, { servers: unknown }>): string {
  if (what === 'add' && !servers.every(canServe)) return 'ObtainIpFail'
  if (what === 'set' && !servers.every((one) => model.has(keyOf(one)))) return 'InvalidServerId.NotFound'
  apply(model, what, servers)
  return 'done'
}

const GROUP_ACTIONS = {
  add: 'AddServersToServerGroup',
  remove: 'RemoveServersFromServerGroup',
  set: 'UpdateServerGroupServersAttribute'
} as const

/** ALB and NLB: each server must be as the call takes it to be, and a group is at one change at a time. */
function groupExpected(model: Model, { do: what, servers }: Extract<Step, { servers: unknown }>): string {
  const isThere = (one: Server): boolean => model.has(keyOf(one))
  if (what !== 'add' && !servers.every(isThere)) return 'ResourceNotFound.BackendServer'
  const bad = what === 'add' ? servers.find((one) => isThere(one) || !canServe(one)) : undefined
  if (bad !== undefined && isThere(bad)) return 'ResourceAlreadyExist.Server'
  if (bad !== undefined) return bad.serverId === 'i-gone' ? 'ResourceNotFound.Ecs' : 'IncorrectStatus.Ecs'
  apply(model, what, servers)
  return 'done'
}

function apply(model: Model, what: 'add' | 'remove' | 'set', servers: readonly Server[]): void {
  for (const one of servers) {
    if (what === 'remove') model.delete(keyOf(one))
    else model.set(keyOf(one), one.weight)
  }
}

function weights(backends: ReadonlyArray<Server>): Array<[string, number]> {
  return backends.map((backend): [string, number] => [keyOf(backend), backend.weight]).sort()
}

test('the groups of CLB hold what a plain map of weights holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { balancers, clock } = openScene()
      const slb = balancers.products.find(({ name }) => name === 'slb')
      const lb = balancers.clb.createLoadBalancer()
      const groups = [balancers.clb.createVServerGroup(lb), balancers.clb.createVServerGroup(lb)]
      const models: Model[] = [new Map(), new Map()]
      for (const one of steps) {
        if (one.do === 'pass') {
          clock.advance(one.ms)
          continue
        }
        const BackendServers = JSON.stringify(
          one.servers.map(({ serverId, port, weight }) => ({ ServerId: serverId, Port: String(port), Weight: weight }))
        )
        const [group = '', model = new Map()] = [groups[one.group], models[one.group]]
        const fields = { VServerGroupId: group, BackendServers }
        expect(await outcomeOf(slb, CLB_ACTIONS[one.do], fields)).toBe(clbExpected(model, one))
        groups.forEach((id, index) => {
          expect(weights(balancers.clb.servers(id))).toEqual([...(models[index] ?? [])].sort())
        })
      }
    }),
    { numRuns: 150 }
  )
})

test.each(['alb', 'nlb'] as const)('the groups of %s hold what a plain map of weights holds', async (name) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { balancers, clock } = openScene()
      const product = balancers.products.find((known) => known.name === name)
      const groups = [0, 1].map(() => ({
        id: balancers[name].createServerGroup(),
        model: new Map<string, number>(),
        freeAt: 0
      }))
      for (const one of steps) {
        if (one.do === 'pass') {
          clock.advance(one.ms)
        } else {
          const group = groups[one.group]
          if (group === undefined) throw new Error('no such group')
          const busy = `IncorrectStatus.${name === 'alb' ? 'ServerGroup' : 'serverGroup'}`
          const expected = clock.now() < group.freeAt ? busy : groupExpected(group.model, one)
          if (expected === 'done') group.freeAt = clock.now() + SETTLE_MS
          const fields = { ServerGroupId: group.id, ...flattened(one.servers) }
          expect(await outcomeOf(product, GROUP_ACTIONS[one.do], fields)).toBe(expected)
        }
        for (const { id, model, freeAt } of groups) {
          const all = balancers[name].servers(id)
          expect(weights(all.filter(({ status }) => status !== 'Removing'))).toEqual([...model].sort())
          if (clock.now() >= freeAt) expect(all.every(({ status }) => status === 'Available')).toBe(true)
        }
      }
    }),
    { numRuns: 150 }
  )
})

function flattened(servers: readonly Server[]): Record<string, string | number> {
  return Object.assign(
    {},
    ...servers.map(({ serverId, port, weight }, index) => ({
      [`Servers.${index + 1}.ServerId`]: serverId,
      [`Servers.${index + 1}.ServerType`]: 'Ecs',
      [`Servers.${index + 1}.Port`]: port,
      [`Servers.${index + 1}.Weight`]: weight
    }))
  )
}
