import { describe, expect, onTestFinished, test } from 'vitest'
import { staticCredentials } from '../../../src/cloud/credentials.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createSlsSink } from '../../../src/logstore/sls-sink.ts'
import { createMnsSource } from '../../../src/queue/mns-source.ts'
import { createQuietFleet } from '../../../src/sandbox/fleet/quiet-fleet.ts'
import { signV2 } from '../../../src/sandbox/mns/signature.ts'
import { openSandbox } from '../../support/harness.ts'
import { openEcs, queueEvents, REGION } from './ecs-stage.ts'
import { rpcClient } from './rpc-client.ts'

describe('the control plane', () => {
  test('counts calls and plays faults by product', async () => {
    const { sandbox, client } = await openEcs()
    await client.done('DescribeInstances', REGION)
    sandbox.faults.add({ service: 'slb', kind: 'error', code: 'ServiceUnavailable' })
    await client.done('DescribeInstances', REGION)
    const { slb, accessKeyId, accessKeySecret } = sandbox.address
    const clb = rpcClient({ url: slb, version: '2014-05-15', accessKeyId, accessKeySecret })
    expect(await clb.refused('DescribeLoadBalancers', REGION)).toBe('503 ServiceUnavailable')
    expect([...sandbox.counts.ecs]).toEqual([['DescribeInstances', 2]])
    expect([...sandbox.counts.slb]).toEqual([['DescribeLoadBalancers', 1]])
  })

  test.each([true, false])('a released instance leaves its groups only if told to: %s', async (dropReleased) => {
    const fleet = createQuietFleet({ startMs: Date.now(), pace: 4_000, gapMs: 2 })
    const sandbox = await openSandbox({ fleet, balancers: { dropReleased } })
    onTestFinished(() => sandbox.close())
    const { instanceId, networkInterfaceId } = fleet.create({ regionId: 'cn-hangzhou' })
    await sandbox.mns.waitFor(() => fleet.describe(instanceId)?.state === 'Running')
    sandbox.balancers.alb.createServerGroup({
      servers: [
        { serverId: instanceId, port: 80, type: 'Ecs' },
        { serverId: networkInterfaceId, port: 81, type: 'Eni' }
      ]
    })
    expect(sandbox.balancers.memberships(instanceId)).toHaveLength(2)
    fleet.release(instanceId)
    expect(sandbox.balancers.memberships(instanceId)).toHaveLength(dropReleased ? 0 : 1)
  })
})

describe('a key that changes', () => {
  test('is the only one that all services take', async () => {
    let number = 1
    const keyNow = () => ({ accessKeyId: `STS.key-${number}`, accessKeySecret: 'secret', securityToken: `t-${number}` })
    const sandbox = await openSandbox({ keyNow })
    onTestFinished(() => sandbox.close())
    const ask = async (key: ReturnType<typeof keyNow>): Promise<string[]> => {
      const { accessKeyId, accessKeySecret, securityToken } = key
      const credentials = staticCredentials(accessKeyId, accessKeySecret, securityToken)
      const { mns: endpoint, queue: name, sls, ecs: url, project, region } = sandbox.address
      const common = { credentials, clock: systemClock }
      const polls = { urgent: false, receivers: 1, waitSeconds: 1, visibilityMs: 6_000 }
      const source = createMnsSource({ endpoint, name, ...polls, ...common })
      const sink = createSlsSink({ endpoint: sls, region, project, logstore: 'ecs-events', ...common })
      const described = await source.describe()
      const put = await sink.put('event', [{ topic: 'event', timeS: Date.now() / 1_000, fields: ['a', 'b'], bytes: 8 }])
      const client = rpcClient({ url, version: '2014-05-26', accessKeyId, accessKeySecret, securityToken })
      const ecs = await client.call('DescribeInstances', REGION)
      await Promise.all([source.close(), sink.close()])
      return [described.kind, put.kind, ecs.kind]
    }
    const old = keyNow()
    expect(await ask(old)).toEqual(['found', 'stored', 'done'])
    number = 2
    expect(await ask(old)).toEqual(['failed', 'retry', 'refused'])
    expect(await ask(keyNow())).toEqual(['found', 'stored', 'done'])
  })
})

describe('the fleet of a sandbox', () => {
  test('is empty and quiet by default, at the pace that was asked for, and ends with it', async () => {
    const sandbox = await openSandbox({ fleetPace: 4_000 })
    onTestFinished(() => sandbox.close())
    expect(sandbox.fleet.list()).toEqual([])
    const { instanceId } = sandbox.fleet.create()
    await sandbox.mns.waitFor(() => sandbox.fleet.describe(instanceId)?.state === 'Running')
    await sandbox.mns.waitFor(() => sandbox.mns.messages(sandbox.address.queue).length === 3)
    await sandbox.close()
    const { nowMs } = sandbox.fleet
    sandbox.fleet.stop(instanceId)
    expect(sandbox.fleet.nowMs).toBe(nowMs)
  })

  test('goes on when its queue is deleted: nobody keeps those events', async () => {
    const { sandbox, running } = await openEcs()
    const { mns, queue, accessKeyId, accessKeySecret } = sandbox.address
    const target = `/queues/${queue}`
    const headers = { date: new Date().toUTCString(), 'x-mns-version': '2015-06-06' }
    const signature = signV2({ method: 'DELETE', target, headers }, accessKeySecret)
    const authorization = `MNS ${accessKeyId}:${signature}`
    const { status } = await fetch(`${mns}${target}`, { method: 'DELETE', headers: { ...headers, authorization } })
    expect(status).toBe(204)
    await running()
    sandbox.mns.createQueue(queue)
    const id = await running()
    await sandbox.mns.waitFor(() => queueEvents(sandbox).at(-1)?.detail === 'Running')
    expect(new Set(queueEvents(sandbox).map(({ instanceId }) => instanceId))).toEqual(new Set([id]))
  })
})
