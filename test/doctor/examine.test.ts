import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { examine } from '../../src/doctor/examine.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { stateChanges } from '../support/events.ts'
import { configFor, openSandbox, sendEvents } from '../support/harness.ts'

const ACTING = {
  'actions.dryRun': false,
  'actions.restart.enabled': true,
  'actions.restart.respectPeople': true,
  'actions.drain.enabled': true,
  'snapshots.enabled': true
}

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await openSandbox({ visibilityS: 60 })
})

afterEach(() => sandbox.close())

interface Setting {
  readonly changes?: Readonly<Record<string, unknown>>
  readonly environment?: Record<string, string>
  readonly clock?: Clock
}

async function findings({ changes = {}, environment = {}, clock = systemClock }: Setting = {}): Promise<Finding[]> {
  const config: Config = configFor(sandbox, { 'queue.waitSeconds': 30, 'queue.visibility': '60s', ...changes })
  const found: Finding[] = []
  const { signal } = new AbortController()
  for await (const finding of examine({ config, environment, clock, signal })) found.push(finding)
  return found
}

/** Findings that are not as they should be, as `check: found -> todo`. */
async function complaints(setting: Setting = {}): Promise<string[]> {
  const bad = (await findings(setting)).filter(({ state }) => state === 'problem' || state === 'warning')
  return bad.map(({ check, state, found, todo }) => `${state} ${check}: ${found} -> ${todo}`)
}

const NO_RECORDS = expect.stringMatching(/^warning records: none in the last 24 hours/)

