import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { createService } from '../../src/service.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { runCommand } from '../support/command.ts'
import { stateChange } from '../support/events.ts'
import { configFor, openSandbox, sandboxConfigText, sendEvents } from '../support/harness.ts'
import { expectTold, jsonLines, writeText } from './workspace.ts'

const INSTANCES = 500

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await openSandbox()
})

afterEach(() => sandbox.close())

/** Stores the releases of many instances. */
async function fill(): Promise<void> {
  const now = Date.now()
  const events = Array.from({ length: INSTANCES }, (_, index) =>
    stateChange(index, { state: 'Deleted', timeMs: now - index })
  )
  sendEvents(sandbox, events)
  const service = createService({ config: configFor(sandbox), log: silentLog })
  const { queue } = sandbox.address
  await sandbox.mns.waitFor(() => sandbox.mns.stats(queue).deleted === INSTANCES, { timeoutMs: 60_000 })
  await service.stop()
}

function writeConfig(changes: Readonly<Record<string, unknown>> = {}): string {
  return writeText(sandboxConfigText(sandbox, changes))
}

describe('released', () => {
  test('prints a table, newest first, or one JSON object a line; ends quietly when nobody reads on', async () => {
    await fill()
    const config = writeConfig()
    const [table, json, one] = await Promise.all([
      runCommand(['released', '--config', config]),
      runCommand(['released', '--json', '--config', config]),
      runCommand(['released', '--instance', 'i-test0000000007', '--config', config])
    ])
    for (const result of [table, json, one]) expectTold(result, 0)
    const lines = table.stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^INSTANCE +REGION +CREATED +RELEASED +LIVED +HOW +EVENTS$/)
    expect(lines).toHaveLength(INSTANCES + 1)
    expect(table.stderr).toBe(`${INSTANCES} released\n`)
    const times = jsonLines(json.stdout).map(({ releasedMs }) => Number(releasedMs))
    expect(times).toEqual([...times].sort((a, b) => b - a))
    expect(one.stdout.match(/^i-test.*/gm)).toHaveLength(1)

    const command = 'set -o pipefail; "$0" "$1" released --json --config "$2" | head -1'
    const shell = spawn('bash', ['-c', command, process.execPath, inject('main'), config])
    const [stdout, stderr, [status]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
    expect({ lines: jsonLines(stdout).length, stderr, status }).toEqual({ lines: 1, stderr: '', status: 0 })
  })

  test('says so when there is none', async () => {
    const result = await runCommand(['released', '--since', '1h', '--config', writeConfig()])
    expectTold(result, 0)
    expect(result).toMatchObject({ stdout: '', stderr: 'No instance was released in this time.\n' })
  })

  test('names a logstore that does not exist, a refused key and an endpoint that nobody serves', async () => {
    const [missing, refused, unserved] = await Promise.all([
      runCommand(['released', '--config', writeConfig({ 'logstore.name': 'nowhere' })]),
      runCommand(['released', '--config', writeConfig({ 'credentials.accessKeySecret': 'hush-hush' })]),
      runCommand(['released', '--config', writeConfig({ 'logstore.endpoint': 'http://127.0.0.1:1' })])
    ])
    for (const result of [missing, refused, unserved]) {
      expectTold(result, 1)
      expect(result.stdout).toBe('')
    }
    expect(missing.stderr).toMatch(/^ecs-audit: Cannot query the logstore ecs-audit-sandbox\/nowhere: HTTP 404 .+\n$/)
    expect(missing.stderr).toContain('Run "ecs-audit setup", which makes the logstore ecs-audit-sandbox/nowhere')
    expect(refused.stderr).toMatch(/^ecs-audit: Cannot query the logstore .+: HTTP 401 SignatureNotMatch: .+\n$/)
    expect(refused.stderr).toContain(
      'Check credentials in the configuration file or, where it has none, ALIBABA_CLOUD_'
    )
    expect(unserved.stderr).toContain('Check that http://127.0.0.1:1 can be reached from here')
  })
})
