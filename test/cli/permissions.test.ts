import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { expectTold, writeText } from './workspace.ts'

const CONFIG = `
region: cn-hangzhou
queue: { endpoint: 'https://1234567890123456.mns.cn-hangzhou.aliyuncs.com', name: ecs-cms-event }
logstore: { endpoint: 'https://cn-hangzhou.log.aliyuncs.com', project: my-audit, name: ecs-events }
actions: { restart: { enabled: true } }
`

describe('permissions', () => {
  test('tells each role, why, and its policy; what a dry run leaves out is said', async () => {
    const result = await runCommand(['permissions', '--config', writeText(CONFIG)])
    expectTold(result, 0)
    for (const role of ['service (run)', 'auditor (query,', 'setup (setup)', 'doctor (doctor', 'sender (send)']) {
      expect(result.stdout).toContain(role)
    }
    expect(result.stdout).toContain('to receive messages, hold them, and delete them when they are stored:\n    mns:')
    expect(result.stdout).not.toContain('ecs:StartInstance')
    expect(result.stderr).toBe('actions.dryRun is set: what changes something is left out until it is false.\n')
  })

  test('prints one policy to paste, or all as one JSON object', async () => {
    const file = writeText(CONFIG)
    const environment = { ECS_AUDIT_ACTIONS_DRY_RUN: 'false' }
    const one = await runCommand(['permissions', '--role', 'service', '--format', 'json', '--config', file], {
      environment
    })
    expectTold(one, 0)
    expect(JSON.parse(one.stdout)).toMatchObject({ Version: '1', Statement: expect.any(Array) })
    expect(one.stdout).toContain('acs:ResourceTag/ecs-audit')
    const all = await runCommand(['permissions', '--json', '--config', file], { environment })
    expectTold(all, 0)
    const policies = JSON.parse(all.stdout) as Record<string, unknown>
    expect(Object.keys(policies)).toEqual(['service', 'auditor', 'setup', 'doctor', 'sender'])
    expect(policies['service']).toEqual(JSON.parse(one.stdout))
  })

  test('says what is wrong with a role, a format and a configuration', async () => {
    const file = writeText(CONFIG)
    const role = await runCommand(['permissions', '--role', 'root', '--config', file])
    expectTold(role, 2)
    expect(role.stderr).toContain('Cannot use --role root: expected one of service, auditor, setup, doctor, sender.')
    const format = await runCommand(['permissions', '--format', 'yaml', '--config', file])
    expectTold(format, 2)
    expect(format.stderr).toContain('Cannot use --format yaml: expected text or json.')
    expectTold(await runCommand(['permissions', '--config', '/nowhere.yaml']), 78)
  })
})
