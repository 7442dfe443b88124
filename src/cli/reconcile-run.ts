import { type ComparedStates, compareStates, type Finding } from '../audit/compare-states.ts'
import { askLastStates } from '../audit/last-states.ts'
import { reconciledRecords } from '../audit/reconciled-record.ts'
import type { Instance } from '../cloud/compute.ts'
import { describeFault } from '../cloud/fault.ts'
import { isRegionId } from '../cloud/rpc/rpc-endpoint.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { formatDuration } from '../config/units.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { Scope } from '../lib/scope.ts'
import type { LogRecord, LogSink } from '../logstore/sink.ts'
import { createLog } from '../telemetry/log.ts'
import { answerTable } from './answer-table.ts'
import { EXIT, type Invocation, textOption } from './command.ts'
import { openLogstore, queryFailure, readSince } from './logstore-questions.ts'
import { regionFailure } from './region-failure.ts'
import { localTime } from './times.ts'

/** How recent a change may be to be still on its way, ms. */
const SETTLE_MS = 5 * 60_000
const CALL_MS = 5 * 60_000

/** Compares the log with the instances that exist, and records the differences if asked to. Resolves with the exit status. */
export async function reconcileLog(invocation: Invocation): Promise<number> {
  const sinceMs = readSince(textOption(invocation, 'since'))
  const config = loadConfig({ file: invocation.configFile, environment: invocation.environment })
  const regions = regionsOf(invocation, config)
  const scope = new Scope()
  const { reader, place, close } = await openLogstore(invocation)
  scope.defer('reader', close)
  try {
    const nowMs = systemClock.now()
    const window = { fromMs: nowMs - sinceMs, toMs: nowMs, signal: invocation.stop }
    const logged = await askLastStates(reader, window)
    if (logged.kind === 'failed') throw queryFailure(logged.fault, place)
    const instances = await listInstances(config, regions, invocation, scope)
    // Told to stop in between: what was not listed must not be taken for gone.
    if (invocation.stop.aborted) return EXIT.done
    const settledMs = nowMs - SETTLE_MS
    const told = compareStates({ states: logged.states, instances, regions: new Set(regions), settledMs })
    const { findings } = told
    show(findings, invocation)
    const known = `${told.compared} of ${counted(logged.states.length, 'instance')} in the log compared`
    const found = `${instances.length} in ${regions.join(', ')}: ${counted(findings.length, 'difference')}`
    invocation.say(`${known} with ${found}`)
    tellLeftOut(told, invocation)
    if (!logged.complete) invocation.say('The log was not read to its end: look back less far.')
    if (invocation.options['record'] !== true) return EXIT.done
    await record(findings, config, invocation, scope)
    return EXIT.done
  } finally {
    await scope.close()
  }
}

/** @throws AuditError `usage` for a `--region` that is none */
function regionsOf({ options }: Invocation, config: Config): string[] {
  const given = regionsGiven(options)
  const wrong = given.find((region) => !isRegionId(region))
  if (wrong === undefined) return given.length > 0 ? given : [config.region]
  throw new AuditError(
    'usage',
    `Cannot use --region ${JSON.stringify(wrong)}: expected the id of a region, such as cn-hangzhou.`
  )
}

function regionsGiven({ region }: Invocation['options']): string[] {
  return Array.isArray(region) ? [...new Set<string>(region)] : []
}

async function listInstances(
  config: Config,
  regions: readonly string[],
  { stop: signal, options }: Invocation,
  scope: Scope
): Promise<Instance[]> {
  const { createCompute } = await import('../cloud/ecs/compute-client.ts')
  const { chooseCredentials } = await import('../cloud/choose-credentials.ts')
  const clock = systemClock
  const credentials = chooseCredentials(config, clock, createLog({ level: config.log.level }))
  const instances: Instance[] = []
  for (const region of regions) {
    const compute = createCompute({ endpoint: config.endpoints.ecs, region, credentials, clock })
    scope.defer(`ECS in ${region}`, () => compute.close())
    const answer = await compute.findByTags({}, { deadlineMs: clock.elapsed() + CALL_MS, signal })
    if (answer.kind === 'done') instances.push(...answer.value)
    else if (!signal.aborted) throw regionFailure(answer.fault, { region, given: regionsGiven(options).length > 0 })
  }
  return instances
}

/** A reader of "0 differences" must know what that was not said of. */
function tellLeftOut({ recent, elsewhere }: ComparedStates, { say }: Invocation): void {
  if (elsewhere.size > 0) {
    const others = [...elsewhere].sort(([a], [b]) => (a < b ? -1 : 1))
    const count = others.reduce((sum, [, instances]) => sum + instances, 0)
    const regions = others.map(([region, instances]) => `${region || 'region not told'} ${instances}`).join(', ')
    say(
      `Not compared: ${counted(count, 'instance')} in regions that were not asked (${regions}): give --region for each.`
    )
  }
  if (recent > 0) {
    say(
      `Not compared: ${counted(recent, 'instance')} that changed in the last ${formatDuration(SETTLE_MS)}: ask again later.`
    )
  }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

function show(findings: readonly Finding[], { json, print, columns }: Invocation): void {
  if (json) {
    for (const { instance: _, ...finding } of findings) print(JSON.stringify(finding))
    return
  }
  const rows = findings.map(({ difference, instanceId, regionId, logged, loggedMs, actual }) => [
    difference,
    instanceId,
    regionId,
    logged === '' ? 'nothing' : `${logged} ${localTime(loggedMs)}`,
    actual === '' ? 'gone' : actual
  ])
  if (rows.length > 0) print(answerTable(['DIFFERENCE', 'INSTANCE', 'REGION', 'IN THE LOG', 'NOW'], rows, columns))
}

async function record(findings: readonly Finding[], config: Config, { say }: Invocation, scope: Scope): Promise<void> {
  if (findings.length === 0) return
  const { openSink } = await import('../logstore/open-logstore.ts')
  const sink = openSink(config, systemClock, createLog({ level: config.log.level }))
  scope.defer('sink', () => sink.close())
  const nowMs = systemClock.now()
  const records = findings.flatMap((finding) => reconciledRecords(finding, nowMs))
  for (const topic of ['event', 'instance']) {
    const own = records.filter((each) => each.topic === topic)
    for (let at = 0; at < own.length; at += 1_000) await put(sink, topic, own.slice(at, at + 1_000))
  }
  say(`${findings.length} recorded, marked as reconciled`)
}

async function put(sink: LogSink, topic: string, records: readonly LogRecord[]): Promise<void> {
  const outcome = await sink.put(topic, records)
  if (outcome.kind === 'stored') return
  throw new AuditError(
    'unavailable',
    `Cannot record what was missed: ${describeFault(outcome.fault)}. Ask again: what is recorded twice counts once.`
  )
}
