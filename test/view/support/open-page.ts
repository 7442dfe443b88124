import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { systemClock } from '../../../src/lib/clock.ts'
import { openReader } from '../../../src/logstore/open-logstore.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createService } from '../../../src/service.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { openView } from '../../../src/view/open-view.ts'
import { configFor, sendEvents } from '../../support/harness.ts'

/** Dashboards that hold every kind of chart that the page draws, and one whose query is wrong. */
export const FIXTURES = new URL('../../fixtures/dashboards/', import.meta.url)

export interface TestPage {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** The page's server over a sandbox's logstore. */
export async function openPage(
  sandbox: Sandbox,
  { dashboards = FIXTURES, host = '127.0.0.1', port = 0 }: { dashboards?: URL; host?: string; port?: number } = {}
): Promise<TestPage> {
  const { reader, close } = openReader(configFor(sandbox), systemClock, silentLog)
  const { project, logstore, sls } = sandbox.address
  const place = { logstore: `${project}/${logstore}`, endpoint: sls }
  try {
    const page = await openView({ reader, clock: systemClock, dashboards, ...place, host, port })
    const closeAll = async (): Promise<void> => {
      await page.close()
      await close()
    }
    return { url: page.url, port: Number(new URL(page.url).port), close: closeAll }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** Puts events on the queue, and waits until the service has stored them. */
export async function store(sandbox: Sandbox, bodies: readonly string[]): Promise<void> {
  const { queue } = sandbox.address
  sendEvents(sandbox, bodies)
  const service = createService({ config: configFor(sandbox), log: silentLog })
  await sandbox.mns.waitFor(() => sandbox.mns.stats(queue).deleted >= bodies.length, { timeoutMs: 60_000 })
  await service.stop()
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** Parsed; undefined for what is no JSON. */
  readonly json: unknown
}

export interface Ask {
  readonly path: string
  readonly method?: string
  /** Overrides; `host` too. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

/** One request, exactly as told: `fetch` would tidy up the path and refuse the Host header. */
export async function ask(port: number, { path, method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
  const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const own =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) }
  const options = { host: '127.0.0.1', port, path, method, agent: false, headers: { ...own, ...headers } } as const
  return await new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      const { statusCode: status = 0, headers: received } = response
      text(response).then(
        (content) => resolve({ status, headers: received, body: content, json: parse(content) }),
        reject
      )
    })
    outgoing.on('error', reject)
    outgoing.end(sent)
  })
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
