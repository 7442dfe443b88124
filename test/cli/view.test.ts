import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { runCommand, startCommand } from '../support/command.ts'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import { expectTold, writeText } from './workspace.ts'

let sandbox: Sandbox
let config: string

beforeEach(async () => {
  sandbox = await openSandbox()
  config = writeText(sandboxConfigText(sandbox))
})

afterEach(() => sandbox.close())

describe('view', () => {
  test('serves the page with its scripts until it is stopped', async () => {
    const view = startCommand(['view', '--json', '--port', '0', '--config', config])
    await view.said('until Ctrl-C')
    view.process.kill('SIGTERM')
    const early = await view.ended
    expectTold(early, 0)
    expect(early.stdout).toMatch(/^\{"url":"http:\/\/127\.0\.0\.1:\d+\/"\}\n$/)
    expect(early.stderr).toBe('view: serving ecs-audit-sandbox/ecs-events on this machine only, until Ctrl-C\n')
  })

  test('brings what a browser needs: modules that import only what is served', async () => {
    const view = startCommand(['view', '--port', '0', '--config', config])
    await view.said('until Ctrl-C')
    const url = view.stdout().trim()
    const seen = new Set<string>()
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return
      seen.add(path)
      const response = await fetch(new URL(path, url))
      expect(response.status, path).toBe(200)
      expect(response.headers.get('content-type'), path).toMatch(/^text\/javascript/)
      const imports = (await response.text()).matchAll(/^(?:import|export) [^'"]*['"](\.[^'"]+)['"]/gm)
      for (const [, to = ''] of imports) await visit(new URL(to, new URL(path, url)).pathname)
    }
    await visit('/page/main.js')
    expect(seen.size).toBeGreaterThan(10)
    const setup = (await (await fetch(`${url}api/setup`)).json()) as { dashboards: Array<{ name: string }> }
    expect(setup.dashboards.map(({ name }) => name)).toContain('released')
    view.process.kill('SIGINT')
    expectTold(await view.ended, 0)
  })

  test('refuses an address that others could reach, and a folder without dashboards', async () => {
    const [open, nowhere] = await Promise.all([
      runCommand(['view', '--host', '0.0.0.0', '--config', config]),
      runCommand(['view', '--port', '0', '--dashboards', '/nowhere', '--config', config])
    ])
    expectTold(open, 2)
    expect(open.stderr).toMatch(/^ecs-audit: Cannot serve the page at 0\.0\.0\.0: .+ loopback address/)
    expectTold(nowhere, 1)
    expect(nowhere.stderr).toMatch(/^ecs-audit: Cannot read the dashboards of \/nowhere\/: /)
  })
})
