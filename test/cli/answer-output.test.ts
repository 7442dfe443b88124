import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import type { CommandResult } from '../support/command.ts'
import { stateChanges } from '../support/events.ts'
import { expectTold, openDirectory, writeText } from './workspace.ts'

/** What a shell makes of a line in which `ecs-audit` is the built command. */
function shell(line: string, cwd = openDirectory()): Promise<CommandResult> {
  const program = line.replaceAll('ecs-audit ', `"${process.execPath}" "${inject('main')}" `)
  return new Promise((resolve) => {
    const child = execFile('bash', ['-o', 'pipefail', '-c', program], { cwd }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, signal: child.signalCode, stdout, stderr })
    )
  })
}

const EVENTS = 3_000

function eventsFile(): string {
  return writeText(`${stateChanges(EVENTS).join('\n')}\n`, 'events.jsonl')
}

describe.runIf(existsSync('/dev/full'))('an answer that a full disk does not take', () => {
  test.each([
    ['of a few lines', 'query --list'],
    ['of many lines', 'explain "$FILE"'],
    ['of one write', '--help'],
    ['of a command', 'query --help']
  ])('%s is told in one line, and 1', async (_, args) => {
    const result = await shell(`FILE="${eventsFile()}"; ecs-audit ${args} > /dev/full`)
    expectTold(result, 1)
    expect(result.stderr).toBe('ecs-audit: Cannot write the answer to stdout: no space left on its disk (ENOSPC).\n')
  })

  test('talk that can not be written is no failure', async () => {
    const result = await shell('ecs-audit query --list 2> /dev/full | wc -l')
    expectTold(result, 0)
    expect(Number(result.stdout)).toBeGreaterThan(20)
  })
})

describe('an answer', () => {
  test('that is cut short by the size that a file may have is told, and 1', async () => {
    const directory = openDirectory()
    const result = await shell('ulimit -f 1; ecs-audit query --list --json > answer', directory)
    expectTold(result, 1)
    expect(result.stderr).toContain('Cannot write the answer to stdout: its file may not grow larger (EFBIG).')
  })

  test('is whole in a file, after what was there, and in a pipe whose reader is slow', async () => {
    const directory = openDirectory()
    const line = `echo before > answer; ecs-audit explain "${eventsFile()}" --json >> answer`
    expectTold(await shell(line, directory), 0)
    const text = readFileSync(join(directory, 'answer'), 'utf8')
    expect(text.startsWith('before\n')).toBe(true)
    expect(text.split('\n')).toHaveLength(EVENTS + 2)
    const piped = await shell(`ecs-audit explain "${eventsFile()}" --json | (sleep 1; wc -l)`)
    expectTold(piped, 0)
    expect(Number(piped.stdout)).toBe(EVENTS)
  })

  test('whose reader has what it wanted ends in silence', async () => {
    const result = await shell(`ecs-audit explain "${eventsFile()}" --json | head -1`)
    expect(result.stdout.split('\n')).toHaveLength(2)
    expect(result.stderr).not.toMatch(/Cannot write|EPIPE|Error/)
  })
})
