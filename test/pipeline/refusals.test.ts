import { afterEach, expect, test, vi } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { createService, type Service } from '../../src/service.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { stateChanges } from '../support/events.ts'
import { configFor, openSandbox, sendEvents, storedKeys } from '../support/harness.ts'

let sandbox: Sandbox
let service: Service

afterEach(async () => {
  await service.stop()
  await sandbox.close()
})

test('a logstore that refuses every record is an outage: no storm of puts, and all is stored once it is mended', async () => {
  let refuse = true
  sandbox = await openSandbox({ refuse: () => refuse })
  sendEvents(sandbox, stateChanges(400))
  const changes = { 'queue.waitSeconds': 1, 'logstore.breaker.resetAfter': '100ms', 'queue.visibility': '60s' }
  service = createService({ config: configFor(sandbox, changes), log: silentLog })
  const startedMs = performance.now()
  const { queue } = sandbox.address
  // The probes go on while messages are held: their extensions show that time passes.
  await sandbox.mns.waitFor(() => service.totals.extended + service.totals.parked >= 64, { timeoutMs: 60_000 })
  const seconds = (performance.now() - startedMs) / 1_000
  // Unbraked it is some hundred a second; a probe every 100 ms is ten.
  expect(service.totals.puts).toBeLessThan(60 + 30 * seconds)
  expect(sandbox.mns.stats(queue).deleted).toBe(0)
  refuse = false
  await sandbox.mns.waitFor(() => sandbox.mns.stats(queue).deleted === 400, { timeoutMs: 60_000 })
  expect((await storedKeys(sandbox)).distinct).toBe(400)
})

test('records of health that the logstore takes only in their plainer form go on being written', async () => {
  sandbox = await openSandbox({
    refuse: ({ kind, content_encoding: encoding = '' }) => kind === 'health' && encoding === ''
  })
  service = createService({
    config: configFor(sandbox, { 'queue.waitSeconds': 1, 'health.interval': '100ms' }),
    log: silentLog
  })
  const { project, logstore } = sandbox.address
  await vi.waitFor(
    async () =>
      expect((await sandbox.sls.valueCounts(project, logstore, 'content_encoding')).get('escaped')).toBeGreaterThan(2),
    { timeout: 60_000 }
  )
})
