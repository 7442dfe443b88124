import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { type RunningCommand, runCommand, startCommand } from '../support/command.ts'
import { stateChange } from '../support/events.ts'
import { expectTold, jsonLines, openDirectory, writeText } from './workspace.ts'

/** A sandbox process that serves, and the configuration that it wrote. */
async function serve(args: readonly string[] = []): Promise<RunningCommand & { readonly config: string }> {
  const config = join(openDirectory(), 'ecs-audit.yaml')
  const command = startCommand(['sandbox', '--write-config', config, ...args])
  onTestFinished(() => void command.process.kill('SIGKILL'))
  await command.said('serving on loopback')
  return { ...command, config }
}

/** Ends it as a service manager does. */
async function stop(command: RunningCommand): Promise<string> {
  command.process.kill('SIGTERM')
  const result = await command.ended
  const { stdout, ...rest } = result
  // Its first line is the one place where the key of the sandbox belongs.
  expectTold({ ...rest, stdout: stdout.replace('sandbox-secret', '') }, 0)
  return stdout
}

describe('sandbox', () => {
  test('says where it is in one JSON object on stdout, writes a configuration, and ends on SIGTERM with 0', async () => {
    const command = await serve()
    const config = parse(readFileSync(command.config, 'utf8')) as Record<string, Record<string, unknown>>
    const [address = {}, ...others] = jsonLines(await stop(command))
    expect(others).toEqual([])
    const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(address).toEqual({
      mns: url,
      sls: url,
      ecs: url,
      slb: url,
      alb: url,
      nlb: url,
      queue: 'ecs-cms-event',
      project: 'ecs-audit-sandbox',
      logstore: 'ecs-events',
      region: 'cn-hangzhou',
      accessKeyId: 'sandbox-key',
      accessKeySecret: 'sandbox-secret'
    })
    expect(config).toMatchObject({
      region: address['region'],
      queue: { endpoint: address['mns'], name: address['queue'] },
      logstore: { endpoint: address['sls'], project: address['project'], name: address['logstore'] },
      endpoints: { ecs: address['ecs'], actiontrail: address['ecs'] },
      credentials: { accessKeyId: address['accessKeyId'], accessKeySecret: address['accessKeySecret'] }
    })
  })

  test('a port that is taken is told in one line', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const result = await runCommand(['sandbox', '--port', String(port)])
    expectTold(result, 1)
    expect(result.stdout).toBe('')
    expect(result.stderr).toMatch(
      new RegExp(
        `^ecs-audit: Cannot start the sandbox: .*EADDRINUSE.*:${port}\\. Choose another --port or --data\\.\\n$`
      )
    )
  })

  test('--write-config writes what doctor finds nothing wrong with, but that there are no records yet', async () => {
    const command = await serve()
    const result = await runCommand(['doctor', '--json', '--config', command.config])
    expectTold(result, 0)
    const doubtful = jsonLines(result.stdout).filter(({ state }) => state === 'warning' || state === 'problem')
    expect(doubtful.map(({ check }) => check)).toEqual(['records'])
    await stop(command)
  })

  test('--write-config writes over its own file, and an empty one', async () => {
    const config = writeText('')
    for (const _ of ['first', 'second']) {
      const command = startCommand(['sandbox', '--write-config', config])
      onTestFinished(() => void command.process.kill('SIGKILL'))
      await command.said('serving on loopback')
      const address = jsonLines(await stop(command))[0]
      expect(parse(readFileSync(config, 'utf8'))).toMatchObject({ queue: { endpoint: address?.['mns'] } })
    }
  })

  test('--write-config leaves a configuration of somebody alone', async () => {
    const config = writeText('region: cn-beijing\n')
    const changed = writeText('')
    const command = startCommand(['sandbox', '--write-config', changed])
    onTestFinished(() => void command.process.kill('SIGKILL'))
    await command.said('serving on loopback')
    await stop(command)
    writeFileSync(changed, readFileSync(changed, 'utf8').split('\n').slice(1).join('\n'))
    for (const file of [config, changed]) {
      const before = readFileSync(file, 'utf8')
      const result = await runCommand(['sandbox', '--write-config', file])
      expectTold(result, 1)
      expect(result.stderr).toBe(
        `ecs-audit: Cannot write the configuration to ${file}: it holds something that no sandbox wrote. Name another file, and give that to the other commands with --config.\n`
      )
      expect(readFileSync(file, 'utf8')).toBe(before)
    }
  })

  test('--faults are played on the commands that use it', async () => {
    const command = await serve(['--faults', 'mns.BatchSendMessage:InternalError'])
    const sent = await runCommand(['send', '--config', command.config], { stdin: 'one' })
    expectTold(sent, 1)
    expect(sent.stderr).toContain('HTTP 500 InternalError')
    await stop(command)
  })

  test('--data keeps messages and logs over a kill -9', async () => {
    const data = join(openDirectory(), 'deep', 'data')
    const environment = { ECS_AUDIT_QUEUE_WAIT_SECONDS: '1' }
    const now = Date.now()
    const send = async (config: string, from: number, count: number): Promise<void> => {
      const events = Array.from({ length: count }, (_, index) =>
        stateChange(from + index, { state: 'Deleted', timeMs: now - 60_000 })
      )
      expectTold(await runCommand(['send', '--config', config], { stdin: events.join('\n') }), 0)
    }

    const first = await serve(['--data', data])
    await send(first.config, 0, 3)
    expectTold(await runCommand(['run', '--until-empty', '--config', first.config], { environment }), 0)
    await send(first.config, 3, 4)
    first.process.kill('SIGKILL')
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' })

    const second = await serve(['--data', data])
    const before = await runCommand(['released', '--since', '1h', '--json', '--config', second.config])
    expectTold(before, 0)
    expect(jsonLines(before.stdout)).toHaveLength(3)
    const run = await runCommand(['run', '--until-empty', '--json', '--config', second.config], { environment })
    expectTold(run, 0)
    expect(jsonLines(run.stdout)).toMatchObject([{ received: 4, stored: 4, acknowledged: 4 }])
    const after = await runCommand(['released', '--since', '1h', '--json', '--config', second.config])
    expect(new Set(jsonLines(after.stdout).map((row) => row['instanceId'])).size).toBe(7)

    const third = await runCommand(['sandbox', '--data', data])
    expect(third).toMatchObject({ status: 1, stdout: '' })
    expect(third.stderr).toMatch(/^ecs-audit: Cannot start the sandbox: .*lock.* Choose another --port or --data\.\n$/)
    await stop(second)
    expect(existsSync(data)).toBe(true)
  })
})
