import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/sandbox/random.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { runCommand, startCommand } from '../support/command.ts'
import { stateChange, stateChanges } from '../support/events.ts'
import {
  hiddenForMs,
  openSandbox,
  requestCount,
  sandboxConfigText,
  sendEvents,
  storedKeys
} from '../support/harness.ts'

let directory: string
let sandbox: Sandbox

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-e2e-'))
  sandbox = await openSandbox()
})

afterEach(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true, force: true })
})

function writeConfig(changes: Readonly<Record<string, unknown>> = {}): string {
  const file = join(directory, 'ecs-audit.yaml')
  writeFileSync(file, sandboxConfigText(sandbox, changes))
  return file
}

function stats(): { visible: number; invisible: number; delayed: number } {
  const { visible, invisible, delayed } = sandbox.mns.stats(sandbox.address.queue)
  return { visible, invisible, delayed }
}

const EMPTY = { visible: 0, invisible: 0, delayed: 0 }

describe('run', () => {
  test('20,000 events through send and run --until-empty: all stored, none left, at most 140 requests per 1,000', async () => {
    const config = writeConfig({ 'queue.waitSeconds': 1 })
    const bodies = stateChanges(20_000)
    const sent = await runCommand(['send', '--config', config, '--json'], { stdin: `${bodies.join('\n')}\n` })
    expect(sent).toMatchObject({ status: 0, stdout: '{"queue":"ecs-cms-event","sent":20000}\n' })
    const before = requestCount(sandbox, 'mns') + requestCount(sandbox, 'sls')
    const run = await runCommand(['run', '--until-empty', '--config', config, '--json'])
    expect(run.status).toBe(0)
    expect(await storedKeys(sandbox)).toEqual({ distinct: 20_000, records: 20_000 })
    expect(stats()).toEqual(EMPTY)
    const requests = requestCount(sandbox, 'mns') + requestCount(sandbox, 'sls') - before
    expect(requests).toBeLessThanOrEqual(140 * 20)
    expect(JSON.parse(run.stdout)).toMatchObject({
      received: 20_000,
      stored: 20_000,
      acknowledged: 20_000,
      failed: null
    })
  }, 120_000)

  test('kill -9 at ten random moments, restarted after each: nothing is missing at the end', async () => {
    const config = writeConfig({ 'queue.waitSeconds': 3, 'queue.visibility': '6s', 'logstore.batch.linger': '100ms' })
    const random = seededRandom(20_261_122)
    for (let kill = 0; kill < 10; kill++) {
      sendEvents(sandbox, stateChanges(600, kill * 600))
      const run = startCommand(['run', '--until-empty', '--config', config])
      await run.said('started')
      const target = sandbox.counts.mns.get('BatchReceiveMessage') ?? 0
      const polls = target + 1 + Math.floor(random() * 30)
      await sandbox.mns.waitFor(() => (sandbox.counts.mns.get('BatchReceiveMessage') ?? 0) >= polls, {
        timeoutMs: 60_000
      })
      run.process.kill('SIGKILL')
      expect((await run.ended).signal).toBe('SIGKILL')
    }
    const last = await runCommand(['run', '--until-empty', '--config', config])
    expect(last.status).toBe(0)
    expect(stats()).toEqual(EMPTY)
    const { distinct, records } = await storedKeys(sandbox)
    expect(distinct).toBe(6_000)
    expect(records - distinct).toBeLessThanOrEqual(10 * 4_096)
  }, 180_000)

  test('SIGTERM in the middle: exit 0, the rest visible again within 2 s', async () => {
    const config = writeConfig({ 'limits.maxMessages': 320 })
    const run = startCommand(['run', '--config', config])
    await run.said('started')
    const clear = sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 3_000 })
    sendEvents(sandbox, stateChanges(3_000))
    // As many as it may hold: no poll is under way, whose answer a slow machine might bring too late.
    await sandbox.mns.waitFor(() => stats().invisible === 320, { timeoutMs: 60_000 })
    run.process.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ status: 0, signal: null })
    clear()
    expect(hiddenForMs(sandbox)).toBeLessThanOrEqual(2_000)
    await sandbox.mns.waitFor(() => stats().invisible === 0, { timeoutMs: 60_000 })
    const { visible } = stats()
    expect((await storedKeys(sandbox)).distinct + visible).toBe(3_000)
  })

  test('SIGTERM while the logstore is down: exit 0, everything visible again within 2 s', async () => {
    const config = writeConfig()
    sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code: 'ServerBusy' })
    sendEvents(sandbox, stateChanges(100))
    const run = startCommand(['run', '--config', config])
    await run.said('breaker opened')
    run.process.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ status: 0, signal: null })
    expect(hiddenForMs(sandbox)).toBeLessThanOrEqual(2_000)
    await sandbox.mns.waitFor(() => stats().visible === 100, { timeoutMs: 60_000 })
  })

  test('a second signal skips the waiting', async () => {
    const config = writeConfig({ 'logstore.timeout': '60s' })
    sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'stall-before' })
    sendEvents(sandbox, stateChanges(20))
    const run = startCommand(['run', '--config', config])
    await sandbox.mns.waitFor(() => stats().invisible > 0, { timeoutMs: 60_000 })
    run.process.kill('SIGTERM')
    await run.said('stopping')
    run.process.kill('SIGINT')
    const { stderr } = await run.ended
    expect(stderr).toContain('stopped')
    expect(hiddenForMs(sandbox)).toBeLessThanOrEqual(2_000)
    await sandbox.mns.waitFor(() => stats().visible === 20, { timeoutMs: 60_000 })
  })

  test('released tells what the logstore knows of instances that are gone', async () => {
    const config = writeConfig({ 'queue.waitSeconds': 1 })
    const now = Date.now()
    const life = [
      ['Created', now - 600_000],
      ['Starting', now - 590_000],
      ['Running', now - 580_000],
      ['Deleted', now - 60_000],
      ['Deleted', now - 60_000]
    ] as const
    sendEvents(
      sandbox,
      life.map(([state, timeMs], index) => stateChange(Math.min(index, 3), { state, timeMs, instanceId: 'i-gone1' }))
    )
    sendEvents(sandbox, [stateChange(9, { instanceId: 'i-alive1' })])
    expect((await runCommand(['run', '--until-empty', '--config', config])).status).toBe(0)
    const asked = await runCommand(['released', '--since', '1h', '--json', '--config', config])
    expect(asked.status).toBe(0)
    const rows = asked.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(rows).toEqual([
      {
        instanceId: 'i-gone1',
        regionId: 'cn-hangzhou',
        accountId: '1100220033004400',
        createdMs: now - 600_000,
        releasedMs: now - 60_000,
        lastState: 'Running',
        events: 4
      }
    ])
    const table = await runCommand(['released', '--instance', 'i-gone1', '--config', config])
    expect(table.stdout).toMatch(/i-gone1 .* 9m {2}.*while running/)
  })
})
