import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTrail } from '../../src/cloud/actiontrail.ts'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import { checkEndpoint } from '../../src/doctor/check-endpoint.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { SlsClient } from '../../src/logstore/sls-client.ts'
import { createMnsSource } from '../../src/queue/mns-source.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url))
const VARIABLE = 'NODE_TLS_REJECT_UNAUTHORIZED'
const shared = { credentials: staticCredentials('id', 'secret'), clock: systemClock }

/** Requests that came through. */
let heard: number
let endpoint: string
let close: () => Promise<void>

beforeEach(async () => {
  heard = 0
  const server = createServer({ key: fixture('key.pem'), cert: fixture('cert.pem') }, (_, response) => {
    heard += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections())
})

afterEach(async () => {
  delete process.env[VARIABLE]
  await close()
})

/** A call by each client, and the code of the fault that it ended with. */
const CALLS: Readonly<Record<string, () => Promise<string>>> = {
  queue: async () => {
    const queue = { name: 'q', urgent: false, receivers: 1, waitSeconds: 1, visibilityMs: 60_000 }
    const source = createMnsSource({ ...shared, ...queue, endpoint })
    const outcome = await source.describe()
    await source.close()
    return outcome.kind === 'failed' ? outcome.fault.code : outcome.kind
  },
  logstore: async () => {
    const client = new SlsClient({ ...shared, endpoint, region: 'cn-hangzhou', project: 'p' })
    const outcome = await client.call({
      operation: 'GetIndex',
      method: 'GET',
      path: '/logstores/l/index',
      answer: 'json'
    })
    await client.close()
    return outcome.kind === 'failed' ? outcome.fault.code : outcome.kind
  },
  'control plane': async () => {
    const trail = createTrail({ ...shared, endpoint, region: 'cn-hangzhou' })
    const limits = { deadlineMs: systemClock.elapsed() + 500, signal: new AbortController().signal }
    const question = { instanceId: 'i-1', regionId: 'cn-hangzhou', sinceMs: 0 }
    const outcome = await trail.stoppedBy(question, limits)
    await trail.close()
    return outcome.kind === 'done' ? outcome.kind : outcome.fault.code
  },
  doctor: async () => {
    const { state, found } = await checkEndpoint({ name: 'x', origin: endpoint, option: 'x' }, systemClock)
    return state === 'problem' && found.includes('no trusted TLS') ? 'TlsFailure' : found
  }
}

describe.each([undefined, '0'])(`a certificate that nobody vouches for, with ${VARIABLE}=%s`, (value) => {
  test.each(Object.keys(CALLS))('is refused by the %s, and nothing is sent', async (name) => {
    if (value !== undefined) process.env[VARIABLE] = value
    expect(await CALLS[name]?.()).toBe('TlsFailure')
    expect(heard).toBe(0)
  })
})
