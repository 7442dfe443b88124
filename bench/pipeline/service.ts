import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { LOGSTORE, QUEUE } from './consumers/stock-clients.ts'
import { MeasuredProcess } from './measured-process.ts'

/** The built command, as users have it. */
export const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))
const PROBE_ACTION = fileURLToPath(new URL('probe-action.js', import.meta.url))

const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-bench-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
let files = 0

/** What a part wants otherwise than the default. */
export interface ServiceVariant {
  /** `none`: actions and snapshots switched off. */
  readonly features?: 'all' | 'none'
  /** Has a user's own action call the replay server for every interruption notice. */
  readonly probeAction?: boolean
  readonly lingerMs?: number
  readonly arguments?: readonly string[]
  /** Options of Node.js itself. */
  readonly node?: readonly string[]
}

/** `ecs-audit run` against the replay server, with every default but the addresses, and everything switched on. */
export function startService(port: number, variant: ServiceVariant = {}): MeasuredProcess {
  const file = join(directory, `${files++}.yaml`)
  writeFileSync(file, stringify(configuration(`http://127.0.0.1:${port}`, variant)))
  return new MeasuredProcess(MAIN, ['run', '--config', file, ...(variant.arguments ?? [])], {
    node: variant.node ?? []
  })
}

function configuration(url: string, { features = 'all', probeAction = false, lingerMs }: ServiceVariant) {
  const actions = {
    dryRun: false,
    restart: { enabled: true },
    drain: { enabled: true },
    replace: { enabled: true, launchTemplate: 'lt-bp1bench' },
    ...(probeAction && { plugins: [{ module: PROBE_ACTION, options: { url } }] })
  }
  return {
    region: 'cn-hangzhou',
    queue: { endpoint: url, name: QUEUE },
    logstore: {
      ...{ endpoint: url, project: 'bench', name: LOGSTORE },
      ...(lingerMs !== undefined && { batch: { linger: `${lingerMs}ms` } })
    },
    ...(features === 'all' && { actions, snapshots: { enabled: true } }),
    endpoints: { ecs: url, slb: url, alb: url, nlb: url, actiontrail: url },
    http: { port: 0 },
    credentials: { accessKeyId: 'bench-id', accessKeySecret: 'bench-secret' }
  }
}
