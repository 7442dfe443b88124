import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { runCommand, startCommand } from '../support/command.ts'
import { openSandbox, requestCount, sandboxConfigText } from '../support/harness.ts'

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

test('run serves health and metrics while it runs; a port that is taken ends it before anything is received', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  const config = writeConfig({ 'http.port': port })
  const taken = await runCommand(['run', '--config', config])
  expect(taken.status).toBe(1)
  expect(taken.stderr).toBe(
    `ecs-audit: Cannot serve health and metrics at 127.0.0.1:${port}: the port is taken, perhaps by another ecs-audit. Set http.port to a free one, or to 0 to serve nothing.\n`
  )
  expect(requestCount(sandbox, 'mns')).toBe(0)
  // The batch form serves nothing, so that it can run beside the service.
  expect((await runCommand(['run', '--until-empty', '--config', config])).status).toBe(0)
  await new Promise((resolve) => holder.close(resolve))

  const run = startCommand(['run', '--config', config])
  await run.said('started')
  expect(run.stderr()).toContain(`"http":"http://127.0.0.1:${port}/"`)
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('ecs_audit_build_info{version=')
  run.process.kill('SIGTERM')
  expect(await run.ended).toMatchObject({ status: 0 })
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
}, 60_000)

test('an address of another machine is a mistake in the configuration; traces work without an SDK', async () => {
  const away = await runCommand(['run', '--config', writeConfig({ 'http.host': '192.0.2.1', 'http.port': 9_464 })])
  expect(away).toMatchObject({ status: 78, stderr: expect.stringContaining('Set http.host') })
  const traced = await runCommand(['run', '--until-empty', '--config', writeConfig({ 'traces.enabled': true })])
  expect(traced).toMatchObject({ status: 0 })
}, 60_000)
