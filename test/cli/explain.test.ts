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
})
