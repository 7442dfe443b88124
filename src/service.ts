import type { ActionDesk } from './actions/desk.ts'
import { openDesk } from './actions/open-desk.ts'
import type { ActionPlugin } from './actions/plugin/action-plugin.ts'
import { chooseCredentials } from './cloud/choose-credentials.ts'
import { CloudLoader } from './cloud/cloud-loader.ts'
import type { CredentialSource } from './cloud/credentials.ts'
import { actionsEnabled } from './config/enabled-actions.ts'
import type { Config } from './config/schema.ts'
import type { AuditEvent } from './events/audit-event.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import type { AuditError } from './lib/errors.ts'
import { packageVersion } from './lib/package-version.ts'
import { Scope } from './lib/scope.ts'
import { readerOf, sinkOf } from './logstore/open-logstore.ts'
import type { LogRecord } from './logstore/sink.ts'
import type { SlsReader } from './logstore/sls-reader.ts'
import type { HealthLimits, HealthReport } from './monitor/health.ts'
import { MeteredSink } from './monitor/metered-sink.ts'
import { MeteredSource } from './monitor/metered-source.ts'
import { Monitor } from './monitor/monitor.ts'
import { reportHealth } from './monitor/report-health.ts'
import type { OnStage } from './monitor/stage.ts'
import { watchHealth } from './monitor/watch-health.ts'
import { WorkMeter } from './monitor/work-meter.ts'
import type { Credit } from './pipeline/credits.ts'
import { TRIAGE_DEFAULTS } from './pipeline/intake-gate.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import type { PipelineState, StopReport } from './pipeline/pipeline-options.ts'
import { createMnsSource } from './queue/mns-source.ts'
import { Snapshotter } from './snapshots/snapshotter.ts'
import type { Log } from './telemetry/log.ts'
import { Meters } from './telemetry/meters.ts'
import { createTotals, type Totals } from './telemetry/totals.ts'

