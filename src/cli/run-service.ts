import { dirname, resolve } from 'node:path'
import { loadPlugins } from '../actions/plugin/load-plugins.ts'
import { enabledActions } from '../config/enabled-actions.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { AuditError } from '../lib/errors.ts'
import { Scope } from '../lib/scope.ts'
import { tuneV8 } from '../lib/tune-v8.ts'
import type { MonitorServer } from '../monitor/monitor-server.ts'
import { STOP_RESERVE_MS } from '../pipeline/stop-times.ts'
import type { Service } from '../service.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import { aborted, EXIT, type Invocation, tellFailure } from './command.ts'

/** A signal is the usual end of the service, but not of the batch form: whoever started it must not take its work for done. */
const CUT_SHORT = new AuditError('unavailable', 'Stopped by a signal before the queue was empty: run it again.')

/** Consumes until told to stop or, in the batch form, until the queues are empty. Resolves with the exit status. */
export async function runService(invocation: Invocation): Promise<number> {
  // Here, because no other command works for long: they start 4 ms sooner without.
  tuneV8()
  const { configFile, environment, options } = invocation
  const config = loadConfig({
    file: configFile,
    environment,
    flags: options['dryRun'] === true ? { 'actions.dryRun': true } : {}
  })
  const log = createLog({ level: config.log.level })
  const untilEmpty = options['untilEmpty'] === true
  const scope = new Scope()
  try {
    return await consume(invocation, { config, log, untilEmpty, scope })
  } finally {
    await scope.close()
  }
}

async function consume(invocation: Invocation, { config, log, untilEmpty, scope }: Run): Promise<number> {
  const { configFile, stop } = invocation
  // Opened before anything is received: an address that can't be one must not be found out later.
  const server = untilEmpty || config.http.port === 0 ? undefined : await openServer(config.http, log)
  if (server !== undefined) scope.defer('monitor', () => server.close())
  const onStage = config.traces.enabled ? await (await import('../monitor/traces.ts')).openTraces() : undefined
  const { createService } = await import('../service.ts')
  const plugins = await loadPlugins(config.actions.plugins, dirname(resolve(configFile ?? DEFAULT_CONFIG_FILE)))
  const service = createService({ config, log, untilEmpty, plugins, ...(onStage && { onStage }) })
  server?.serve(service)
  log.info(
    {
      queues: config.queues.map(({ name }) => name),
      logstore: `${config.logstore.project}/${config.logstore.name}`,
      untilEmpty,
      http: server?.url ?? '',
      actions: [...enabledActions(config.actions), ...plugins.map(({ name }) => name)],
      dryRun: config.actions.dryRun
    },
    'started'
  )
  const failure = await Promise.race([service.finished, aborted(stop).then(() => (untilEmpty ? CUT_SHORT : undefined))])
  const status = await stopService({ service, log, hurry: invocation.hurry, graceMs: config.shutdown.grace })
  if (invocation.json) invocation.print(JSON.stringify({ ...service.totals, failed: failure?.message ?? null }))
  if (failure === undefined) return status
  if (failure !== CUT_SHORT) return tellFailure(log, failure)
  log.warn({ failure: failure.message }, 'stopped before the queue was empty')
  return EXIT.failed
}

async function openServer(http: Config['http'], log: Log): Promise<MonitorServer> {
  const { openPatientServer } = await import('../monitor/patient-server.ts')
  return openPatientServer({ ...http, clock: systemClock, log })
}

/** What one run is made with. */
interface Run {
  readonly config: Config
  readonly log: Log
  readonly untilEmpty: boolean
  /** Closed when it has ended. */
  readonly scope: Scope
}

/** The two stages of a stop, and what came of it. */
async function stopService(options: {
  service: Service
  log: Log
  hurry: AbortSignal
  graceMs: number
}): Promise<number> {
  const { service, log, graceMs } = options
  log.info({ inFlight: service.state.inFlight }, 'stopping')
  // What is in flight is waited for until then; the rest of the grace time is for giving back.
  const { signal, clear } = deadline(systemClock, graceMs - Math.min(STOP_RESERVE_MS, graceMs / 2), options.hurry)
  const { abandoned } = await service.stop(signal)
  clear()
  log.info({ ...service.totals, abandoned }, 'stopped')
  if (abandoned === 0) return EXIT.done
  log.warn(
    { abandoned },
    'some messages could not be given back: they become visible when their visibility timeout ends'
  )
  return EXIT.failed
}
