import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { reply } from '../../queue/scripted-server.ts'
import { serve } from '../../queue/serve-script.ts'
import { errorJson } from './open-api.ts'

/** Runs the built program's own modules in a process of its own: `debug` reads DEBUG once, when it is loaded. */
const SCRIPT = (build: string) => `
  const { createCompute } = await import('${build}/cloud/ecs/compute-client.js')
  const { defaultCredentials } = await import('${build}/cloud/credentials.js')
  const { systemClock: clock } = await import('${build}/lib/clock.js')
  const options = { endpoint: process.argv[1], region: 'cn-hangzhou', clock, credentials: defaultCredentials({ clock }) }
  const reports = []
  const compute = createCompute({ ...options, onCall: (call) => reports.push(call) })
  const limits = { deadlineMs: clock.elapsed() + 5_000, signal: new AbortController().signal }
  const outcomes = []
  for (let call = 0; call < 4; call++) outcomes.push(await compute.start('i-1', limits))
  console.log(JSON.stringify({ outcomes, reports }))
  await compute.close()
`

test('no key, token or signature reaches stdout or stderr with DEBUG=*, whatever the service answers', async () => {
  const signatures: string[] = []
  const server = await serve((response, { number, target, headers }) => {
    if (target === '/credentials') {
      const secrets = { AccessKeyId: 'MARKEDid', AccessKeySecret: 'MARKEDsecret', SecurityToken: 'MARKEDtoken' }
      const body = { ...secrets, Expiration: new Date(Date.now() + 3_600_000).toISOString() }
      return reply(response, 200, JSON.stringify(body))
    }
    const { authorization = '' } = headers
    signatures.push(/Signature=(\w+)$/.exec(authorization)?.[1] ?? 'none')
    const told = `${authorization} MARKEDid MARKEDsecret ${headers['x-acs-security-token']}`
    const answers: ReadonlyArray<readonly [status: number, body: string]> = [
      [400, errorJson('SignatureDoesNotMatch', told)],
      [403, errorJson('InstanceExpired', told)],
      [403, errorJson(told, told)],
      [403, errorJson('Forbidden.RAM', told, { AccessDeniedDetail: { AuthAction: told } })],
      [200, `<html>${told}</html>`]
    ]
    const [status, body] = answers[number % answers.length] ?? [500, '']
    reply(response, status, body)
  })
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT(dirname(inject('main'))), server.url],
    {
      env: {
        DEBUG: '*',
        HOME: '/nonexistent',
        ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
        ALIBABA_CLOUD_CREDENTIALS_URI: `${server.url}/credentials`
      }
    }
  )
  expect(server.arrivals.some(({ headers }) => headers['x-acs-security-token'] === 'MARKEDtoken')).toBe(true)
  expect(stdout).toMatch(/"code":"InstanceExpired"/)
  expect(stdout).toMatch(/"code":"Forbidden.RAM"/)
  expect(stdout + stderr).not.toContain('MARKED')
  expect(signatures.length).toBeGreaterThan(4)
  for (const signature of signatures) expect(stdout + stderr).not.toContain(signature)
})
