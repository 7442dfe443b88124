import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, expect, inject, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { expectTold, openDirectory } from './workspace.ts'

describe('demo', () => {
  test('says where everything is, shows released instances, and leaves nothing behind', async () => {
    const TMPDIR = openDirectory()
    const result = await runCommand(['demo', '--seconds', '4', '--instances', '8'], { environment: { TMPDIR } })
    expectTold(result, 0)
    expect(result.stdout).toMatch(/^ {2}queue +http:\/\/127\.0\.0\.1:\d+\/queues\/ecs-cms-event /m)
    expect(result.stdout).toMatch(/^ {2}logstore +http:\/\/127\.0\.0\.1:\d+ {2}project ecs-audit-sandbox, /m)
    expect(result.stdout).toMatch(/^ {2}page +http:\/\/127\.0\.0\.1:\d+\/#\/\?last=\d+ /m)
    expect(result.stdout).toContain(`released --config ${TMPDIR}/`)
    expect(result.stdout).toMatch(/^INSTANCE +REGION +CREATED +RELEASED +LIVED +HOW +EVENTS$/m)
    expect(result.stdout).toMatch(/^i-[a-z0-9]{20} +[a-z0-9-]+ +\d{4}-\d\d-\d\d .* \d+$/m)
    const [, received, stored, deleted] =
      /^(\d+) messages received, (\d+) records stored, (\d+) messages deleted from the queue\.$/m.exec(result.stderr) ??
      []
    expect(Number(received)).toBeGreaterThan(0)
    // Actions and snapshots write records of their own.
    expect(Number(stored)).toBeGreaterThanOrEqual(Number(received))
    expect(deleted).toBe(received)
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  test('ends when nobody reads on, and leaves nothing behind', async () => {
    const TMPDIR = openDirectory()
    const child = spawn(process.execPath, [inject('main'), 'demo'], { env: { ...process.env, TMPDIR } })
    const ended = Promise.all([text(child.stderr), once(child, 'close')])
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [stderr, [status]] = await ended
    expect(stderr).toMatch(/^\nStopping: .+\n\d+ messages received, .+\n$/)
    expect(status).toBe(0)
    expect(readdirSync(TMPDIR)).toEqual([])
  })
})