/** What a service is made of: its configuration, where it logs, and what embedding it adds. */
export interface ServiceOptions {
  readonly config: Config
  readonly log: Log
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** The batch form: `finished` resolves when the queues are empty and everything is settled. */
  readonly untilEmpty?: boolean
  /** Your own actions, beside those that the configuration switches on (its `actions.plugins` are loaded by `loadPlugins`). */
  readonly plugins?: readonly ActionPlugin[]
  /** Told of each receive, put and delete that has ended: for traces. What it throws is dropped. */
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
  const [totals, meters, scope] = [createTotals(), new Meters(), new Scope()]
  const meter = new WorkMeter({ clock, meters })
  const common: Common = { config, log, clock, untilEmpty, plugins, totals, meters, meter, scope }
  const ports = openPorts(common, options.onStage)
  const acting = openActing(common, ports, (record) => pipeline.ship(record))
  const pipeline: Pipeline = openPipeline(common, ports, acting.desk)
  const monitor = openMonitor(common, { ...ports, pipeline, cloud: acting.cloud })
  pipeline.start()
  scope.defer(
    'loading',
    // What can't be loaded fails again where it is needed, and is told there.
    clock.after(LOAD_AFTER_MS, () => void acting.load().catch(() => undefined))
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

/** What all parts of one service share. */
interface Common extends Required<Omit<ServiceOptions, 'onStage'>> {
  readonly totals: Totals
  readonly meters: Meters
  readonly meter: WorkMeter
  /** Closes what was opened, the last first. */
  readonly scope: Scope
}

interface Ports {
  readonly credentials: CredentialSource
  readonly sources: readonly MeteredSource[]
  readonly sink: MeteredSink
  readonly reader: SlsReader
}

/** The queues and the logstore. */
function openPorts({ config, log, clock, meters, scope }: Common, onStage: OnStage | undefined): Ports {
  const credentials = chooseCredentials(config, clock, log)
  const metered = { clock, meters, onStage }
  const sources = config.queues.map(
    ({ visibility, ...queue }) =>
      new MeteredSource(createMnsSource({ ...queue, visibilityMs: visibility, credentials, clock }), metered)
  )
  for (const source of sources) scope.defer(`queue ${source.name}`, () => source.close())
  const sink = new MeteredSink(sinkOf(config, credentials, clock), metered)
  scope.defer('logstore', () => sink.close())
  const { reader, close } = readerOf(config, credentials, clock)
  scope.defer('reader', close)
  return { credentials, sources, sink, reader }
}

interface Acting {
  readonly cloud: CloudLoader
  readonly desk: ActionDesk
  /** Loads what the first poll does not need. */
  load(): Promise<void>
}

/** The control plane, and what asks it: snapshots and actions. */
function openActing(
  { config, plugins, log, clock, totals, meter, scope }: Common,
  { credentials, reader }: Ports,
  ship: (record: LogRecord) => Promise<boolean>
): Acting {
  const { region, endpoints, actions, snapshots } = config
  const cloud = new CloudLoader({
    ...{ region, endpoints, credentials, clock, log, refreshMs: actions.drain.refresh },
    onCall: (call) => meter.call(call)
  })
  scope.defer('cloud', () => cloud.close())
  if (snapshots.enabled) cloud.check()
  const compute = async (regionId: string) => (await cloud.open()).compute(regionId)
  const snapshotter = new Snapshotter({ compute, ship, clock, log, totals, delayMs: snapshots.delay })
  scope.defer('snapshots', () => snapshotter.stop())
  const onEvent = (event: AuditEvent): void => {
    meter.event(event)
    if (snapshots.enabled) snapshotter.observe(event)
  }
  const onRun = (action: string, event: AuditEvent): void => meter.run(action, event)
  const opened = openDesk({ config, plugins, cloud, onEvent, onRun, reader, clock, log, totals })
  scope.defer('actions', opened.close)
  const load = async (): Promise<void> => {
    await import('./logstore/sls-sdk.ts')
    if (snapshots.enabled) await compute(region)
    await opened.load()
  }
  return { cloud, desk: opened.desk, load }
}

function openPipeline(common: Common, { sources, sink }: Ports, desk: ActionDesk): Pipeline {
  const { config, plugins, untilEmpty, clock, log, totals, meter, scope } = common
  const { batch, puts, breaker } = config.logstore
  const pipeline = new Pipeline({
    ...{ sources, sink, desk, clock, log, totals, puts, untilEmpty },
    limits: limitsOf(config),
    batch: { maxBytes: batch.maxBytes, maxCount: batch.maxCount, lingerMs: batch.linger },
    breakerResetMs: breaker.resetAfter,
    triage: { ...TRIAGE_DEFAULTS, enabled: actionsEnabled(config.actions, plugins) },
    onBatch: (shipped) => meter.batch(shipped)
  })
  scope.defer('reporting', reportAtIntervals({ clock, log, intervalMs: config.log.interval, totals, pipeline }))
  return pipeline
}

/** Metrics and health; of the service form also what looks at them by itself. The batch form ends with the reason. */
function openMonitor(
  { config, untilEmpty, clock, log, totals, meters, scope }: Common,
  { sources, sink, pipeline, cloud }: Ports & { readonly pipeline: Pipeline; readonly cloud: CloudLoader }
): Monitor {
  const monitor = new Monitor({
    ...{ clock, totals, meters, sources, sink, pipeline, credits: limitsOf(config) },
    breakers: () => cloud.breakers(),
    limits: healthLimits(config),
    version: packageVersion()
  })
  if (untilEmpty) return monitor
  scope.defer('health watch', watchHealth({ clock, log, health: () => monitor.health() }))
  const intervalMs = config.health.interval
  if (intervalMs > 0) {
    const ship = (record: LogRecord): Promise<boolean> => pipeline.ship(record, { probe: true })
    scope.defer('health', reportHealth({ clock, intervalMs, record: () => monitor.record(), ship }))
  }
  return monitor
}

function limitsOf({ limits }: Config): Credit {
  return { messages: limits.maxMessages, bytes: limits.maxBytes }
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
