import { describe, expect, test } from 'vitest'
import { type Config, configSchema } from '../../../src/config/schema.ts'
import { ROLES, type Role } from '../../../src/provision/permissions/permission-table.ts'
import { type Policy, policyOf } from '../../../src/provision/permissions/policies.ts'

interface Wishes {
  readonly actions?: object
  readonly snapshots?: object
  readonly endpoint?: string
}

function config({ actions = {}, snapshots = {}, endpoint }: Wishes = {}): Config {
  return configSchema.parse({
    region: 'cn-hangzhou',
    queues: [{ endpoint: endpoint ?? 'https://1234567890123456.mns.cn-shanghai-internal.aliyuncs.com', name: 'q' }],
    logstore: { endpoint: 'https://cn-hangzhou.log.aliyuncs.com', project: 'p', name: 'l' },
    actions,
    snapshots
  })
}

function actionsOf({ Statement }: Policy): string[] {
  return Statement.flatMap(({ Action }) => Action)
}

const ALL = {
  dryRun: false,
  restart: { enabled: true, respectPeople: true },
  drain: { enabled: true },
  replace: { enabled: true, launchTemplate: 'lt-1' }
}

describe('policies', () => {
  test('who only records may receive, delete and store, in the region of the queue and of the logstore', () => {
    expect(policyOf('service', config()).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: expect.arrayContaining(['mns:BatchReceiveMessage', 'mns:ChangeMessageVisibility']),
        Resource: ['acs:mns:cn-shanghai:1234567890123456:/queues/q/messages']
      },
      {
        Effect: 'Allow',
        Action: ['log:PostLogStoreLogs'],
        Resource: ['acs:log:cn-hangzhou:1234567890123456:project/p/logstore/l']
      }
    ])
  })

  test('what is not switched on needs nothing', () => {
    const nothing = actionsOf(policyOf('service', config()))
    expect(nothing.some((action) => /^(ecs|slb|alb|nlb|actiontrail|ram):/.test(action))).toBe(false)
    const restart = actionsOf(policyOf('service', config({ actions: { dryRun: false, restart: { enabled: true } } })))
    expect(restart).toEqual(expect.arrayContaining(['ecs:StartInstance', 'mns:SendMessage', 'log:GetLogStoreLogs']))
    expect(restart.some((action) => /^(slb|alb|nlb|actiontrail):|RunInstances/.test(action))).toBe(false)
    const own = { dryRun: false, plugins: [{ module: './own.js' }] }
    const plugins = actionsOf(policyOf('service', config({ actions: own })))
    expect(plugins).toContain('mns:SendMessage')
    expect(plugins.some((action) => /^(ecs|slb|alb|nlb|actiontrail):|GetLogStoreLogs/.test(action))).toBe(false)
    const snapshots = actionsOf(policyOf('service', config({ snapshots: { enabled: true } })))
    expect(snapshots.filter((action) => action.startsWith('ecs:'))).toEqual(['ecs:DescribeInstances'])
    const all = actionsOf(policyOf('service', config({ actions: ALL })))
    expect(all).toEqual(expect.arrayContaining(['ecs:RunInstances', 'nlb:AddServersToServerGroup']))
    expect(all).toContain('actiontrail:LookupEvents')
    expect(new Set(all).size).toBe(all.length)
  })

  test('a dry run changes nothing, and needs no permission to', () => {
    const dry = actionsOf(policyOf('service', config({ actions: { ...ALL, dryRun: true } })))
    expect(dry.filter((action) => /:(Start|Run|Tag|Add|Remove|Set|Update)/.test(action))).toEqual([])
    expect(dry).toContain('slb:DescribeHealthStatus')
  })

  test('a restart is bound to what may be restarted', () => {
    const starts = (restart: object) => {
      const policy = policyOf('service', config({ actions: { dryRun: false, restart: { enabled: true, ...restart } } }))
      return policy.Statement.filter(({ Action }) => Action.includes('ecs:StartInstance'))
    }
    const instance = 'acs:ecs:*:1234567890123456:instance'
    expect(starts({})).toEqual([
      {
        ...{ Effect: 'Allow', Action: ['ecs:StartInstance'], Resource: [`${instance}/*`] },
        Condition: { StringEquals: { 'acs:ResourceTag/ecs-audit': 'restart' } }
      }
    ])
    expect(starts({ match: { ids: ['i-1', 'i-2'], regions: ['cn-beijing'] } })).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecs:StartInstance'],
        Resource: ['i-1', 'i-2'].map((id) => `acs:ecs:cn-beijing:1234567890123456:instance/${id}`)
      }
    ])
  })

  test('an account that no endpoint tells is a placeholder', () => {
    const { Statement } = policyOf('service', config({ endpoint: 'https://mns.example.com' }))
    expect(Statement[0]?.Resource).toEqual(['acs:mns:cn-hangzhou:<account>:/queues/q/messages'])
  })

  test.each(Object.keys(ROLES) as Role[])('the role %s is never allowed everything of a product', (role) => {
    const { Version, Statement } = policyOf(role, config({ actions: ALL }))
    expect(Version).toBe('1')
    expect(Statement.length).toBeGreaterThan(0)
    expect(actionsOf({ Version, Statement }).filter((action) => /\*|:Delete(?!Message)/.test(action))).toEqual([])
  })
})
