import { describe, expect, it } from 'vitest'
import type { BalancerKind, GroupRef } from '../../../src/cloud/balancing.ts'
import { openScene, type Scene, type SceneOptions } from './balancing-scene.ts'

const KINDS: readonly BalancerKind[] = ['clb', 'alb', 'nlb']

function ref(kind: BalancerKind, groupId = 'g-1', role: GroupRef['role'] = 'group'): GroupRef {
  return { kind, role, groupId }
}

const SERVERS = [
  { serverId: 'i-1', port: 80 },
  { serverId: 'i-1', port: 81 },
  { serverId: 'i-2', port: 80 },
  { serverId: 'i-3', port: 80, weight: 0 }
]

/** `i-1:80 healthy`, in the service's order. */
async function healthOf({ balancing, limits }: Scene, group: GroupRef): Promise<string[]> {
  const outcome = await balancing.health(group, limits())
  if (outcome.kind !== 'done') throw new Error(`no health: ${outcome.kind}`)
  return outcome.value.map(({ backend, health }) => `${backend.serverId}:${backend.port ?? '-'} ${health}`)
}

describe.each(KINDS)('health of a group of %s', (kind) => {
  async function open(listeners: boolean, options: SceneOptions = {}): Promise<Scene> {
    const scene = await openScene(options)
    const { sandbox } = scene
    if (kind === 'clb') {
      sandbox.clb.createLoadBalancer({ id: 'lb-1' })
      sandbox.clb.createVServerGroup('lb-1', { id: 'g-1', servers: SERVERS })
      if (listeners) sandbox.clb.createListener('lb-1', { port: 443, groupId: 'g-1' })
    } else {
      sandbox[kind].createServerGroup({ id: 'g-1', servers: SERVERS })
      sandbox[kind].createServerGroup({ id: 'g-2', servers: SERVERS })
      if (listeners) sandbox[kind].createListener({ groupIds: ['g-1'], loadBalancerId: `${kind}-1` })
      sandbox[kind].createListener({ groupIds: ['g-2'], loadBalancerId: `${kind}-1`, port: 81 })
    }
    return scene
  }

  it('is told for each entry, by server and port', async () => {
    const scene = await open(true)
    scene.sandbox.breakHealth('i-1', 81)
    scene.running.delete('i-2')
    expect(await healthOf(scene, ref(kind))).toEqual([
      'i-1:80 healthy',
      'i-1:81 unhealthy',
      'i-2:80 unhealthy',
      'i-3:80 unknown'
    ])
  })

  it('is not good before the first check has passed', async () => {
    let nowMs = Date.UTC(2026, 10, 22)
    const scene = await open(true, { now: () => nowMs, healthyAfterMs: 10_000 })
    nowMs += 9_999
    const before = await healthOf(scene, ref(kind))
    expect(before).toEqual(['i-1:80 unhealthy', 'i-1:81 unhealthy', 'i-2:80 unhealthy', 'i-3:80 unknown'])
    nowMs += 1
    const after = await healthOf(scene, ref(kind))
    expect(after).toEqual(['i-1:80 healthy', 'i-1:81 healthy', 'i-2:80 healthy', 'i-3:80 unknown'])
  })

  it('is unknown where no listener checks', async () => {
    const scene = await open(false)
    expect(await healthOf(scene, ref(kind))).toEqual(SERVERS.map(({ serverId, port }) => `${serverId}:${port} unknown`))
  })

  it('is not taken for good when it cannot be asked', async () => {
    const scene = await open(true)
    scene.faults.add({
      operation: kind === 'clb' ? 'DescribeHealthStatus' : 'GetListenerHealthStatus',
      kind: 'error',
      code: 'Forbidden',
      status: 403
    })
    expect(await scene.balancing.health(ref(kind), scene.limits())).toMatchObject({ kind: 'refused' })
  })
})

describe('health of a default group', () => {
  it('is told by server', async () => {
    const scene = await openScene()
    scene.sandbox.clb.createLoadBalancer({ id: 'lb-1' })
    scene.sandbox.clb.place('lb-1', [{ serverId: 'i-1' }, { serverId: 'i-2' }])
    scene.sandbox.clb.createListener('lb-1', { port: 80, backendPort: 8080 })
    scene.sandbox.breakHealth('i-2')
    expect(await healthOf(scene, ref('clb', 'lb-1', 'default'))).toEqual(['i-1:- healthy', 'i-2:- unhealthy'])
  })
})
