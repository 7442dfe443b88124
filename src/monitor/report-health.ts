import type { Clock } from '../lib/clock.ts'
import type { LogRecord } from '../logstore/sink.ts'

export interface HealthReportingOptions {
  readonly clock: Clock
  /** Time between two records, ms. */
  readonly intervalMs: number
  readonly record: () => LogRecord
  /** Ships one; resolves with whether it was stored. */
  readonly ship: (record: LogRecord) => Promise<boolean>
}

/**
 * Writes a health record at intervals, until the returned function is called. A record that is still on its way, because the
 * logstore is down, is the last one until it has arrived: what is waiting never grows.
 */
export function reportHealth({ clock, intervalMs, record, ship }: HealthReportingOptions): () => void {
  let underWay = false
  const report = (): void => {
    cancel = clock.after(intervalMs, report)
    if (underWay) return
    underWay = true
    void ship(record()).then(() => {
      underWay = false
    })
  }
  let cancel = clock.after(intervalMs, report)
  return () => cancel()
}
