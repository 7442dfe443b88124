import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { stateChange } from '../support/events.ts'
import { expectTold, jsonLines, writeText } from './workspace.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/events.jsonl', import.meta.url))
const fixtures = readFileSync(FIXTURES, 'utf8').trim().split('\n')

describe('explain', () => {
  test('tells name, meaning and record of each event in a file', async () => {
    const result = await runCommand(['explain', FIXTURES])
    expectTold(result, 0)
    expect(result.stdout).toMatch(/^1: Instance:StateChange: The instance changed its state\n {2}schema +1\n/)
    expect(result.stdout).toMatch(/^\d+: Instance:PreemptibleInstanceInterruption: .+/m)
    expect(result.stdout.match(/^\d+: /gm)).toHaveLength(fixtures.length)
    expect(result.stderr).toContain(`${fixtures.length} messages, 0 undecodable.`)
  })

  test('--json prints the record of each, one a line', async () => {
    const result = await runCommand(['explain', '--json', FIXTURES])
    expectTold(result, 0)
    const records = jsonLines(result.stdout)
    expect(records).toHaveLength(fixtures.length)
    for (const record of records)
      expect(record).toMatchObject({ schema: '1', kind: 'event', event_key: expect.any(String) })
  })

  test('reads stdin, in any encoding, with line ends of any system and empty lines between', async () => {
    const body = stateChange(1, { state: 'Stopped' })
    const stdin = `\uFEFF${body}\r\n\r\n   \n${Buffer.from(body).toString('base64')}`
    const result = await runCommand(['explain', '-', '--json'], { stdin })
    expectTold(result, 0)
    expect(jsonLines(result.stdout)).toMatchObject([{ state: 'Stopped' }, { state: 'Stopped' }])
    expect(result.stderr).toContain('2 messages, 0 undecodable.')
  })

  test('garbage is undecodable, which is told and no failure', async () => {
    const result = await runCommand(['explain', '-'], { stdin: 'garbage\n{"a":\n\u0000\u0001\n[]\n' })
    expectTold(result, 0)
    expect(result.stdout.match(/^\d: undecodable \(.+\): .+/gm)).toHaveLength(4)
    expect(result.stderr).toContain('4 messages, 4 undecodable.')
  })

  test('nothing is no message', async () => {
    const result = await runCommand(['explain', '-'])
    expectTold(result, 0)
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain('0 messages, 0 undecodable.')
  })

  test('a line without end is refused before it fills the memory', async () => {
    const file = writeText('x'.repeat(5 * 1024 * 1024), 'events.jsonl')
    const result = await runCommand(['explain', file])
    expectTold(result, 1)
    expect(result.stderr).toContain('expected one event a line, found a line of over 4194304 characters.')
  })

  test('ends quietly when nobody reads on: explain | head -1', async () => {
    const command = 'set -o pipefail; "$0" "$1" explain "$2" | head -1'
    const shell = spawn('bash', ['-c', command, process.execPath, inject('main'), FIXTURES])
    const [stdout, stderr, [status]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
    expect({ stdout, stderr, status }).toEqual({
      stdout: '1: Instance:StateChange: The instance changed its state\n',
      stderr: '',
      status: 0
    })
  })

  test('SIGINT ends it though stdin stays open', async () => {
    const child = spawn(process.execPath, [inject('main'), 'explain', '-'])
    child.stdin.write(`${stateChange(1)}\n`)
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  describe('the actions', () => {
    const stop = stateChange(1, { state: 'Stopped', instanceId: 'i-bp1known' })
    const stranger = stateChange(2, { state: 'Stopped', instanceId: 'i-bp1stranger' })
    const instance = {
      InstanceId: 'i-bp1known',
      RegionId: 'cn-hangzhou',
      Status: 'Stopped',
      StoppedMode: 'StopCharging',
      Tags: { Tag: [{ TagKey: 'ecs-audit', TagValue: 'restart' }] }
    }
    const instances = (each: object): string =>
      writeText(JSON.stringify({ Instances: { Instance: [each] } }), 'instances.json')

    test('are shown as the default rules would have them, with the instance as they want it', async () => {
      const result = await runCommand(['explain', FIXTURES])
      expectTold(result, 0)
      expect(result.stdout).toMatch(/^ {2}-> restart {2}would_do start: The instance stopped/m)
      expect(result.stdout).toMatch(/^ {2}-> drain {4}would_do removed \(every group found\): /m)
      expect(result.stdout).toMatch(/^ {2}-> replace {2}would_do replaced: /m)
      expect(result.stdout).toMatch(/^ {2}-> drain {4}skipped test-event: /m)
      expect(result.stderr).toContain('as if they were switched on')
      expect(result.stderr).toContain('taken to be as the rules want them')
    })

    test('are decided by what is known of an instance', async () => {
      const file = instances(instance)
      const stdin = `${stop}\n${stranger}`
      const result = await runCommand(['explain', '-', '--json', '--instances', file], { stdin })
      expectTold(result, 0)
      const [known, other] = jsonLines(result.stdout)
      expect(known).toMatchObject({
        actions: [
          {
            action: 'restart',
            assumed: false,
            decisions: [expect.objectContaining({ decision: 'skipped', reason: 'stop-charging' })]
          }
        ]
      })
      expect(other).toMatchObject({
        actions: [{ action: 'restart', assumed: true, decisions: [expect.objectContaining({ decision: 'would_do' })] }]
      })
    })

    test('that are not switched on are not shown', async () => {
      const config = writeText(
        'region: cn-hangzhou\nqueue: { endpoint: http://127.0.0.1:1, name: q }\nlogstore: { endpoint: http://127.0.0.1:1, project: p-1, name: l-1 }\n',
        'ecs-audit.yaml'
      )
      const result = await runCommand(['explain', FIXTURES, '--config', config])
      expectTold(result, 0)
      expect(result.stdout).not.toContain('->')
      expect(result.stderr).not.toContain('switched on')
    })

    test.each([
      ['no JSON', '{', 'expected JSON'],
      ['something else', '[1]', 'expected what DescribeInstances answers']
    ])('instances in a file with %s are refused', async (_, text, problem) => {
      const file = writeText(text, 'instances.json')
      const result = await runCommand(['explain', '-', '--instances', file], { stdin: stop })
      expectTold(result, 1)
      expect(result.stderr).toContain(`Cannot read instances from ${file}: ${problem}`)
    })
  })
})
