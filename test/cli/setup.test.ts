import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import { expectTold, jsonLines, openDirectory, writeText } from './workspace.ts'

let sandbox: Sandbox
let config: string

beforeEach(async () => {
  sandbox = await openSandbox({ index: undefined })
  config = writeText(sandboxConfigText(sandbox))
})

afterEach(() => sandbox.close())

function setup(...args: string[]): Promise<CommandResult> {
  return runCommand(['setup', '--config', config, ...args])
}

/** How many calls of some operations the sandbox has taken. */
function calls(pattern: RegExp): number {
  return [...sandbox.counts.sls].reduce((sum, [name, count]) => (pattern.test(name) ? sum + count : sum), 0)
}

describe('setup', () => {
  test('tells the plan, carries it out, and finds nothing to do the second time', async () => {
    const dry = await setup('--dry-run')
    expectTold(dry, 0)
    expect(dry.stdout).toMatch(
      /^create {2}logstore {6}ecs-events\ncreate {2}index {9}ecs-events\ncreate {2}saved search/
    )
    expect(dry.stderr).toMatch(/^\d+ resources: \d+ to create\n$/)
    expectTold(await setup('--check'), 1)
    expect(calls(/^Create/)).toBe(0)

    const first = await setup()
    expectTold(first, 0)
    expect(first.stdout).toBe(dry.stdout)
    expect(first.stderr).toMatch(/\nsetup: \d+ created\n/)
    expect(first.stderr).toContain('alerts.actionPolicy')
    expect(sandbox.sls.hasLogstore(sandbox.address.project, sandbox.address.logstore)).toBe(true)

    const made = calls(/^(Create|Update)/)
    for (const args of [[], ['--check']]) {
      const again = await setup(...args)
      expectTold(again, 0)
      expect(again.stdout).toBe('')
      expect(again.stderr).toMatch(/^\d+ resources: \d+ as they should be\n/)
    }
    expect(calls(/^(Create|Update)/)).toBe(made)
  })

  test('names what differs, with what, for people and for programs', async () => {
    const { project, logstore } = sandbox.address
    await sandbox.sls.createLogstore(project, logstore, { ttl: 7, shards: 1 }, { keys: { state: { type: 'long' } } })
    const check = await setup('--check')
    expectTold(check, 1)
    expect(check.stdout).toMatch(
      /^update {2}logstore {6}ecs-events\n {8}ttl: 7 -> 365\nupdate {2}index {9}ecs-events\n/
    )
    expect(check.stdout).toContain('\n        and ')
    expect(check.stdout).toContain('by hand: state is indexed as long, the queries need text: "setup --change-types"')
    const json = await setup('--check', '--json')
    expectTold(json, 1)
    const [first, second, third] = jsonLines(json.stdout)
    const changes = [{ path: 'ttl', wanted: 365, actual: 7 }]
    expect(first).toMatchObject({ kind: 'logstore', name: 'ecs-events', action: 'update', changes })
    expect(second).toMatchObject({ kind: 'index', action: 'update', obstacles: [expect.stringContaining('state')] })
    expect(third).toEqual({ kind: 'saved search', name: expect.stringMatching(/^ecs-audit-/), action: 'create' })
    expectTold(await setup(), 1)
    expectTold(await setup('--change-types'), 0)
    expectTold(await setup('--check'), 0)
  })

  test('says which permission is missing, once for all resources of a kind', async () => {
    for (const operation of ['CreateSavedSearch', 'CreateDashboard', 'CreateAlert', 'GetIndex']) {
      sandbox.faults.add({ service: 'sls', operation, kind: 'error', code: 'Unauthorized' })
    }
    const result = await setup()
    expectTold(result, 1)
    const lines = result.stderr.split('\n').filter((line) => line.startsWith('Cannot '))
    expect(lines.length).toBeLessThanOrEqual(4)
    expect(result.stderr).toMatch(
      /Cannot create saved searches ecs-audit-[\w-]+, .* and \d+ more: HTTP 401 Unauthorized: .* Allow log:CreateSavedSearch on acs:log:cn-hangzhou:\*:project\/ecs-audit-sandbox\/savedsearch\/\* in a RAM policy/
    )
    expect(result.stderr).toContain('Allow log:CreateAlert on * in a RAM policy')
    expect(result.stderr).toContain(
      'Allow log:GetIndex on acs:log:cn-hangzhou:*:project/ecs-audit-sandbox/logstore/ecs-events in a RAM policy'
    )
  })

  test('says what to do about a missing project, a wrong key and an endpoint that nobody serves', async () => {
    const other = writeText(sandboxConfigText(sandbox, { 'logstore.project': 'another-project' }))
    const wrong = writeText(sandboxConfigText(sandbox, { 'credentials.accessKeySecret': 'hush-hush' }))
    const [missing, refused] = await Promise.all([
      runCommand(['setup', '--config', other]),
      runCommand(['setup', '--config', wrong])
    ])
    for (const result of [missing, refused]) {
      expectTold(result, 1)
      expect(result.stdout).toBe('')
    }
    expect(missing.stderr).toMatch(
      /^ecs-audit: Cannot set up the project another-project: .* say --create-project\.\n$/
    )
    expect(refused.stderr).toMatch(/^ecs-audit: Cannot read the project ecs-audit-sandbox: HTTP 401 SignatureNotMatch/)
    expect(refused.stderr).toContain(
      'Check credentials in the configuration file or, where it has none, ALIBABA_CLOUD_'
    )

    expectTold(await runCommand(['setup', '--config', other, '--check', '--create-project']), 1)
    expect(sandbox.sls.hasProject('another-project')).toBe(false)
    const made = await runCommand(['setup', '--config', other, '--create-project'])
    expectTold(made, 0)
    expect(made.stderr).toContain('The project another-project does not exist: it is created first.')
    expectTold(await runCommand(['setup', '--config', other, '--check']), 0)
  })

  test('prints everything as files that hold the names of the configuration, without a cloud', async () => {
    const folder = join(openDirectory(), 'out')
    const result = await setup('--print', folder, '--lang', 'zh')
    expectTold(result, 0)
    const files = result.stdout.trimEnd().split('\n')
    expect(result.stderr).toBe(`${files.length} files in ${folder}\n`)
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' })).toEqual(expect.arrayContaining(files))
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown
    for (const name of files) expect(read(name)).toBeTypeOf('object')
    expect(read('logstore.json')).toMatchObject({ logstoreName: 'ecs-events', ttl: 365 })
    expect(read('index.json')).toMatchObject({ keys: { event_ms: { type: 'long', doc_value: true } } })
    expect(read('saved-searches/ecs-audit-released.json')).toMatchObject({
      displayName: expect.stringContaining('已释放的实例'),
      logstore: 'ecs-events'
    })
    expect(read('alerts/ecs-audit-silence.json')).toMatchObject({
      configuration: { queryList: [{ project: 'ecs-audit-sandbox', store: 'ecs-events' }] }
    })
    expect([...sandbox.counts.sls]).toEqual([])
  })

  test('refuses options that exclude each other, and languages that there are not', async () => {
    const results = await Promise.all([setup('--check', '--dry-run'), setup('--lang', 'fr')])
    for (const result of results) expectTold(result, 2)
    expect(results[0]?.stderr).toContain('each is instead of doing it')
    expect(results[1]?.stderr).toContain('expected en or zh')
  })
})
