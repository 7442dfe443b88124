import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { requireSdk } from '../../src/cloud/sdk.ts'

test('requireSdk gives the module and leaves DEBUG as it was', () => {
  const before = process.env['DEBUG']
  process.env['DEBUG'] = 'mns:*'
  try {
    expect(requireSdk<() => void>('@alicloud/mns')).toBeTypeOf('function')
    expect(() => requireSdk('no-such-package')).toThrow('no-such-package')
    expect(process.env['DEBUG']).toBe('mns:*')
  } finally {
    if (before === undefined) delete process.env['DEBUG']
    else process.env['DEBUG'] = before
  }
})

/** Runs the built program's own modules in a process of its own: `debug` reads DEBUG once, when it is loaded. */
const SCRIPT = (build: string) => `
  const { createMnsSource } = await import('${build}/queue/mns-source.js')
  const { defaultCredentials } = await import('${build}/cloud/credentials.js')
  const { systemClock: clock } = await import('${build}/lib/clock.js')
  const source = createMnsSource({
    endpoint: process.argv[1], name: 'q', urgent: false, receivers: 1, waitSeconds: 0, visibilityMs: 1000, clock,
    credentials: defaultCredentials({ clock })
  })
  const outcomes = [await source.send('MARKEDbody', 0), await source.acknowledge(['MARKEDhandle']),
    await source.extend('MARKEDhandle', 1000), await source.receive(16, new AbortController().signal)]
  console.log(JSON.stringify(outcomes))
  await source.close()
`

test('no secret reaches stdout or stderr with DEBUG=*, from credentials to calls', async () => {
  const targets: string[] = []
  const server = createServer((request, response) => {
    targets.push(request.url ?? '')
    if (request.url !== '/credentials')
      return void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
    const secrets = { AccessKeyId: 'MARKEDid', AccessKeySecret: 'MARKEDsecret', SecurityToken: 'MARKEDtoken' }
    response.end(JSON.stringify({ ...secrets, Expiration: new Date(Date.now() + 3_600_000).toISOString() }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', SCRIPT(dirname(inject('main'))), url],
      {
        env: {
          DEBUG: '*',
          HOME: '/nonexistent',
          ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
          ALIBABA_CLOUD_CREDENTIALS_URI: `${url}/credentials`
        }
      }
    )
    expect(targets).toContainEqual('/credentials')
    expect(stdout).toMatch(/AccessDenied.*AccessDenied.*AccessDenied.*AccessDenied/)
    expect(stdout + stderr).not.toContain('MARKED')
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
