import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { until } from '../pipeline/stage.ts'
import { runCommand, startCommand } from '../support/command.ts'
import { stateChange } from '../support/events.ts'
import { openSandbox, sandboxConfigText, sendEvents } from '../support/harness.ts'
import { expectTold, jsonLines, writeText } from './workspace.ts'

const LONG_AGO = Date.now() - 3_600_000

let sandbox: Sandbox
let config: string

beforeEach(async () => {
  sandbox = await openSandbox({ fleetPace: 100 })
  config = writeText(sandboxConfigText(sandbox, { 'queue.waitSeconds': 1 }), 'ecs-audit.yaml')
})

afterEach(() => sandbox.close())

function reconcile(...args: readonly string[]) {
  return runCommand(['reconcile', ...args, '--config', config])
}

async function store(...events: ReadonlyArray<readonly [instanceId: string, state: string]>): Promise<void> {
  const bodies = events.map(([instanceId, state], at) => stateChange(at, { instanceId, state, timeMs: LONG_AGO + at }))
  sendEvents(sandbox, bodies)
  expectTold(await runCommand(['run', '--until-empty', '--config', config]), 0)
}

describe('reconcile', () => {
  test('finds a missed release, records it when asked to, and then all is well', async () => {
    await store(['i-bp1gone', 'Running'], ['i-bp1done', 'Running'], ['i-bp1done', 'Deleted'])
    const found = await reconcile('--json')
    expectTold(found, 0)
    expect(jsonLines(found.stdout)).toMatchObject([{ difference: 'gone-unseen', instanceId: 'i-bp1gone', actual: '' }])
    expect(found.stderr).toContain('2 of 2 instances in the log compared with 0 in cn-hangzhou: 1 difference')
    const closed = await reconcile('--record')
    expectTold(closed, 0)
    expect(closed.stdout).toMatch(/^gone-unseen +i-bp1gone +cn-hangzhou +Running .+ gone$/m)
    expect(closed.stderr).toContain('1 recorded, marked as reconciled')
    expect(jsonLines((await reconcile('--json')).stdout)).toEqual([])
    const released = await runCommand(['released', '--json', '--config', config])
    const ids = jsonLines(released.stdout).map((row) => row['instanceId'])
    expect(ids).toContain('i-bp1gone')
    const { project, logstore } = sandbox.address
    const marked = (await sandbox.sls.logs(project, logstore)).filter(
      ({ fields }) => fields['envelope'] === 'reconciled'
    )
    expect(marked.map(({ fields }) => [fields['instance_id'], fields['state']])).toEqual([['i-bp1gone', 'Deleted']])
  })

  test('agrees with a log that has seen everything', async () => {
    sandbox.fleet.create({ instanceId: 'i-bp1live', regionId: 'cn-hangzhou', spotStrategy: 'NoSpot' })
    await until(() => sandbox.fleet.describe('i-bp1live')?.state === 'Running')
    expectTold(await runCommand(['run', '--until-empty', '--config', config]), 0)
    const result = await reconcile('--json')
    expectTold(result, 0)
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain('0 differences')
  })

  test('says what it did not compare: regions that were not asked, and changes of just now', async () => {
    const change = (instanceId: string, regionId: string, timeMs = LONG_AGO) =>
      stateChange(0, { instanceId, regionId, timeMs })
    const elsewhere = [
      change('i-2ze1a', 'cn-beijing'),
      change('i-2ze1b', 'cn-beijing'),
      change('i-uf61', 'cn-shanghai')
    ]
    sendEvents(sandbox, [...elsewhere, change('i-bp1new', 'cn-hangzhou', Date.now())])
    expectTold(await runCommand(['run', '--until-empty', '--config', config]), 0)
    const { stdout, stderr } = await reconcile()
    expect(stdout).toBe('')
    expect(stderr).toContain('0 of 4 instances in the log compared with 0 in cn-hangzhou: 0 differences')
    expect(stderr).toContain('3 instances in regions that were not asked (cn-beijing 2, cn-shanghai 1): give --region')
    expect(stderr).toContain('1 instance that changed in the last 5m')
  })

  test('told to stop while it asks ECS takes nothing for gone', async () => {
    await store(['i-bp1live', 'Running'])
    sandbox.faults.add({ service: 'ecs', operation: '*', kind: 'slow', ms: 600_000 })
    const asked = new Promise<void>((resolve) => sandbox.faults.onHit(() => resolve()))
    const running = startCommand(['reconcile', '--record', '--json', '--config', config])
    await asked
    running.process.kill('SIGINT')
    const result = await running.ended
    expectTold(result, 0)
    expect(result.stdout).toBe('')
    expect(result.stderr).not.toMatch(/difference|recorded/)
  })

  test('that may not list instances says what it needs', async () => {
    sandbox.faults.add({ service: 'ecs', operation: '*', kind: 'error', code: 'Forbidden.RAM', status: 403 })
    const result = await reconcile()
    expectTold(result, 1)
    expect(result.stderr).toContain('Cannot list the instances of cn-hangzhou')
    expect(result.stderr).toContain('ecs:DescribeInstances')
  })

  test.each([
    ['cn-nope', 'Cannot use --region cn-nope: ECS knows no such region (HTTP 404 InvalidRegionId.NotFound'],
    ['bad region', 'Cannot use --region "bad region": expected the id of a region, such as cn-hangzhou.']
  ])('--region "%s" is refused as wrong usage', async (region, problem) => {
    const result = await reconcile('--region', region)
    expectTold(result, 2)
    expect(result.stderr).toContain(problem)
    expect(result.stderr).not.toContain('The credentials need')
  })
})
