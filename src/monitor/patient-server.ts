import type { Clock } from '../lib/clock.ts'
import { AuditError, errorMessage } from '../lib/errors.ts'
import type { Log } from '../telemetry/log.ts'
import { type Monitored, type MonitorServer, type MonitorServerOptions, openMonitorServer } from './monitor-server.ts'

/** Between two tries to open a port that is taken, ms. */
export const RETRY_MS = 5_000

export interface PatientServerOptions extends MonitorServerOptions {
  readonly clock: Clock
  readonly log: Log
}

/**
 * Opens the server of health and metrics. A taken port stops no consumer: events are recorded meanwhile, and the port is tried
 * again until it is free (the process before this one may still be ending). `url` is empty until then.
 *
 * @throws AuditError `config` for an address that is not this machine's
 */
export async function openPatientServer(options: PatientServerOptions): Promise<MonitorServer> {
  const { clock, log } = options
  const stop = new AbortController()
  let monitored: Monitored | undefined
  let server = await openMonitorServer(options).catch((thrown: unknown) => {
    if (!(thrown instanceof AuditError) || thrown.code !== 'unavailable') throw thrown
    log.error({ fault: thrown.message }, 'health and metrics are not served yet: their port is taken')
    return undefined
  })
  const opening = server === undefined ? retry() : Promise.resolve()

  async function retry(): Promise<void> {
    while (server === undefined && !stop.signal.aborted) {
      await clock.sleep(RETRY_MS, stop.signal).catch(() => undefined)
      if (stop.signal.aborted) return
      server = await openMonitorServer(options).catch((thrown: unknown) => {
        log.debug({ fault: errorMessage(thrown) }, 'health and metrics: the port is still taken')
        return undefined
      })
    }
    if (monitored !== undefined) server?.serve(monitored)
    log.info({ http: server?.url }, 'health and metrics are served now')
  }

  return {
    get url() {
      return server?.url ?? ''
    },
    serve: (now) => {
      monitored = now
      server?.serve(now)
    },
    close: async () => {
      stop.abort()
      await opening
      await server?.close()
    }
  }
}
