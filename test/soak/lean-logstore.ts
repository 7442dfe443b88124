import { randomUUID } from 'node:crypto'
import { Faults } from '../../src/sandbox/faults.ts'
import { type LoopbackServer, type SandboxService, startLoopbackServer } from '../../src/sandbox/loopback-server.ts'
import { readPut } from '../../src/sandbox/sls/put-logs.ts'

/** A logstore that reads and checks each put as the sandbox's does, counts its records by topic, and keeps none of them. */
export interface LeanLogstore {
  readonly url: string
  /** Records so far, by topic. */
  readonly records: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Days of load would fill the memory of a logstore that keeps its records. */
export async function startLeanLogstore(): Promise<LeanLogstore> {
  const records = new Map<string, number>()
  const service: SandboxService = {
    name: 'sls',
    operationOf: () => 'PutLogs',
    handle: async (request) => {
      const rules = { nowS: Math.floor(Date.now() / 1_000), refuseChunked: false, refuse: () => false }
      for (const { topic } of await readPut(request, rules)) records.set(topic, (records.get(topic) ?? 0) + 1)
      return { status: 200, headers: { 'x-log-requestid': randomUUID() }, body: '' }
    },
    errorAnswer: (code) => ({ status: 500, headers: {}, body: JSON.stringify({ errorCode: code, errorMessage: code }) })
  }
  const server: LoopbackServer = await startLoopbackServer(service, { port: 0, faults: new Faults(Math.random) })
  return { url: server.url, records, close: () => server.close() }
}
