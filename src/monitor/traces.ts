import { AuditError } from '../lib/errors.ts'
import type { OnStage } from './stage.ts'

/** Outcomes that a trace shows as an error. */
const FAILED = new Set(['failed', 'retry', 'refused', 'too-large'])

/**
 * Makes a span of each stage of a batch, with the OpenTelemetry API. Where they go is up to the SDK that the process
 * was started with; without one they go nowhere.
 *
 * @throws AuditError `config` when `@opentelemetry/api` is not installed
 */
export async function openTraces(): Promise<OnStage> {
  const { trace, SpanKind, SpanStatusCode } = await import('@opentelemetry/api').catch((thrown: unknown) => {
    const text =
      'Cannot use traces.enabled: the package @opentelemetry/api is not installed. Install it with your OpenTelemetry SDK, or switch traces off.'
    throw new AuditError('config', text, { cause: thrown })
  })
  const tracer = trace.getTracer('ecs-audit')
  return ({ stage, dependency, tookMs, records, outcome }) => {
    const endMs = Date.now()
    const span = tracer.startSpan(`ecs-audit ${stage}`, {
      kind: stage === 'receive' ? SpanKind.CONSUMER : SpanKind.CLIENT,
      startTime: endMs - tookMs,
      attributes: { 'ecs_audit.dependency': dependency, 'ecs_audit.records': records, 'ecs_audit.outcome': outcome }
    })
    if (FAILED.has(outcome)) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endMs)
  }
}
