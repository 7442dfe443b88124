import { type Attributes, type Span, type SpanOptions, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { openTraces } from '../../src/monitor/traces.ts'

interface EndedSpan {
  readonly name: string
  readonly attributes: Attributes | undefined
  readonly failed: boolean
  readonly tookMs: number
}

afterEach(() => trace.disable())

/** What an SDK does with the API, as far as is needed to see the spans. */
function collectSpans(): EndedSpan[] {
  const ended: EndedSpan[] = []
  const startSpan = (name: string, options: SpanOptions = {}): Span => {
    const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 })
    let failed = false
    span.setStatus = ({ code }) => {
      failed = code === SpanStatusCode.ERROR
      return span
    }
    span.end = (endTime) => {
      const tookMs = Number(endTime) - Number(options.startTime)
      ended.push({ name, attributes: options.attributes, failed, tookMs })
    }
    return span
  }
  const startActiveSpan: Tracer['startActiveSpan'] = () => {
    throw new Error('not used')
  }
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan }) })
  return ended
}

test('each stage is a span of its own length, with its records and outcome; a failed one is an error', async () => {
  const spans = collectSpans()
  const onStage = await openTraces()
  onStage({ stage: 'receive', dependency: 'a-queue', tookMs: 20, records: 16, outcome: 'messages' })
  onStage({ stage: 'put', dependency: 'p/l', tookMs: 30.5, records: 900, outcome: 'retry' })
  onStage({ stage: 'delete', dependency: 'a-queue', tookMs: 0, records: 16, outcome: 'acknowledged' })
  const attributes = (dependency: string, records: number, outcome: string) => ({
    'ecs_audit.dependency': dependency,
    'ecs_audit.records': records,
    'ecs_audit.outcome': outcome
  })
  expect(spans).toEqual([
    { name: 'ecs-audit receive', attributes: attributes('a-queue', 16, 'messages'), failed: false, tookMs: 20 },
    { name: 'ecs-audit put', attributes: attributes('p/l', 900, 'retry'), failed: true, tookMs: 30.5 },
    { name: 'ecs-audit delete', attributes: attributes('a-queue', 16, 'acknowledged'), failed: false, tookMs: 0 }
  ])
})

test('without an SDK it costs nothing and says nothing', async () => {
  const onStage = await openTraces()
  expect(() => onStage({ stage: 'put', dependency: 'p/l', tookMs: 1, records: 1, outcome: 'stored' })).not.toThrow()
})
