import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, type TestContext } from 'vitest'
import type { CommandResult } from '../support/command.ts'

/** Calls back when a test ends. A concurrent test has to give its own: vitest's goes by the test that began last. */
export type OnTestFinished = TestContext['onTestFinished']

/** A directory for the time of the test. */
export function openDirectory(atEnd: OnTestFinished = onTestFinished): string {
  const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-cli-'))
  atEnd(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A file for the time of the test. */
export function writeText(text: string, name = 'ecs-audit.yaml', atEnd: OnTestFinished = onTestFinished): string {
  const file = join(openDirectory(atEnd), name)
  writeFileSync(file, text)
  return file
}

/** Holds for the output of every command: no stack trace, nothing called a bug, no key, and the status that was meant. */
export function expectTold(result: CommandResult, status: number): void {
  const { stdout, stderr, signal } = result
  const output = `${stdout}${stderr}`
  expect(output).not.toMatch(/(^|\\n) +at .*:\d+:\d+/m)
  expect(output).not.toMatch(/This is a bug|[Uu]nhandled|\b(Type|Range|Reference|Syntax)?Error: /)
  expect(output).not.toMatch(/sandbox-secret|hush-hush/)
  expect({ status: result.status, signal }, output).toEqual({ status, signal: null })
}

/** The JSON objects that stand one a line. */
export function jsonLines(text: string): Array<Record<string, unknown>> {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
