import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { runCommand } from '../support/command.ts'
import { stateChanges } from '../support/events.ts'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import { expectTold, jsonLines, writeText } from './workspace.ts'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await openSandbox()
})

afterEach(() => sandbox.close())

function writeConfig(changes: Readonly<Record<string, unknown>> = {}): string {
  return writeText(sandboxConfigText(sandbox, changes))
}

function bodies(queue: string = sandbox.address.queue): string[] {
  return sandbox.mns.messages(queue).map(({ body }) => body)
}

describe('send', () => {
  test('puts one message a line on the queue, base64 as CloudMonitor does; --raw as it is', async () => {
    const config = writeConfig()
    const file = writeText('{"a": "1 & <2>"}\r\n\n{"b": "ü"}', 'events.jsonl')
    const result = await runCommand(['send', file, '--config', config])
    expectTold(result, 0)
    expect(result).toMatchObject({ stdout: '', stderr: '2 messages sent to ecs-cms-event\n' })
    expect(bodies().map((body) => Buffer.from(body, 'base64').toString())).toEqual(['{"a": "1 & <2>"}', '{"b": "ü"}'])
    const raw = await runCommand(['send', '--raw', '--json', '--config', config], { stdin: '<x> & ü\n' })
    expectTold(raw, 0)
    expect(raw).toMatchObject({ stdout: '{"queue":"ecs-cms-event","sent":1}\n', stderr: '' })
    expect(bodies().at(-1)).toBe('<x> & ü')
  })

  test('nothing is 0 messages', async () => {
    const result = await runCommand(['send', '--config', writeConfig()])
    expectTold(result, 0)
    expect(result.stderr).toBe('0 messages sent to ecs-cms-event\n')
  })

  test('--queue names one of several; the first is the default', async () => {
    sandbox.mns.createQueue('urgent')
    const config = writeConfig({ queues: [{ name: 'ecs-cms-event' }, { name: 'urgent', urgent: true }] })
    const [first, second, wrong] = await Promise.all([
      runCommand(['send', '--raw', '--config', config], { stdin: 'one' }),
      runCommand(['send', '--raw', '--config', config, '--queue', 'urgent'], { stdin: 'two' }),
      runCommand(['send', '--raw', '--config', config, '--queue', 'ugrent'], { stdin: 'three' })
    ])
    expectTold(first, 0)
    expectTold(second, 0)
    expectTold(wrong, 2)
    expect(wrong.stderr).toContain('Cannot send to the queue "ugrent": expected one of ecs-cms-event, urgent.')
    expect([bodies(), bodies('urgent')]).toEqual([['one'], ['two']])
  })

  test('a queue that does not exist is named, with what to do', async () => {
    const result = await runCommand(['send', '--config', writeConfig({ 'queue.name': 'nowhere' })], { stdin: 'one' })
    expectTold(result, 1)
    expect(result.stderr).toMatch(
      /^0 messages sent to nowhere\necs-audit: Cannot send to the queue nowhere: HTTP 404 Queue/
    )
    expect(result.stderr).toContain(`Create the queue "nowhere" at ${sandbox.address.mns}, or correct queue.name`)
  })
})

describe('send that fails half-way', () => {
  const total = 640

  test('tells how many messages the queue has, on stderr and for programs', async () => {
    sandbox.faults.add({ service: 'mns', operation: 'BatchSendMessage', kind: 'error', code: 'InternalError', skip: 9 })
    const stdin = stateChanges(total).join('\n')
    const result = await runCommand(['send', '--json', '--config', writeConfig()], { stdin })
    expectTold(result, 1)
    expect(jsonLines(result.stdout)).toEqual([{ queue: 'ecs-cms-event', sent: 9 * 16 }])
    expect(bodies()).toHaveLength(9 * 16)
    expect(result.stderr).toContain('ecs-audit: Cannot send to the queue ecs-cms-event: HTTP 500 InternalError')
  })

  test('messages that the queue refuses are told, and those beside them are counted', async () => {
    sandbox.mns.createQueue('small', { maximumMessageSize: 1_024 })
    const lines = ['one', 'x'.repeat(2_000), 'three', 'x'.repeat(3_000), 'five']
    const config = writeConfig({ 'queue.name': 'small' })
    const result = await runCommand(['send', '--config', config], { stdin: lines.join('\n') })
    expectTold(result, 1)
    expect(bodies('small')).toHaveLength(3)
    expect(result.stderr).toBe(
      '3 messages sent to small\necs-audit: Cannot send 2 of 5 messages: the queue small refused them: InvalidArgument.\n'
    )
  })

  test('a message that is too large is told by its place; those before it are sent', async () => {
    const lines = ['one', 'two', 'x'.repeat(50_000), 'four']
    const result = await runCommand(['send', '--config', writeConfig()], { stdin: lines.join('\n') })
    expectTold(result, 1)
    const sent = bodies().length
    expect(result.stderr).toBe(
      `${sent} messages sent to ecs-cms-event\necs-audit: Cannot send message 3 of the input: expected at most 65536 bytes in base64, found 66668.\n`
    )
    expect(sent).toBe(2)
  })

  test('a signal ends it though stdin stays open, and it tells that the rest was not sent', async () => {
    const child = spawn(process.execPath, [inject('main'), 'send', '--raw', '--config', writeConfig()])
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    child.stdin.write('one\n'.repeat(40))
    await vi.waitFor(() => expect(bodies().length).toBeGreaterThanOrEqual(32), { timeout: 60_000 })
    child.kill('SIGTERM')
    const [stdout, stderr, [status]] = await ended
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 })
    expect(stderr).toBe(
      `${bodies().length} messages sent to ecs-cms-event\nStopped before the end of the input: the rest was not sent.\n`
    )
  })
})
