import { describe, expect, test } from 'vitest'
import { searchedAll } from '../../../src/actions/drain/searched-all.ts'
import { backend } from './memory-balancing.ts'
import { INSTANCE, instance, Stage } from './stage.ts'

/** Whether the records of one drain tell that it found everything. */
async function told(stage: Stage): Promise<boolean> {
  stage.balancing.addGroup('rsp-1', [backend(INSTANCE), backend('i-other')])
  const run = stage.run()
  await stage.clock.advance(400_000)
  await run
  return searchedAll(stage.local.entries(() => true))
}

describe('a drain found everything', () => {
  test('when ECS told what the instance is known by, and all load balancers answered', async () => {
    expect(await told(new Stage())).toBe(true)
  })

  test('not when a load balancer gave no answer until the deadline', async () => {
    const stage = new Stage()
    stage.balancing.missing = () => [{ kind: 'alb', groupId: '', reason: 'down' }]
    expect(await told(stage)).toBe(false)
  })

  test('all the same when one may never be asked', async () => {
    const stage = new Stage()
    stage.balancing.missing = () => [{ kind: 'alb', groupId: '', reason: 'forbidden', lasting: true }]
    expect(await told(stage)).toBe(true)
  })

  test('not when only its id could be looked for', async () => {
    const stage = new Stage()
    stage.describe = () => ({ kind: 'done', value: undefined })
    expect(await told(stage)).toBe(false)
  })

  test('not when it is none of its own', async () => {
    const stage = new Stage()
    stage.describe = () => ({ kind: 'done', value: instance({ tags: { 'acs:autoscaling:scalingGroupId': 'asg-1' } }) })
    expect(await told(stage)).toBe(false)
  })
})
