import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, inject, onTestFinished, test } from 'vitest'
import { stateChanges } from '../support/events.ts'
import { openSandbox, sandboxConfigText, sendEvents } from '../support/harness.ts'
import { writeText } from './workspace.ts'

/** A program that uses the library, as the README shows; it never calls process.exit. */
const PROGRAM = `
const [library, file] = process.argv.slice(1)
const { createService, loadConfig, createLog } = await import(library)
const service = createService({ config: loadConfig({ file, environment: {} }), log: createLog({ level: 'silent' }) })
await new Promise((resolve) => process.once('SIGTERM', resolve))
const report = await service.stop()
console.log(JSON.stringify({ ...report, stored: service.totals.stored }))
`

test.each([
  ['with everything well', {}, 'good'],
  ['while the logstore is down', { 'logstore.name': 'nowhere' }, 'held'],
  ['while the queue is down', { 'queue.name': 'nowhere' }, 'asked']
] as const)('a stopped service leaves nothing that keeps a process alive, %s', async (_, changes, moment) => {
  const sandbox = await openSandbox()
  onTestFinished(() => sandbox.close())
  sendEvents(sandbox, stateChanges(20))
  const config = writeText(sandboxConfigText(sandbox, changes))
  const library = new URL('index.js', `file://${inject('main')}`).href
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, library, config])
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const { queue } = sandbox.address
  await sandbox.mns.waitFor(
    () => {
      const { deleted, visible, polls } = sandbox.mns.stats(queue)
      return moment === 'good' ? deleted === 20 && polls > 0 : moment === 'held' ? visible < 20 : true
    },
    { timeoutMs: 60_000 }
  )
  if (moment === 'asked') {
    await expect.poll(() => sandbox.counts.mns.get('BatchReceiveMessage') ?? 0, { timeout: 60_000 }).toBeGreaterThan(0)
  }
  child.kill('SIGTERM')
  const [stdout, stderr, exit] = await ended
  expect({ stderr, exit }).toEqual({ stderr: '', exit: [0, null] })
  expect(JSON.parse(stdout)).toEqual({ abandoned: 0, stored: moment === 'good' ? 20 : 0 })
})
