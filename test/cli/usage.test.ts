import { describe, expect, test } from 'vitest'
import { loadCommands } from '../../src/cli/load-command.ts'
import { runCommand } from '../support/command.ts'
import { expectTold, writeText } from './workspace.ts'

describe('help', () => {
  test('is printed on stdout, for the program and for each command', async () => {
    const commands = await loadCommands()
    const [whole, ...each] = await Promise.all([
      runCommand(['--help']),
      ...commands.map(({ name }) => runCommand([name, '--help']))
    ])
    for (const result of [whole, ...each]) {
      expectTold(result, 0)
      expect(result.stderr).toBe('')
    }
    for (const [index, { name, options }] of commands.entries()) {
      expect(whole.stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
      expect(each[index]?.stdout).toContain(`Usage: ecs-audit ${name} [options]`)
      for (const { flags } of options) expect(each[index]?.stdout).toContain(flags)
    }
  })

  test('a call without a command prints it on stderr, as wrong usage', async () => {
    const result = await runCommand([])
    expectTold(result, 2)
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain('Usage: ecs-audit [options] [command]')
  })

  test('--version is the version of the package', async () => {
    const result = await runCommand(['--version'])
    expectTold(result, 0)
    expect(result.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('wrong usage', () => {
  test.each([
    [['relaesed'], "error: unknown command 'relaesed'"],
    [['released', '--sinse', '1d'], "error: unknown option '--sinse'"],
    [['released', '--since'], "error: option '--since <duration>' argument missing"],
    [['released', 'i-1'], "error: too many arguments for 'released'"],
    [['explain'], "error: missing required argument 'file'"],
    [
      ['released', '--since', 'yesterday'],
      'Cannot use --since yesterday: expected a duration such as 30m, 12h or 30d, up to 20000d.'
    ],
    [['released', '--since', '0d'], 'Cannot use --since 0d'],
    [['released', '--instance', 'i-1" or *'], 'expected an instance id such as i-bp1abc'],
    [['sandbox', '--port', '70000'], 'Cannot use --port 70000: expected a whole number from 0 to 65533.'],
    [['sandbox', '--fleet', 'many'], 'Cannot use --fleet many: expected a whole number from 0 to 10000.'],
    [['sandbox', '--faults', 'sls:explode'], 'Cannot read fault "sls:explode": "explode" is neither an error code nor'],
    [
      ['sandbox', '--faults', 'actiontrail.Nope:reset-before@rate=0.5'],
      'Cannot play fault "actiontrail.Nope:reset-before": it would strike nothing; expected one of LookupEvents.'
    ],
    [['demo', '--seconds', 'few'], 'Cannot use --seconds few: expected a whole number from 1 to 1000000.'],
    [['demo', '--instances', '0'], 'Cannot use --instances 0: expected a whole number from 1 to 1000.']
  ])('%j is answered with what was expected, and 2', async (args, said) => {
    const result = await runCommand(args)
    expectTold(result, 2)
    expect(result.stderr).toContain(said)
    expect(result.stdout).toBe('')
  })
})

describe('files', () => {
  test.each([
    [['explain', '/no/such/file'], 'Cannot read /no/such/file: ENOENT: no such file or directory'],
    [['explain', '/tmp'], 'Cannot read /tmp: EISDIR'],
    [['sandbox', '--data', '/dev/null/data'], 'Cannot start the sandbox: ENOTDIR'],
    [
      ['sandbox', '--write-config', '/no/such/folder/file'],
      'Cannot write the configuration to /no/such/folder/file: ENOENT'
    ]
  ])('%j is answered with what is wrong with it, and 1', async (args, said) => {
    const result = await runCommand(args)
    expectTold(result, 1)
    expect(result.stderr).toContain(said)
    expect(result.stdout).toBe('')
  })
})

describe('configuration', () => {
  test('a missing one is told option by option, and 78, by every command that needs one', async () => {
    const results = await Promise.all(
      [['run'], ['released'], ['send']].map((args) =>
        runCommand(args, { environment: { ECS_AUDIT_REGION: 'cn-hangzhou' } })
      )
    )
    for (const result of results) {
      expectTold(result, 78)
      expect(result.stdout).toBe('')
      expect(result.stderr).toBe(
        [
          'ecs-audit: Cannot use the configuration from the environment: 5 problems.',
          '  queue.endpoint: expected the MNS endpoint, such as https://host; found nothing',
          '  queue.name: expected the name of the queue; found nothing',
          '  logstore.endpoint: expected the SLS endpoint, such as https://host; found nothing',
          '  logstore.project: expected the name of the SLS project; found nothing',
          '  logstore.name: expected the name of the logstore; found nothing',
          'There is no ecs-audit.yaml in the working directory: name a file with --config.\n'
        ].join('\n')
      )
    }
  })

  test('none at all is told with where it was looked for, what it needs, and how to try it without', async () => {
    const result = await runCommand(['run'])
    expectTold(result, 78)
    const lines = result.stderr.split('\n')
    expect(lines[0]).toBe('ecs-audit: Cannot find a configuration. It needs:')
    expect(lines.slice(1, 7).map((line) => line.split(':')[0]?.trim())).toEqual([
      ...['region', 'queue.endpoint', 'queue.name', 'logstore.endpoint', 'logstore.project', 'logstore.name']
    ])
    expect(lines.slice(7)).toEqual([
      'There is no ecs-audit.yaml in the working directory, no --config, and no variable ECS_AUDIT_... is set. "Run it for real" in the README shows a file. To try it without an account: ecs-audit demo, or ecs-audit sandbox --write-config ecs-audit.yaml.',
      ''
    ])
  })

  test('--config of a file that does not exist is 78', async () => {
    const result = await runCommand(['run', '--config', '/no/such/file.yaml'])
    expectTold(result, 78)
    expect(result.stderr).toContain('Cannot read the configuration file /no/such/file.yaml: ENOENT')
  })

  test('mistakes are told all at once, and 78', async () => {
    const file = writeText(`
region: cn-hangzhou
queue: { endpoint: http://mns.example, recievers: 9, visibility: 1 }
logstore: { endpoint: https://sls.example, project: p }
credentials: { accessKeyId: id, accessKeySecret: hush-hush }
`)
    const result = await runCommand(['run', '--config', file], { environment: { ECS_AUDIT_LOG_LEVEL: 'loud' } })
    expectTold(result, 78)
    expect(result.stderr).toContain(`Cannot use the configuration from ${file} and the environment: 7 problems.`)
    for (const path of ['queue.endpoint', 'queue.name', 'queue.recievers', 'queue.visibility', 'logstore.name']) {
      expect(result.stderr).toContain(`  ${path}: expected `)
    }
    expect(result.stderr).toContain(
      '  log.level: expected one of debug, info, warn, error, silent; found "loud" in ECS_AUDIT_LOG_LEVEL'
    )
    expect(result.stderr).toContain('  credentials: expected no keys in the file')
  })
})
