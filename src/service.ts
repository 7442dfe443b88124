import { actionsEnabled, openDesk } from './actions/open-desk.ts'
import type { ActionPlugin } from './actions/plugin/action-plugin.ts'
import { CloudLoader } from './cloud/cloud-loader.ts'
import { type CredentialSource, defaultCredentials, staticCredentials } from './cloud/credentials.ts'
import type { Config } from './config/schema.ts'
import type { AuditEvent } from './events/audit-event.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import type { AuditError } from './lib/errors.ts'
import { packageVersion } from './lib/package-version.ts'
import { Scope } from './lib/scope.ts'
import type { LogRecord, LogSink } from './logstore/sink.ts'
import { SlsClient } from './logstore/sls-client.ts'
import { SlsReader } from './logstore/sls-reader.ts'
import { createSlsSink } from './logstore/sls-sink.ts'
import type { HealthLimits, HealthReport } from './monitor/health.ts'
import { MeteredSink } from './monitor/metered-sink.ts'
import { MeteredSource } from './monitor/metered-source.ts'
import { Monitor } from './monitor/monitor.ts'
import { reportHealth } from './monitor/report-health.ts'
import type { OnStage } from './monitor/stage.ts'
import { watchHealth } from './monitor/watch-health.ts'
import { WorkMeter } from './monitor/work-meter.ts'
import { TRIAGE_DEFAULTS } from './pipeline/intake-gate.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import type { PipelineState, StopReport } from './pipeline/pipeline-options.ts'
import { createMnsSource } from './queue/mns-source.ts'
import { Snapshotter } from './snapshots/snapshotter.ts'
import type { Log } from './telemetry/log.ts'
import { Meters } from './telemetry/meters.ts'
import { createTotals, type Totals } from './telemetry/totals.ts'

export interface ServiceOptions {
  readonly config: Config
  readonly log: Log
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** The batch form: `finished` resolves when the queues are empty and everything is settled. */
  readonly untilEmpty?: boolean
  /** Your own actions, beside those that the configuration switches on (its `actions.plugins` are loaded by `loadPlugins`). */
  readonly plugins?: readonly ActionPlugin[]
  /** Told of each receive, put and delete that has ended: for traces. */
  readonly onStage?: OnStage
}

/** A running consumer. */
export interface Service {
  /** What was counted since the start. */
  readonly totals: Readonly<Totals>
  /** What it holds now. */
  readonly state: PipelineState
  /** Whether events are received and stored, and if not, why and what to do. */
  health(): HealthReport
  /** All metrics in the text format of Prometheus. */
  metricsText(): Promise<string>
  /** Batch form: resolves with nothing when all is done, or with the reason to give up. Service form: when it was stopped. */
  readonly finished: Promise<AuditError | undefined>
  /**
   * Stops: no more receives, what is held stored and deleted, the rest given back. Idempotent.
   *
   * @param hurry aborts to skip the waiting, as a second signal does
   */
  stop(hurry?: AbortSignal): Promise<StopReport>
}

/**
 * Composes and starts the consumer from a complete configuration.
 *
 * @throws AuditError `config` for an endpoint, a name or a region that cannot be one
 */
