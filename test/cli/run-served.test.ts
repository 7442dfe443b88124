import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { runCommand, startCommand } from '../support/command.ts'
import { stateChanges } from '../support/events.ts'
import { openSandbox, sandboxConfigText, sendEvents } from '../support/harness.ts'

let directory: string
let sandbox: Sandbox

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-served-'))
  sandbox = await openSandbox()
})

afterEach(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true, force: true })
})

function writeConfig(changes: Readonly<Record<string, unknown>>): string {
  const file = join(directory, 'ecs-audit.yaml')
  writeFileSync(file, sandboxConfigText(sandbox, { 'queue.waitSeconds': 1, ...changes }))
  return file
}

test('run serves health and metrics while it runs; while their port is taken it consumes without them', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  const config = writeConfig({ 'http.port': port })
  // The batch form serves nothing, so that it can run beside the service.
  const batch = await runCommand(['run', '--until-empty', '--config', config])
  expect(batch).toMatchObject({ status: 0, stderr: expect.not.stringContaining('port') })

  const run = startCommand(['run', '--config', config])
  await run.said('"http":"","')
  expect(run.stderr()).toContain(
    `127.0.0.1:${port}: the port is taken, perhaps by another ecs-audit. Set http.port to a free one`
  )
  await sendEvents(sandbox, stateChanges(3))
  await run.said('logstore breaker closed')
  await new Promise((resolve) => holder.close(resolve))
  await run.said('health and metrics are served now')
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('ecs_audit_build_info{version=')
  run.process.kill('SIGTERM')
  expect(await run.ended).toMatchObject({ status: 0 })
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()

  const next = startCommand(['run', '--config', config])
  await next.said('started')
  expect(next.stderr()).toContain(`"http":"http://127.0.0.1:${port}/"`)
  next.process.kill('SIGTERM')
  expect(await next.ended).toMatchObject({ status: 0 })
})

test('an address of another machine is a mistake in the configuration; traces work without an SDK', async () => {
  const away = await runCommand(['run', '--config', writeConfig({ 'http.host': '192.0.2.1', 'http.port': 9_464 })])
  expect(away).toMatchObject({ status: 78, stderr: expect.stringContaining('Set http.host') })
  const traced = await runCommand(['run', '--until-empty', '--config', writeConfig({ 'traces.enabled': true })])
  expect(traced).toMatchObject({ status: 0 })
})
