import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBalancing } from '../../../src/cloud/balancers/create-balancing.ts'
import type { Backend, GroupRef } from '../../../src/cloud/balancing.ts'
import type { RpcApi } from '../../../src/cloud/rpc/rpc-api.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { instanceOf } from './balancing-scene.ts'

/** Names that the readers look for, over values that they do not expect. */
const NAMES = [
  'LoadBalancers',
  'LoadBalancer',
  'LoadBalancerId',
  'VServerGroups',
  'VServerGroup',
  'VServerGroupId',
  'BackendServers',
  'BackendServer',
  'MasterSlaveServerGroups',
  'MasterSlaveServerGroup',
  'Servers',
  'ServerGroups',
  'ServerGroupId',
  'ServerId',
  'ServerIp',
  'Port',
  'Weight',
  'NextToken',
  'TotalCount',
  'Listeners',
  'ListenerId',
  'RelatedLoadBalancerIds',
  'ListenerHealthStatus',
  'ServerGroupInfos',
  'NonNormalServers'
] as const

const { answer } = fc.letrec<{ answer: Record<string, unknown>; value: unknown }>((tie) => ({
  answer: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 8 }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1, 1.5, Number.NaN, '', 'x', '80', 'i-1', 'sgp-1'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('answer')
  )
}))

const GROUPS: readonly GroupRef[] = [
  { kind: 'clb', role: 'group', groupId: 'rsp-1' },
  { kind: 'clb', role: 'default', groupId: 'lb-1' },
  { kind: 'alb', role: 'group', groupId: 'sgp-1' },
  { kind: 'nlb', role: 'group', groupId: 'sgp-1' }
]
const ENTRY: Backend = { serverId: 'i-1', serverType: 'Ecs', serverIp: '', port: 80, weight: 1, description: '' }

it('no answer makes anything throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 10 }), async (answers) => {
      let calls = 0
      const api: RpcApi = {
        call: async () => ({ kind: 'done', value: answers[calls++ % answers.length] ?? {} }),
        close: async () => undefined
      }
      const balancing = createBalancing({
        ...{ slb: api, alb: api, nlb: api, region: 'cn-hangzhou', maxAgeMs: 1_000 },
        clock: { ...systemClock, sleep: async () => undefined }
      })
      const limits = { deadlineMs: systemClock.elapsed() + 20, signal: new AbortController().signal }
      await balancing.warm(limits)
      const searches = [
        await balancing.find(instanceOf(1), 'discover', limits),
        await balancing.find(instanceOf(1), ['sgp-1', 'rsp-1', 'lb-1'], limits)
      ]
      for (const { memberships } of searches) expect(Array.isArray(memberships)).toBe(true)
      for (const group of GROUPS) {
        await balancing.health(group, limits)
        expect((await balancing.backends(group, limits)).kind).toMatch(/^(done|unknown)$/)
        await balancing.add(group, [ENTRY], limits)
        await balancing.remove(group, [ENTRY], limits)
      }
      await balancing.close()
    }),
    { numRuns: 200 }
  )
})
