import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadPlugins } from '../../../src/actions/plugin/load-plugins.ts'
import { Stage, until } from '../../pipeline/stage.ts'
import { sendEvents } from '../../support/harness.ts'

const EXAMPLES = fileURLToPath(new URL('../../../docs/examples', import.meta.url))
const NOTICE = JSON.stringify({
  ver: '1.0',
  id: 'N-1',
  product: 'ECS',
  resourceId: 'acs:ecs:cn-hangzhou:1100220033004400:instance/i-bp1spot',
  level: 'WARN',
  name: 'Instance:PreemptibleInstanceInterruption',
  userId: '1100220033004400',
  eventTime: new Date().toISOString(),
  regionId: 'cn-hangzhou',
  content: { instanceId: 'i-bp1spot', action: 'delete' }
})

let server: Server
let calls: Array<{ key: string; body: unknown }>
let answers: number[]
let stage: Stage

beforeEach(async () => {
  calls = []
  answers = []
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push({
        key: String(request.headers['idempotency-key']),
        body: JSON.parse(Buffer.concat(chunks).toString())
      })
      response.writeHead(answers.shift() ?? 200, { connection: 'close' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stage = await Stage.open()
})

afterEach(async () => {
  await stage.close()
  await new Promise((resolve) => server.close(resolve))
})

test('the example of the documentation tells a webhook of an interruption, and nothing of other events', async () => {
  const { port } = server.address() as AddressInfo
  const options = { url: `http://127.0.0.1:${port}/hook` }
  const plugins = await loadPlugins([{ module: './webhook.mjs', options }], EXAMPLES)
  stage.start({ 'actions.dryRun': false }, { plugins })
  sendEvents(stage.sandbox, [NOTICE])
  await until(() => calls.length === 1)
  await stage.drained()
  expect(calls).toEqual([
    { key: expect.stringMatching(/\/webhook$/), body: { instanceId: 'i-bp1spot', regionId: 'cn-hangzhou' } }
  ])
})

test('an option that is no URL is refused when the module is loaded', async () => {
  await expect(loadPlugins([{ module: './webhook.mjs', options: { url: 'x' } }], EXAMPLES)).rejects.toThrow(
    /options.url must be a URL/
  )
})
