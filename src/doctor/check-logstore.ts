import { advice } from '../cloud/advice.ts'
import { describeFault, type Fault } from '../cloud/fault.ts'
import { enabledActions } from '../config/enabled-actions.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../lib/clock.ts'
import type { SlsClient } from '../logstore/sls-client.ts'
import { SlsReader } from '../logstore/sls-reader.ts'
import { indexResource } from '../provision/index-resource.ts'
import { logstoreResource } from '../provision/logstore-resource.ts'
import { permissionOf } from '../provision/permission.ts'
import { isDenied } from '../provision/plan.ts'
import type { Document, Resource } from '../provision/resource.ts'
import { type Finding, gathered, ok, problem, skipped, warning } from './finding.ts'

export interface LogstoreParts {
  readonly client: SlsClient
  readonly config: Config
  readonly clock: Clock
  readonly signal: AbortSignal
}

const SETUP = 'Run "ecs-audit setup".'
const DAY_MS = 86_400_000
/** Names in one sentence; the others are counted. */
const MAX_NAMES = 4

/** The logstore, its index, whether records may be written and read, and whether any come. Nothing is written. */
export async function checkLogstore(parts: LogstoreParts): Promise<Finding[]> {
  const { logstore } = parts.config
  const wish = { logstore: logstore.name, ttlDays: logstore.ttlDays, shards: logstore.shards }
  const first = await read(parts, `logstore ${logstore.project}/${logstore.name}`, logstoreResource(wish), storeFinding)
  if (first.state === 'problem') return [first]
  const index = indexResource({ logstore: logstore.name, changeTypes: false })
  return [first, await read(parts, 'index', index, indexFinding), await checkWriting(parts), await checkRecords(parts)]
}

type Judge = (check: string, actual: Document, resource: Resource) => Finding

async function read(
  { client, config, signal }: LogstoreParts,
  check: string,
  resource: Resource,
  judge: Judge
): Promise<Finding> {
  const outcome = await client.call({ ...resource.read, signal })
  if (outcome.kind === 'ok') return judge(check, (outcome.body ?? {}) as Document, resource)
  const { fault } = outcome
  if (isDenied(fault)) {
    const { action, resource: where } = permissionOf(resource.read.operation, resource.name, placeOf(config))
    return warning(
      check,
      'it can not be read with these credentials',
      `The service does without; to have it looked at, allow ${action} on ${where}.`
    )
  }
  if (/IndexConfigNotExist/.test(fault.code)) return problem(check, 'there is none: no question can be answered', SETUP)
  return unusable(check, fault, config)
}

function storeFinding(check: string, actual: Document, resource: Resource): Finding {
  const { changes, obstacles } = resource.compare(actual)
  const remarks = [
    ...obstacles.map((found) => problem(check, found, '')),
    ...changes.map(({ wanted }) => warning(check, `logstore.ttlDays wants ${String(wanted)} days`, SETUP))
  ]
  return gathered(check, `keeps logs for ${String(actual['ttl'])} days`, remarks)
}

function indexFinding(check: string, actual: Document, resource: Resource): Finding {
  const { changes, obstacles } = resource.compare(actual)
  const names = [...new Set(changes.map(({ path }) => path.split('.').slice(0, 2).join('.').replace('keys.', '')))]
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''
  const missing = `missing or without statistics: ${names.slice(0, MAX_NAMES).join(', ')}${more}`
  const remarks = [
    ...(names.length === 0 ? [] : [problem(check, missing, SETUP)]),
    ...obstacles.map((found) => warning(check, found, ''))
  ]
  return gathered(check, names.length === 0 ? 'every field is indexed' : '', remarks)
}

/** A put that the service refuses for its content, so that nothing is stored: only its permission is of interest. */
async function checkWriting({ client, config, signal }: LogstoreParts): Promise<Finding> {
  const check = 'permission to write'
  const { name } = config.logstore
  const body = Buffer.from('not a log group')
  const outcome = await client.call({
    operation: 'PutLogs',
    method: 'POST',
    path: `/logstores/${name}/shards/lb`,
    headers: { 'content-type': 'application/x-protobuf', 'x-log-compresstype': 'lz4', 'x-log-bodyrawsize': '64' },
    body,
    answer: 'none',
    signal
  })
  if (outcome.kind === 'ok' || outcome.fault.class === 'rejected')
    return ok(check, 'log:PostLogStoreLogs is not refused')
  if (isDenied(outcome.fault)) return denied(check, 'log:PostLogStoreLogs', config)
  return unusable(check, outcome.fault, config)
}

/** Whether records come, and may be read: the built-in actions need that, and so do people. */
async function checkRecords({ client, config, clock, signal }: LogstoreParts): Promise<Finding> {
  const check = 'records'
  const reader = new SlsReader({ client, logstore: config.logstore.name, clock, timeoutMs: 10_000 })
  const toS = Math.ceil(clock.now() / 1_000)
  const outcome = await reader.queryLogs({
    fromS: toS - DAY_MS / 1_000,
    toS,
    query: '* | select count(1) as records from log limit 1',
    signal
  })
  if (outcome.kind === 'rows') return recordsFinding(check, Number(outcome.rows[0]?.['records'] ?? 0))
  const { fault } = outcome
  if (/IndexConfigNotExist/.test(fault.code)) return skipped(check, 'without an index there is no asking')
  if (!isDenied(fault)) return unusable(check, fault, config)
  if (enabledActions(config.actions).length > 0) return denied(check, 'log:GetLogStoreLogs', config)
  const todo =
    'Recording does without; whoever asks questions needs log:GetLogStoreLogs (ecs-audit permissions --role auditor).'
  return warning(check, 'they can not be read with these credentials', todo)
}

function recordsFinding(check: string, records: number): Finding {
  if (records > 0) return ok(check, `${records} in the last 24 hours`)
  const todo =
    'Unless this is new or nothing happens: check that "ecs-audit run" runs, and the CloudMonitor or EventBridge rule that fills the queue.'
  return warning(check, 'none in the last 24 hours', todo)
}

function denied(check: string, action: string, config: Config): Finding {
  const { region, logstore } = config
  const where = `acs:log:${region}:*:project/${logstore.project}/logstore/${logstore.name}`
  return problem(
    check,
    `refused: ${action}`,
    `Allow ${action} on ${where} in a RAM policy of this user or role (ecs-audit permissions).`
  )
}

function unusable(check: string, fault: Fault, { logstore }: Config): Finding {
  if (fault.class === 'aborted') return skipped(check, 'given up')
  const place = {
    service: 'logstore',
    name: `${logstore.project}/${logstore.name}`,
    endpoint: logstore.endpoint
  } as const
  const young = /^LogStoreNotExists?$/i.test(fault.code)
  return problem(
    check,
    describeFault(fault),
    young ? `${SETUP.slice(0, -1)}, or correct logstore.name.` : advice(fault, place)
  )
}

function placeOf({ region, logstore }: Config): { region: string; project: string } {
  return { region, project: logstore.project }
}
