import { describe, expect, test } from 'vitest'
import { OLD, World } from './world.ts'

const CANDIDATES = [
  { zone: 'cn-hangzhou-h', type: 'ecs.g6.large' },
  { zone: 'cn-hangzhou-i', type: 'ecs.g6.large' },
  { zone: 'cn-hangzhou-j', type: 'ecs.g6.large' }
]

/** A world in which every call takes a moment, and stock comes back to an earlier candidate just after the purchase. */
function unsteady({ logLagMs }: { logLagMs: number }): World {
  const world = new World({ candidates: CANDIDATES })
  const startMs = world.clock.now()
  world.latency = () => 50
  world.logLagMs = logLagMs
  world.cloud.indexLagMs = 15_000
  world.cloud.stock = ({ zoneId }, nowMs) => zoneId === 'cn-hangzhou-j' || nowMs > startMs + 8_000
  world.groups.addGroup('rsp-2', [])
  return world
}

async function playWithDeath(at: number, options: { logLagMs: number }): Promise<World> {
  const world = unsteady(options)
  const [replica] = world.replicas
  if (replica !== undefined) replica.diesAt = at
  world.notice()
  await world.play()
  return world
}

describe.each([
  { records: 'are stored at once', logLagMs: 0 },
  { records: 'of the last 3 s are lost', logLagMs: 3_000 }
])('a process is killed, and its records $records', (options) => {
  test('at every half of every call: there is one replacement in the end, in its group, and recorded', async () => {
    const undisturbed = await playWithDeath(Number.POSITIVE_INFINITY, options)
    const halves = undisturbed.replicas[0]?.halves ?? 0
    expect(halves).toBeGreaterThan(30)
    for (let at = 1; at <= halves; at += 1) {
      const world = await playWithDeath(at, options)
      expect(world.replicas, `half ${at}`).toHaveLength(2)
      expect(
        world.cloud.made.map(({ zoneId }) => zoneId),
        `half ${at}`
      ).toHaveLength(1)
      expect(world.groups.entries('rsp-1'), `half ${at}`).toEqual([`${OLD}:80@30`, 'i-other:80@100', 'i-new1:80@30'])
      expect(world.told(), `half ${at}`).toContain('done replaced i-new1')
      expect(world.told().join(), `half ${at}`).not.toMatch(/surplus|gave_up/)
    }
  })
})

test('a process that is killed again and again, wherever: one replacement', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = unsteady({ logLagMs: 3_000 })
    let at = seed
    for (const replica of world.replicas) replica.diesAt = at
    const addReplica = world.addReplica.bind(world)
    world.addReplica = () => {
      const replica = addReplica()
      at = (at * 7_919 + seed) % 61
      if (world.replicas.length < 4) replica.diesAt = 1 + at
      return replica
    }
    world.notice()
    await world.play()
    expect(world.cloud.made.length, `seed ${seed}`).toBeLessThanOrEqual(1)
    expect(world.told().join(), `seed ${seed}`).toMatch(/done replaced i-new1|gave_up/)
  }
})
