import { randomBytes } from 'node:crypto'
import { auditRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { PipelineGauges } from '../pipeline/pipeline-options.ts'
import type { Totals } from '../telemetry/totals.ts'
import type { HealthReport } from './health.ts'

/** Tells the reports of this process from those of others. */
const PROCESS = randomBytes(8).toString('hex')

export interface HealthRecordFacts {
  readonly report: HealthReport
  readonly totals: Readonly<Totals>
  readonly gauges: PipelineGauges
  readonly uptimeMs: number
  readonly version: string
  readonly nowMs: number
}

/**
 * How the service is, as a record: `status` ok or degraded, `reason` what is not well, `content` all counters and what is
 * held, as JSON. The log's source tells the machine.
 */
export function healthRecord(facts: HealthRecordFacts): LogRecord {
  const { report, totals, gauges, uptimeMs, version, nowMs } = facts
  const { inFlight, inFlightBytes, parked, acting, breaker, lagMs, queues } = gauges
  const held = { inFlight, inFlightBytes, parked, acting, breaker, lagMs }
  const content = { version, process: PROCESS, uptimeS: Math.round(uptimeMs / 1_000), totals, ...held, queues }
  return auditRecord('health', nowMs, nowMs, {
    event_key: `health-${PROCESS}-${nowMs}`,
    event_name: 'Service:Health',
    event_time: new Date(nowMs).toISOString(),
    event_ms: nowMs,
    level: report.ready ? 'INFO' : 'CRITICAL',
    status: report.ready ? 'ok' : 'degraded',
    content: JSON.stringify(content),
    reason: report.problems.map(({ reason }) => reason).join(' '),
    detail: report.problems.map(({ detail }) => detail).join(' ')
  })
}
