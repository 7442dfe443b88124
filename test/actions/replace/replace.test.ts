import { expect, test } from 'vitest'
import { World } from './world.ts'

test('a notice: bought, started, added to the very groups, healthy, recorded', async () => {
  const world = new World()
  world.notice()
  await world.play()
  expect(world.told()).toEqual(['done bought i-new1', 'done attached rsp-1', 'done replaced i-new1'])
  expect(world.groups.entries('rsp-1')).toEqual(['i-old1:80@30', 'i-other:80@100', 'i-new1:80@30'])
  expect(world.record('replaced')).toMatchObject({ content: { newInstanceId: 'i-new1' } })
})
