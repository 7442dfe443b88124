import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import { expectTold, jsonLines, writeText } from './workspace.ts'

test('doctor tells each check, and a problem by the exit status', async () => {
  const sandbox = await openSandbox()
  onTestFinished(() => sandbox.close())
  const good = await runCommand(['doctor', '--config', writeText(sandboxConfigText(sandbox))])
  expectTold(good, 0)
  expect(good.stdout).toMatch(/^ok {7}configuration +\S+: queue ecs-cms-event; only records\n/)
  expect(good.stdout).toMatch(/\n {9}-> /)
  expect(good.stderr).toMatch(/^doctor: \d+ ok, 2 warning, 1 skipped\n$/)

  const file = writeText(sandboxConfigText(sandbox, { 'queue.name': 'nowhere' }))
  const bad = await runCommand(['doctor', '--json', '--config', file])
  expectTold(bad, 1)
  const lines = jsonLines(bad.stdout)
  expect(lines.every((line) => Object.keys(line).join() === 'check,state,found,todo')).toBe(true)
  expect(lines.filter(({ state }) => state === 'problem')).toEqual([
    expect.objectContaining({ check: 'queue nowhere', found: expect.stringContaining('QueueNotExist') })
  ])
})

test('doctor tells a bad configuration as a problem, and 78', async () => {
  const result = await runCommand(['doctor', '--json', '--config', writeText('region: 1\nqueeu: {}\n')])
  expectTold(result, 78)
  const [only, ...rest] = jsonLines(result.stdout)
  expect(only).toMatchObject({ check: 'configuration', state: 'problem', found: expect.stringContaining('queeu') })
  expect(rest).toEqual([])
})
