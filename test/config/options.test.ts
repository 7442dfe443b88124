import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { listOptions, variableOf } from '../../src/config/options.ts'

const options = listOptions()

function optionAt(path: string): (typeof options)[number] | undefined {
  return options.find((option) => option.path.join('.') === path)
}

describe('listOptions', () => {
  test('every option has a description', () => {
    const silent = options.filter(({ description }) => description === '').map(({ path }) => path.join('.'))
    expect(silent).toEqual([])
    expect(options.length).toBeGreaterThan(30)
  })

  test('every path and every variable stands once', () => {
    expect(new Set(options.map(({ path }) => path.join('.'))).size).toBe(options.length)
    expect(new Set(options.map(({ variable }) => variable)).size).toBe(options.length)
  })

  test('holds one queue, and neither the list of queues nor keys', () => {
    const groups = [...new Set(options.map(({ path }) => path[0]))]
    expect(groups).toEqual([
      ...['region', 'queue', 'logstore', 'alerts', 'limits', 'actions', 'snapshots'],
      ...['endpoints', 'http', 'health', 'traces', 'shutdown', 'log']
    ])
  })

  test.each([
    ['region', 'ECS_AUDIT_REGION'],
    ['queue.endpoint', 'ECS_AUDIT_QUEUE_ENDPOINT'],
    ['queue.waitSeconds', 'ECS_AUDIT_QUEUE_WAIT_SECONDS'],
    ['logstore.batch.maxBytes', 'ECS_AUDIT_LOGSTORE_BATCH_MAX_BYTES'],
    ['logstore.breaker.resetAfter', 'ECS_AUDIT_LOGSTORE_BREAKER_RESET_AFTER'],
    ['actions.dryRun', 'ECS_AUDIT_ACTIONS_DRY_RUN'],
    ['actions.restart.match', 'ECS_AUDIT_ACTIONS_RESTART_MATCH'],
    ['actions.replace.maxPerHour', 'ECS_AUDIT_ACTIONS_REPLACE_MAX_PER_HOUR']
  ])('%s is the variable %s', (path, variable) => {
    expect(optionAt(path)?.variable).toBe(variable)
    expect(variableOf(path.split('.'))).toBe(variable)
  })

  test('tells defaults as one would write them, and none for what must be given', () => {
    expect(optionAt('queue.visibility')?.default).toBe('1m')
    expect(optionAt('logstore.batch.maxBytes')?.default).toBe('512KiB')
    expect(optionAt('queue.receivers')?.default).toBe('4')
    expect(optionAt('actions.dryRun')?.default).toBe('true')
    expect(optionAt('actions.drain.match')?.default).toBe('{"all":true}')
    expect(optionAt('endpoints.ecs')?.default).toBe('')
    const required = options.filter((option) => option.default === undefined).map(({ path }) => path.join('.'))
    expect(required).toEqual([
      'region',
      'queue.endpoint',
      'queue.name',
      'logstore.endpoint',
      'logstore.project',
      'logstore.name'
    ])
  })

  test('each default, given by its variable, makes the same configuration as no variable', () => {
    const required = {
      ECS_AUDIT_REGION: 'cn-hangzhou',
      ECS_AUDIT_QUEUE_ENDPOINT: 'https://1.mns.cn-hangzhou.aliyuncs.com',
      ECS_AUDIT_QUEUE_NAME: 'events',
      ECS_AUDIT_LOGSTORE_ENDPOINT: 'https://cn-hangzhou.log.aliyuncs.com',
      ECS_AUDIT_LOGSTORE_PROJECT: 'audit',
      ECS_AUDIT_LOGSTORE_NAME: 'events'
    }
    const defaults = Object.fromEntries(options.map((option) => [option.variable, option.default]))
    expect(loadConfig({ environment: { ...defaults, ...required } })).toEqual(loadConfig({ environment: required }))
  })
})
