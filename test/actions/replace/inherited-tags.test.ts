import { describe, expect, test } from 'vitest'
import { inheritedTags } from '../../../src/actions/replace/inherited-tags.ts'
import { actionsSchema } from '../../../src/config/actions-schema.ts'

describe('inherited tags', () => {
  test('are those that the rules ask for, never the service’s own', () => {
    const actions = actionsSchema.parse({
      restart: { match: { tag: { 'ecs-audit': '*' } } },
      replace: { match: { tag: { spot: 'yes', 'acs:x': 'y' } } }
    })
    const tags = { 'ecs-audit': 'restart', spot: 'yes', 'acs:x': 'y', cost: '7', 'ecs-audit:server-groups': 'rsp-1' }
    expect(inheritedTags(actions, tags)).toEqual({
      'ecs-audit': 'restart',
      'ecs-audit:server-groups': 'rsp-1',
      spot: 'yes'
    })
  })
})
