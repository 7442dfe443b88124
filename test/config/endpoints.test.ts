import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { loadConfig } from '../../src/config/load.ts'
import { AuditError } from '../../src/lib/errors.ts'
import { withConfigFile } from '../support/harness.ts'

const OPTIONS = [
  'queue.endpoint',
  'logstore.endpoint',
  ...['ecs', 'slb', 'alb', 'nlb', 'actiontrail'].map((product) => `endpoints.${product}`)
]

/** What is wrong with an endpoint in the place of an option; '' when it is taken. */
function refusal(option: string, endpoint: string, more: Record<string, unknown> = {}): string {
  const tree: Record<string, unknown> = {
    region: 'cn-hangzhou',
    queue: { endpoint: 'http://127.0.0.1:1', name: 'q' },
    logstore: { endpoint: 'http://127.0.0.1:1', project: 'p', name: 'l' },
    endpoints: {},
    ...more
  }
  const [group = '', name = ''] = option.split('.')
  tree[group] = { ...(tree[group] as object), [name]: endpoint }
  try {
    withConfigFile(stringify(tree), (file) => loadConfig({ file, environment: {} }))
    return ''
  } catch (thrown) {
    return AuditError.from(thrown).message
  }
}

describe.each(OPTIONS)('%s', (option) => {
  // All of these are 127.0.0.1, ::1 or localhost by the URL standard, and connections go there.
  test.each([
    ...['http://127.0.0.1:8080', 'http://localhost:80', 'http://[::1]:8080', 'http://LOCALHOST', 'http://127.9.9.9/'],
    ...['http://127.1', 'http://0x7f.1', 'http://2130706433', 'http://0177.0.0.1', 'http://[0:0:0:0:0:0:0:1]'],
    ...['https://host.example', 'https://10.0.0.1:8443', 'https://[fd00::1]']
  ])('takes %s', (endpoint) => {
    expect(refusal(option, endpoint)).toBe('')
  })

  test.each([
    ...['http://localhost.evil.com', 'http://127.0.0.1.evil.com', 'http://127.1.evil.com', 'http://evil.localhost'],
    ...['http://[::ffff:127.0.0.1]', 'http://[::ffff:10.0.0.1]', 'http://0.0.0.0', 'http://[::]', 'http://10.0.0.1'],
    ...['http://localhost.', 'http://localhost%2eevil.com', 'http://128.0.0.1', 'http://127.0.0.1\u3002evil.com'],
    ...['http://cn-hangzhou.log.aliyuncs.com', 'http://metadata.local']
  ])('refuses %s, which may leave this machine unencrypted', (endpoint) => {
    expect(refusal(option, endpoint)).toMatch(new RegExp(`${option}.*expected .*https://`))
  })

  test.each([
    ...['https://key:hush-hush@host.example', 'http://key:hush-hush@127.0.0.1', 'http://127.0.0.1:hush-hush@evil.com'],
    ...['http://127.0.0.1#@evil.com', 'http://127.0.0.1\\@evil.com', 'http://127.0.0.1/path', 'http://127.0.0.1?a=b'],
    ...['ftp://127.0.0.1', 'file:///etc/passwd', 'https:host', '//127.0.0.1', 'http://127.0.0.1\n.evil.com', 'http://'],
    ...['https://host:99999', 'javascript:alert(1)']
  ])('refuses %j, which is more or less than an address, and repeats no password', (endpoint) => {
    const message = refusal(option, endpoint)
    expect(message).toContain(option)
    expect(message).not.toContain('hush-hush')
  })
})

test('keys in the file go to no public endpoint of what is switched on', () => {
  const credentials = { accessKeyId: 'id', accessKeySecret: 'hush-hush' }
  const local = 'http://127.0.0.1:1'
  expect(refusal('endpoints.ecs', '', { credentials })).toBe('')
  const snapshots = { enabled: true }
  const found = refusal('endpoints.slb', local, { credentials, snapshots })
  expect(found).toMatch(/credentials.*the public endpoint of ecs/)
  expect(found).not.toContain('hush-hush')
  expect(refusal('endpoints.ecs', local, { credentials, snapshots })).toBe('')
  const actions = { restart: { enabled: true, respectPeople: true } }
  expect(refusal('endpoints.ecs', local, { credentials, actions })).toContain('the public endpoint of actiontrail')
})
