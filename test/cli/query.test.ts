import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { runCommand } from '../support/command.ts'
import { stateChange } from '../support/events.ts'
import { openSandbox, sandboxConfigText, sendEvents } from '../support/harness.ts'
import { expectTold, jsonLines } from './workspace.ts'

const HOUR = 3_600_000
const CREATED = Date.now() - 2 * HOUR
const RELEASED = Date.now() - HOUR

let sandbox: Sandbox
let directory: string
let config: string

/** Three instances, created and released, that every question here is about. */
beforeAll(async () => {
  sandbox = await openSandbox()
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-query-'))
  config = join(directory, 'ecs-audit.yaml')
  writeFileSync(config, sandboxConfigText(sandbox, { 'queue.waitSeconds': 1 }))
  const bodies = ['i-bp1a', 'i-bp1b', 'i-bp1c'].flatMap((instanceId, at) => [
    stateChange(3 * at, { instanceId, state: 'Created', timeMs: CREATED + at }),
    stateChange(3 * at + 1, { instanceId, state: 'Running', timeMs: CREATED + 1_000 + at }),
    stateChange(3 * at + 2, { instanceId, state: 'Deleted', timeMs: RELEASED + at })
  ])
  sendEvents(sandbox, bodies)
  expectTold(await runCommand(['run', '--until-empty', '--config', config]), 0)
})

afterAll(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true, force: true })
})

function query(...args: readonly string[]) {
  return runCommand(['query', ...args, '--config', config])
}