describe('doctor', () => {
  test('finds nothing wrong where nothing is, in the order of what depends on what, and changes nothing', async () => {
    sendEvents(sandbox, stateChanges(3))
    const found = await findings({ changes: ACTING })
    expect(found.map(({ check, state }) => `${state} ${check}`)).toEqual([
      'ok environment',
      ...['queue ecs-cms-event', 'logstore', 'ecs', 'slb', 'alb', 'nlb', 'actiontrail'].map(
        (e) => `ok endpoint of ${e}`
      ),
      ...['ok credentials', 'ok queue ecs-cms-event', 'ok permissions on ecs-cms-event'],
      ...['ok logstore ecs-audit-sandbox/ecs-events', 'ok index', 'ok permission to write', 'warning records'],
      ...['ok ecs', 'ok clb', 'ok alb', 'ok nlb', 'ok actiontrail', 'skipped permissions to act']
    ])
    const untried = found.at(-1)?.found
    expect(untried).toContain('ecs:StartInstance')
    expect(untried).not.toContain('ecs:RunInstances')
    expect(sandbox.mns.stats(sandbox.address.queue)).toMatchObject({ visible: 3, deleted: 0 })
    expect(sandbox.counts.ecs.get('StartInstance')).toBeUndefined()
  })

  test('asks nothing of services that nothing switched on calls', async () => {
    const found = await findings()
    expect(found.at(-1)).toMatchObject({ check: 'actions', state: 'skipped' })
    expect([...sandbox.counts.ecs.keys(), ...sandbox.counts.slb.keys()]).toEqual([])
  })

  test('names the attributes of a queue that will bite', async () => {
    const { queue } = sandbox.address
    sandbox.mns.createQueue('short', { visibilityTimeout: 3, messageRetentionPeriod: 600, maximumMessageSize: 1_024 })
    expect(await complaints({ changes: { 'queue.name': 'short' } })).toEqual([
      expect.stringMatching(
        /^problem queue short: visibility 3s, retention 10m, polling 0ms; the visibility timeout is too short.* the queue is the only buffer; it takes messages of 1024 bytes .* -> Set the queue's visibility timeout to 1m\. Set the queue's message retention/
      ),
      NO_RECORDS
    ])
    expect(await complaints({ changes: { 'queue.name': queue, 'queue.waitSeconds': 5 } })).toEqual([
      expect.stringContaining('longer than two polls'),
      NO_RECORDS
    ])
  })

  test('says what is missing: the queue, the logstore, the index, a part of it', async () => {
    expect(await complaints({ changes: { 'queue.name': 'nowhere' } })).toEqual([
      expect.stringMatching(/^problem queue nowhere: HTTP 404 QueueNotExist: .* -> Create the queue "nowhere"/),
      NO_RECORDS
    ])
    expect(await complaints({ changes: { 'logstore.name': 'nowhere' } })).toEqual([
      expect.stringMatching(/^problem logstore .*nowhere: HTTP 404 LogStoreNotExist.* -> Run "ecs-audit setup", or/)
    ])
    const { project } = sandbox.address
    await sandbox.sls.createLogstore(project, 'bare', { ttl: 7, shards: 1 })
    const bare = await complaints({ changes: { 'logstore.name': 'bare' } })
    expect(bare).toEqual([
      expect.stringMatching(/^warning logstore .*: keeps logs for 7 days; logstore.ttlDays wants 365 days -> Run/),
      expect.stringMatching(/^problem index: there is none.* -> Run "ecs-audit setup"\./)
    ])
    const index = { keys: { kind: { type: 'text', doc_value: true, token: [] } }, line: { token: [' '] } }
    await sandbox.sls.createLogstore(project, 'part', { ttl: 365, shards: 1 }, index)
    expect(await complaints({ changes: { 'logstore.name': 'part' } })).toEqual([
      expect.stringMatching(
        /^problem index: missing or without statistics: .* and \d+ more -> Run "ecs-audit setup"\./
      ),
      NO_RECORDS
    ])
  })

  test('says which permission is refused, on what', async () => {
    const deny = (service: string, operation: string, code: string) =>
      sandbox.faults.add({ service, operation, kind: 'error', code })
    for (const operation of ['BatchReceiveMessage', 'SendMessage', 'GetQueueAttributes']) {
      deny('mns', operation, 'AccessDenied')
    }
    for (const operation of ['PutLogs', 'GetIndex', 'GetLogsV2']) deny('sls', operation, 'Unauthorized')
    deny('ecs', 'DescribeInstances', 'Forbidden.RAM')
    deny('nlb', '*', 'Forbidden.RAM')
    const list = await complaints({ changes: ACTING })
    const place = 'acs:log:cn-hangzhou:*:project/ecs-audit-sandbox/logstore/ecs-events'
    for (const part of [
      'warning queue ecs-cms-event: its attributes can not be read (AccessDenied)',
      'problem permissions on ecs-cms-event: refused: mns:ReceiveMessage, mns:BatchReceiveMessage, mns:SendMessage -> Allow',
      `warning index: it can not be read with these credentials -> The service does without; to have it looked at, allow log:GetIndex on ${place}.`,
      `problem permission to write: refused: log:PostLogStoreLogs -> Allow log:PostLogStoreLogs on ${place}`,
      'problem records: refused: log:GetLogStoreLogs',
      'problem ecs: HTTP 403 Forbidden.RAM',
      'problem nlb: HTTP 403 Forbidden.RAM'
    ]) {
      expect(list.join('\n')).toContain(part)
    }
    expect(list).toHaveLength(7)
  })

  test('a key that is refused, and one whose secret is wrong, are told by each service', async () => {
    const list = await complaints({ changes: { 'credentials.accessKeySecret': 'hush-hush' } })
    expect(list).toEqual([
      expect.stringContaining('problem queue ecs-cms-event: HTTP 403 SignatureDoesNotMatch'),
      expect.stringContaining('problem logstore ecs-audit-sandbox/ecs-events: HTTP 401 SignatureNotMatch')
    ])
    expect(list.join('\n')).not.toMatch(/hush-hush|sandbox-secret/)
  })

  test('a clock that is twenty minutes ahead is told, and by how much', async () => {
    const clock = { ...systemClock, now: () => Date.now() + 20 * 60_000 }
    const list = await complaints({ clock })
    expect(list.filter((text) => text.startsWith('problem endpoint'))).toEqual([
      expect.stringMatching(/endpoint of queue .* this machine's clock is (1199|1200|1201) s ahead -> Set the clock/),
      expect.stringMatching(/endpoint of logstore/)
    ])
  })

  test('what nobody serves, what speaks no TLS and what never answers are told apart', async () => {
    const { port } = new URL(sandbox.address.mns)
    const list = await complaints({
      changes: { 'queue.endpoint': `https://127.0.0.1:${port}`, 'logstore.endpoint': 'http://127.0.0.1:1' }
    })
    expect(list).toEqual([
      expect.stringMatching(/^problem endpoint of queue .*no trusted TLS connection .* NODE_EXTRA_CA_CERTS\.$/),
      expect.stringMatching(
        /^problem endpoint of logstore: no answer from http:\/\/127\.0\.0\.1:1: nothing listens there/
      )
    ])
    sandbox.faults.add({ service: 'sls', kind: 'stall-before' })
    const stalled = await findings()
    expect(stalled.find(({ check }) => check === 'endpoint of logstore')?.found).toContain('no answer within 5 s')
    expect(stalled.find(({ check }) => check.startsWith('logstore '))).toMatchObject({ state: 'skipped' })
  })

  test.each(['html', 'empty', 'text', 'truncate', 'reset-mid-body', 'reset-after'] as const)(
    'ends, with problems told, when every answer is %s',
    async (kind) => {
      sandbox.faults.add({ service: '*', kind })
      const found = await findings()
      expect(found.some(({ state }) => state === 'problem')).toBe(true)
      for (const { state, todo, check } of found) if (state === 'problem') expect(todo, check).not.toBe('')
    }
  )

  test('TLS that is not checked, and debugging that tells secrets, are told', async () => {
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0', DEBUG: '*', NODE_DEBUG: 'http' }
    expect(await complaints({ environment })).toEqual([
      expect.stringMatching(/^problem environment: .*NODE_TLS_REJECT_UNAUTHORIZED=0.*DEBUG is set.*NODE_DEBUG is set/),
      NO_RECORDS
    ])
  })
})
