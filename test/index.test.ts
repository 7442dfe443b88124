import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import type * as Library from '../src/index.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { stateChanges } from './support/events.ts'
import { openSandbox, sandboxConfigText, sendEvents, storedKeys, withConfigFile } from './support/harness.ts'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await openSandbox()
})

afterEach(() => sandbox.close())

test('the library, as built, decodes and runs the consumer', async () => {
  const library = (await import(inject('main').replace('main.js', 'index.js'))) as typeof Library
  const { createLog, createService, decode, loadConfig } = library
  const [body = ''] = stateChanges(1)
  expect(decode(body, { messageId: 'm-1' })).toMatchObject({ kind: 'event', event: { name: 'Instance:StateChange' } })
  const config = withConfigFile(sandboxConfigText(sandbox, { 'queue.waitSeconds': 1 }), (file) =>
    loadConfig({ file, environment: {} })
  )
  sendEvents(sandbox, stateChanges(50))
  const service = createService({ config, log: createLog({ level: 'silent' }), untilEmpty: true })
  expect(await service.finished).toBeUndefined()
  expect(await service.stop()).toEqual({ abandoned: 0 })
  expect(await storedKeys(sandbox)).toEqual({ distinct: 50, records: 50 })
})