describe('query', () => {
  test('--list tells every question, for people and for programs', async () => {
    const table = await runCommand(['query', '--list'])
    expectTold(table, 0)
    expect(table.stdout).toMatch(/^NAME +QUESTION +LOOKS BACK +PARAMETERS\n/)
    expect(table.stdout).toMatch(/^released +Which instances were released/m)
    // By topic; what only charts and alerts ask comes last.
    expect(table.stdout.match(/^# .*/gm)?.[0]).toBe('# Lives')
    expect(table.stdout.indexOf('\nalert-silence ')).toBeGreaterThan(table.stdout.indexOf('# Charts and alerts'))
    const lines = jsonLines((await runCommand(['query', '--list', '--json'])).stdout)
    expect(lines).toContainEqual(expect.objectContaining({ name: 'released', topic: 'releases', range: '30d' }))
  })

  test('--list comes in every format', async () => {
    const csv = await runCommand(['query', '--list', '--format', 'csv'])
    expectTold(csv, 0)
    expect(csv.stdout).toMatch(/^name,topic,question,range,parameters\r\n/)
    expect(csv.stdout).toMatch(/^instance-events,life,"What happened .*",90d,instance=\(needed\)\r$/m)
    const ndjson = await runCommand(['query', '--list', '--format', 'ndjson'])
    const json = await runCommand(['query', '--list', '--format', 'json'])
    expect(JSON.parse(json.stdout)).toEqual(jsonLines(ndjson.stdout))
  })

  test('answers as a table, JSON, lines of JSON and CSV', async () => {
    const one = ['released', '--param', 'instance=i-bp1a']
    const table = await query(...one, '--time-zone', 'utc')
    expectTold(table, 0)
    const [head = '', row = '', ...rest] = table.stdout.trimEnd().split('\n')
    expect(head).toMatch(/^INSTANCE +REGION +ACCOUNT +CREATED +RELEASED/)
    expect(row).toContain(new Date(RELEASED).toISOString().slice(0, 19).replace('T', ' '))
    expect(rest).toEqual([])
    expect(table.stderr).toContain('Released instances, last 30d: 1 row')

    const wanted = { instance_id: 'i-bp1a', created_ms: CREATED, released_ms: RELEASED, notice_ms: null, events: 3 }
    expect(JSON.parse((await query(...one, '--format', 'json')).stdout)).toMatchObject([wanted])
    expect(jsonLines((await query(...one, '--json')).stdout)).toMatchObject([wanted])
    const csv = (await query(...one, '--format', 'csv')).stdout
    expect(csv).toMatch(/^instance_id,region_id,account_id,created_ms,/)
    expect(csv).toContain(`,${new Date(RELEASED).toISOString()},`)
  })

  test('takes parameters, and a time to look back', async () => {
    const one = await query('released', '--param', 'instance=i-bp1b', '--json')
    expect(jsonLines(one.stdout)).toMatchObject([{ instance_id: 'i-bp1b' }])
    const none = await query('released', '--since', '30m', '--json')
    expectTold(none, 0)
    expect(none.stdout).toBe('')
    expect(none.stderr).toContain('last 30m: 0 rows')
  })

  test('says what a question needs to have rows at all', async () => {
    const none = await query('instance-events', '--json')
    expectTold(none, 0)
    expect(none.stderr).toContain('Without --param instance=... this question has no rows.')
    const address = await query('by-address', '--param', 'address=')
    expect(address.stderr).toContain('Without --param address=...')
    expect(address.stderr).not.toContain('snapshots')
    expect((await query('instance-events', '--param', 'instance=i-bp1b')).stderr).not.toContain('Without')
  })

  test('stops at --rows, and says that there is more', async () => {
    const two = await query('released', '--rows', '2', '--json')
    expect(jsonLines(two.stdout).map((row) => row['instance_id'])).toEqual(['i-bp1c', 'i-bp1b'])
    expect(two.stderr).toContain('There is more')
  })

  test('--print shows the query for the console', async () => {
    const printed = await runCommand(['query', 'released', '--print', '--param', 'instance=i-bp1b'])
    expectTold(printed, 0)
    expect(printed.stdout).toMatch(/^kind: event .* \| select .*instance_id = 'i-bp1b'.* limit \d+\n$/)
  })

  test('--print shows a query without what it needs: the console asks for it', async () => {
    const printed = await runCommand(['query', 'instance-events', '--print'])
    expectTold(printed, 0)
    expect(printed.stdout).toContain("instance_id = ''")
  })

  test.each([
    [['query', 'relesed'], 'Did you mean released?'],
    [['query'], 'Cannot ask: expected the name of a question, found none.'],
    [['query', 'released', '--param', 'nonsense'], 'Cannot use --param nonsense: expected key=value.'],
    [['query', 'released', '--param', 'name=x'], 'Cannot ask released with the parameter "name": it has instance.'],
    [
      ['query', 'released', '--param', "instance=x' or '1'='1"],
      'Cannot ask released with instance: expected the id of an instance'
    ],
    [['query', 'released', '--format', 'xml'], 'Cannot use --format xml: expected one of table, json, ndjson, csv.'],
    [['query', '--list', '--format', 'xml'], 'Cannot use --format xml: expected one of table, json, ndjson, csv.'],
    [['query', 'released', '--time-zone', 'Mars/Base'], 'Cannot use --time-zone Mars/Base: expected utc'],
    [['query', 'released', '--since', 'ever'], 'Cannot use --since ever: expected a duration'],
    [['query', 'released', '--since', '99999999d'], 'Cannot use --since 99999999d: expected a duration'],
    [['query', 'releases-off-hours', '--param', 'zone=+99:99'], 'expected an offset from UTC, from -12:00 to +14:00'],
    [['query', 'releases-off-hours', '--param', 'from_hour=99'], 'expected an hour from 0 to 24, found "99"'],
    [['query', 'released', '--rows', '0'], 'Cannot use --rows 0: expected a whole number']
  ])('%s is refused as wrong usage', async (args, problem) => {
    const result = await runCommand(args)
    expectTold(result, 2)
    expect(result.stderr).toContain(problem)
    expect(result.stdout).toBe('')
  })

  test('a logstore without the index says what to do', async () => {
    const { project, logstore } = sandbox.address
    // The last question of this file: from now on there is no index.
    await sandbox.sls.updateIndex(project, logstore, { keys: {}, line: { token: [' '] } })
    const result = await query('released')
    expectTold(result, 1)
    expect(result.stderr).toContain('run "ecs-audit setup"')
  })
})
