import { expect } from 'vitest'
import type { DescribedInstance } from '../../../src/sandbox/fleet/described-instance.ts'
import { until } from '../../pipeline/stage.ts'
import type { Scene, Stored } from './scene.ts'

const REPLACES = 'ecs-audit:replaces'

/** A place to buy at in each of the three zones. */
export const CANDIDATES = ['h', 'i', 'j'].map((zone) => ({
  zone: `cn-hangzhou-${zone}`,
  vSwitch: `vsw-cn-hangzhou-${zone}`,
  type: 'ecs.g7.large'
}))

/** Drains and replaces, in quick steps. */
export const DRAIN_AND_REPLACE = {
  'actions.drain.enabled': true,
  'actions.drain.grace': '10s',
  'actions.replace.enabled': true,
  'actions.replace.launchTemplate': 'lt-sandbox',
  'actions.replace.candidates': CANDIDATES
}

/** The living instances that were bought for another one. */
export function replacementsOf(scene: Scene, instanceId: string): DescribedInstance[] {
  return scene.sandbox.fleet.list().filter(({ tags }) => tags[REPLACES] === instanceId)
}

/** How many instances were ever bought for another one, the dead among them. */
export function bought(scene: Scene, instanceId: string): number {
  return scene.sandbox.fleet.truth().instances.filter(({ tags }) => tags[REPLACES] === instanceId).length
}

/** The places of an instance in server groups, without what tells it from another one in the same places. */
export function placesOf(scene: Scene, instanceId: string): string[] {
  const places = scene.memberships(instanceId).map(({ groupId, kind, type, port, weight }) => {
    return [kind, groupId, type, port, weight].join(' ')
  })
  return places.sort()
}

/** Resolves with the last record of a replacement, when the queue is empty again. */
export async function replaced(scene: Scene, wanted: Stored = { step: 'replaced' }): Promise<Stored> {
  const record = await scene.recorded('replace', wanted)
  await scene.stage.drained()
  return record
}

/** There is exactly one replacement; it runs, stands in these places, and no check of them fails. */
export async function expectOneReplacement(
  scene: Scene,
  instanceId: string,
  places: readonly string[]
): Promise<DescribedInstance> {
  const [first, ...others] = replacementsOf(scene, instanceId)
  expect(others).toEqual([])
  if (first === undefined) throw new Error(`Nothing was bought for ${instanceId}`)
  expect(first.state).toBe('Running')
  expect(placesOf(scene, first.instanceId)).toEqual(places)
  await until(() => scene.memberships(first.instanceId).every(({ status }) => status === 'Available'))
  return first
}
