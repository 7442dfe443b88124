import { expect, test } from 'vitest'
import { openControlPlane } from '../support/control-plane-scene.ts'
import { stayingOf } from '../support/staying.ts'
import { Replica } from './replica.ts'

const VPC = 'vpc-1'

test('sixteen notices at once about instances that share their groups: each first question goes out within a second', async () => {
  const scene = await openControlPlane({ pace: 1 })
  const { clb, alb, nlb } = scene.balancers
  const ids = Array.from({ length: 16 }, (_, index) => `i-bp1storm${index}`)
  for (const id of [...ids, 'i-bp1stays']) scene.run(id, { vpcId: VPC })
  const servers = [...ids, 'i-bp1stays'].map((serverId) => ({ serverId, port: 80 }))
  clb.createLoadBalancer({ id: 'lb-1', vpcId: VPC })
  clb.createVServerGroup('lb-1', { id: 'rsp-1', servers })
  alb.createServerGroup({ id: 'sgp-a', vpcId: VPC, servers })
  nlb.createServerGroup({ id: 'sgp-n', vpcId: VPC, servers })
  const replica = new Replica(scene, { grace: '0ms' })
  await Promise.all(ids.map((instanceId) => replica.deliver({ instanceId, eventKey: `notice-${instanceId}` })))
  for (const id of ids) expect(stayingOf(scene.balancers, id)).toEqual([])
  expect(stayingOf(scene.balancers, 'i-bp1stays')).toHaveLength(3)
  const sums = replica.records.filter(({ step }) => step === 'drained')
  expect(sums.map(({ decision }) => decision)).toEqual(ids.map(() => 'done'))
  for (const { content } of sums) expect(content['firstCallMs']).toBeLessThan(1_000)
})
