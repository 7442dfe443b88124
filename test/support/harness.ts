import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { sandboxConfig } from '../../src/cli/sandbox-config.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'

/** A sandbox on free ports with the product's own index. */
export function openSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return startSandbox({ port: 0, index: { ...indexConfiguration() }, ...options })
}

/** What `sandbox --write-config` writes, with some options changed by path: `{ 'queue.visibility': '2s' }`. */
export function sandboxConfigText(
  sandbox: Pick<Sandbox, 'address'>,
  changes: Readonly<Record<string, unknown>> = {}
): string {
  const tree = parse(sandboxConfig(sandbox.address)) as Record<string, unknown>
  // A busy machine may take longer for a put than the sandbox of a user.
  const all = { 'logstore.timeout': '10s', ...changes }
  for (const [path, value] of Object.entries(all)) assign(tree, path.split('.'), value)
  return stringify(tree)
}

/** The same as a complete configuration. */
export function configFor(sandbox: Sandbox, changes: Readonly<Record<string, unknown>> = {}): Config {
  return withConfigFile(sandboxConfigText(sandbox, changes), (file) => loadConfig({ file, environment: {} }))
}

/** Writes a configuration file for the time of a call. */
export function withConfigFile<Result>(text: string, use: (file: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-test-'))
  try {
    const file = join(directory, 'ecs-audit.yaml')
    writeFileSync(file, text)
    return use(file)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The distinct event keys in the sandbox's logstore, and how many records hold them. */
export async function storedKeys(sandbox: Sandbox): Promise<{ distinct: number; records: number }> {
  const { project, logstore } = sandbox.address
  const counts = await sandbox.sls.valueCounts(project, logstore, 'event_key')
  return { distinct: counts.size, records: [...counts.values()].reduce((sum, count) => sum + count, 0) }
}

/** How long it takes by itself until every message of a queue can be received, ms: 0 when all are visible. */
export function hiddenForMs(
  { mns, address }: Sandbox,
  { clock = systemClock, queue = address.queue }: { clock?: Pick<Clock, 'now'>; queue?: string } = {}
): number {
  return Math.max(0, ...mns.messages(queue).map(({ nextVisibleAt }) => nextVisibleAt - clock.now()))
}

/** Requests that the sandbox has received. */
export function requestCount(sandbox: Sandbox, service: 'mns' | 'sls'): number {
  return [...sandbox.counts[service].values()].reduce((sum, count) => sum + count, 0)
}

/** Puts bodies on the sandbox's queue, base64 as CloudMonitor does. */
export function sendEvents(sandbox: Sandbox, bodies: readonly string[]): string[] {
  return sandbox.mns.send(
    sandbox.address.queue,
    bodies.map((body) => Buffer.from(body).toString('base64'))
  )
}

function assign(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const child = (tree[key] ?? {}) as Record<string, unknown>
  tree[key] = child
  assign(child, rest, value)
}