export function createService(options: ServiceOptions): Service {
  const { config, log, clock = systemClock, untilEmpty = false, plugins = [] } = options
  const totals = createTotals()
  const meters = new Meters()
  const meter = new WorkMeter({ clock, meters })
  const metered = { clock, meters, onStage: options.onStage }
  const scope = new Scope()
  const credentials = chooseCredentials(config, clock, log)
  const sources = config.queues.map(
    ({ visibility, ...queue }) =>
      new MeteredSource(createMnsSource({ ...queue, visibilityMs: visibility, credentials, clock }), metered)
  )
  for (const source of sources) scope.defer(`queue ${source.name}`, () => source.close())
  const { logstore } = config
  const sink = new MeteredSink(sinkOf(config, credentials, clock), metered)
  scope.defer('logstore', () => sink.close())
  const { reader, close: closeReader } = readerOf(config, credentials, clock)
  scope.defer('reader', closeReader)
  const { region, endpoints, actions } = config
  const cloud = new CloudLoader({
    ...{ region, endpoints, credentials, clock, log, refreshMs: actions.drain.refresh },
    onCall: (call) => meter.call(call)
  })
  scope.defer('cloud', () => cloud.close())
  if (config.snapshots.enabled) cloud.check()
  const snapshotter = new Snapshotter({
    compute: async (regionId) => (await cloud.open()).compute(regionId),
    ship: (record) => pipeline.ship(record),
    clock,
    log,
    totals,
    delayMs: config.snapshots.delay
  })
  scope.defer('snapshots', () => snapshotter.stop())
  const onEvent = (event: AuditEvent): void => {
    meter.event(event)
    if (config.snapshots.enabled) snapshotter.observe(event)
  }
  const onRun = (action: string, event: AuditEvent): void => meter.run(action, event)
  const opened = openDesk({ config, plugins, cloud, onEvent, onRun, reader, clock, log, totals })
  scope.defer('actions', opened.close)
  const credits = { messages: config.limits.maxMessages, bytes: config.limits.maxBytes }
  const pipeline: Pipeline = new Pipeline({
    sources,
    sink,
    desk: opened.desk,
    clock,
    log,
    totals,
    limits: credits,
    batch: {
      maxBytes: logstore.batch.maxBytes,
      maxCount: logstore.batch.maxCount,
      lingerMs: logstore.batch.linger
    },
    puts: logstore.puts,
    breakerResetMs: logstore.breaker.resetAfter,
    triage: { ...TRIAGE_DEFAULTS, enabled: actionsEnabled(config, plugins) },
    untilEmpty,
    onBatch: (batch) => meter.batch(batch)
  })
  const stopReporting = reportAtIntervals({ clock, log, intervalMs: config.log.interval, totals, pipeline })
  scope.defer('reporting', stopReporting)
  const monitor = new Monitor({
    ...{ clock, totals, meters, sources, sink, pipeline, credits },
    breakers: () => cloud.breakers(),
    limits: healthLimits(config),
    version: packageVersion()
  })
  // The batch form ends with the reason.
  if (!untilEmpty) scope.defer('health watch', watchHealth({ clock, log, health: () => monitor.health() }))
  const intervalMs = config.health.interval
  if (intervalMs > 0 && !untilEmpty) {
    const ship = (record: LogRecord): Promise<boolean> => pipeline.ship(record, { probe: true })
    scope.defer('health', reportHealth({ clock, intervalMs, record: () => monitor.record(), ship }))
  }
  pipeline.start()
  const load = async (): Promise<void> => {
    await import('./logstore/sls-sdk.ts')
    if (config.snapshots.enabled) (await cloud.open()).compute(region)
    await opened.load()
  }
  scope.defer(
    'loading',
    clock.after(LOAD_AFTER_MS, () => void load())
  )

  let stopping: Promise<StopReport> | undefined
  const stop = async (hurry: AbortSignal): Promise<StopReport> => {
    try {
      return await pipeline.stop(hurry)
    } finally {
      await scope.close()
    }
  }
  return {
    totals,
    get state() {
      return pipeline.state
    },
    health: () => monitor.health(),
    metricsText: () => monitor.metricsText(),
    finished: pipeline.finished,
    stop: (hurry = new AbortController().signal) => {
      stopping ??= stop(hurry)
      return stopping
    }
  }
}

function healthLimits({ health, logstore }: Config): HealthLimits {
  return {
    outageAfterMs: health.outageAfter,
    maxLagMs: health.maxLag,
    // An open breaker makes no call for so long, and that is no reason to restart.
    stuckAfterMs: Math.max(health.stuckAfter, 2 * logstore.breaker.resetAfter + MINUTE_MS)
  }
}

const MINUTE_MS = 60_000

/**
 * When to load what the first poll does not need, ms: SDKs and actions. Nothing else runs meanwhile, for 0.3 s; the first
 * polls are under way by then. What is needed earlier is loaded earlier.
 */
const LOAD_AFTER_MS = 250

/** Keys from the file, which are only allowed for local servers, or the default chain. */
export function chooseCredentials(config: Config, clock: Clock, log: Log): CredentialSource {
  const { credentials } = config
  if (credentials !== undefined) return staticCredentials(credentials.accessKeyId, credentials.accessKeySecret)
  return defaultCredentials({
    clock,
    onRefreshFault: (fault) => log.warn({ fault: fault.message }, 'credentials could not be refreshed')
  })
}

/** Opens the configured logstore for queries; `close` ends its connections. */
export function openReader(config: Config, clock: Clock, log: Log): { reader: SlsReader; close: () => Promise<void> } {
  return readerOf(config, chooseCredentials(config, clock, log), clock)
}

/** Opens the configured logstore for writing. */
export function openSink(config: Config, clock: Clock, log: Log): LogSink {
  return sinkOf(config, chooseCredentials(config, clock, log), clock)
}

function sinkOf({ region, logstore }: Config, credentials: CredentialSource, clock: Clock): LogSink {
  const { endpoint, project, name, timeout: timeoutMs } = logstore
  return createSlsSink({ endpoint, region, project, logstore: name, credentials, clock, timeoutMs, compress: 'lz4' })
}

function readerOf(
  config: Config,
  credentials: CredentialSource,
  clock: Clock
): { reader: SlsReader; close: () => Promise<void> } {
  const { endpoint, project, name } = config.logstore
  const client = new SlsClient({ endpoint, region: config.region, project, credentials, clock })
  return { reader: new SlsReader({ client, logstore: name, clock }), close: () => client.close() }
}

function reportAtIntervals(options: {
  clock: Clock
  log: Log
  intervalMs: number
  totals: Totals
  pipeline: Pipeline
}): () => void {
  const { clock, log, intervalMs, totals, pipeline } = options
  const report = (): void => {
    log.info({ ...totals, ...pipeline.state }, 'counters')
    cancel = clock.after(intervalMs, report)
  }
  let cancel = clock.after(intervalMs, report)
  return () => cancel()
}
