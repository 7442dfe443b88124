import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../src/events/audit-event.ts'
import { FIELD_NAMES } from '../../src/logstore/fields.ts'
import { restoreBody } from '../../src/logstore/raw-body.ts'
import { auditRecord, eventRecord, receivedBody, undecodableRecord } from '../../src/logstore/record.ts'
import type { LogRecord } from '../../src/logstore/sink.ts'

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0)
const DAY = 86_400_000

const EVENT: AuditEvent = {
  envelope: 'cloudmonitor',
  eventKey: 'key-1',
  eventId: '2256A988-0B26-4E2B-820A-8A030F0E8FE8',
  name: 'Instance:StateChange',
  timeMs: NOW - 1_500,
  product: 'ECS',
  level: 'INFO',
  status: 'Normal',
  regionId: 'cn-hangzhou',
  accountId: '1690700000000000',
  resourceArn: 'acs:ecs:cn-hangzhou:1690700000000000:instance/i-1',
  instanceId: 'i-1',
  state: 'Stopped',
  interruption: '',
  content: '{"state":"Stopped"}',
  test: false
}
const DELIVERY = { queue: 'ecs-cms-event', messageId: 'm-1', dequeueCount: 2, receivedMs: NOW - 500 }

describe('eventRecord', () => {
  it('carries every field that the event has, in the fixed order, as text', () => {
    const record = eventRecord(EVENT, DELIVERY, NOW)
    expect(record.topic).toBe('event')
    expect(record.timeS).toBe(Math.floor((NOW - 1_500) / 1000))
    expect(record.fields).toEqual(
      [
        ['schema', '1'],
        ['kind', 'event'],
        ['event_key', 'key-1'],
        ['event_id', '2256A988-0B26-4E2B-820A-8A030F0E8FE8'],
        ['event_name', 'Instance:StateChange'],
        ['event_time', '2026-11-22T11:59:58.500Z'],
        ['event_ms', String(NOW - 1_500)],
        ['product', 'ECS'],
        ['level', 'INFO'],
        ['status', 'Normal'],
        ['region_id', 'cn-hangzhou'],
        ['account_id', '1690700000000000'],
        ['resource_arn', 'acs:ecs:cn-hangzhou:1690700000000000:instance/i-1'],
        ['instance_id', 'i-1'],
        ['state', 'Stopped'],
        ['content', '{"state":"Stopped"}'],
        ['envelope', 'cloudmonitor'],
        ['queue', 'ecs-cms-event'],
        ['message_id', 'm-1'],
        ['dequeue_count', '2'],
        ['received_ms', String(NOW - 500)],
        ['lag_ms', '1000']
      ].flat()
    )
  })

  it('marks a debug event, and only that', () => {
    expect(valuesOf(eventRecord({ ...EVENT, test: true }, DELIVERY, NOW))['test']).toBe('true')
    expect(valuesOf(eventRecord(EVENT, DELIVERY, NOW))).not.toHaveProperty('test')
  })

  it('keeps a lag that clock skew made negative', () => {
    const values = valuesOf(eventRecord({ ...EVENT, timeMs: NOW + 2_000 }, DELIVERY, NOW))
    expect(values['lag_ms']).toBe('-2500')
  })

  it('takes the time of receipt for the log, and tells no event time, when the event tells none', () => {
    for (const timeMs of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1]) {
      const record = eventRecord({ ...EVENT, timeMs }, DELIVERY, NOW)
      expect(record.timeS).toBe(Math.floor((NOW - 500) / 1000))
      for (const name of ['event_time', 'event_ms', 'lag_ms']) expect(valuesOf(record)).not.toHaveProperty(name)
    }
  })

  it.each([
    ['just young enough', NOW - 6 * DAY, NOW - 6 * DAY],
    ['too old', NOW - 6 * DAY - 1, NOW],
    ['just not too far ahead', NOW + 600_000, NOW + 600_000],
    ['too far ahead', NOW + 600_001, NOW],
    ['the epoch', 0, NOW],
    ['before the epoch', -1, NOW]
  ])('clamps the log time of an event that is %s, and keeps its own time', (_, timeMs, logMs) => {
    const record = eventRecord({ ...EVENT, timeMs }, DELIVERY, NOW)
    expect(record.timeS).toBe(Math.floor(logMs / 1000))
    expect(valuesOf(record)['event_ms']).toBe(String(timeMs))
    expect(valuesOf(record)['event_time']).toBe(new Date(timeMs).toISOString())
  })
})

describe('undecodableRecord', () => {
  const message = { eventKey: 'key-2', reason: 'not-json', detail: 'expected {', raw: 'oops' } as const

  it('holds reason, detail and the raw body', () => {
    const values = valuesOf(undecodableRecord(message, DELIVERY, NOW))
    expect(values).toMatchObject({
      kind: 'undecodable',
      event_key: 'key-2',
      reason: 'not-json',
      detail: 'expected {',
      content: 'oops',
      queue: 'ecs-cms-event',
      message_id: 'm-1',
      dequeue_count: '2',
      received_ms: String(NOW - 500)
    })
    expect(values).not.toHaveProperty('content_encoding')
  })

  it('gives every body back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (raw) => {
        const values = valuesOf(undecodableRecord({ ...message, raw }, DELIVERY, NOW))
        const encoding = values['content_encoding'] ?? ''
        if (encoding !== '' && encoding !== 'base64' && encoding !== 'base64-utf16le') throw new Error(encoding)
        expect(restoreBody({ content: values['content'] ?? '', encoding })).toBe(raw)
      })
    )
  })

  it('encodes the body that the logstore refused as it was', () => {
    const values = valuesOf(undecodableRecord({ ...message, reason: 'refused-by-logstore' }, DELIVERY, NOW))
    expect(values).toMatchObject({ content: 'b29wcw==', content_encoding: 'base64' })
  })
})

describe('auditRecord', () => {
  it('orders the fields as the table does, however they are given', () => {
    const record = auditRecord('action', NOW, NOW, {
      caused_by: 'key-1',
      attempt: 1,
      action: 'restart',
      instance_id: 'i-1',
      deadline_margin_ms: -5
    })
    const names = record.fields.filter((_, index) => index % 2 === 0)
    expect(names).toEqual(FIELD_NAMES.filter((name) => names.includes(name)))
    expect(valuesOf(record)['deadline_margin_ms']).toBe('-5')
  })

  it('leaves out what is no number', () => {
    const values = valuesOf(auditRecord('event', NOW, NOW, { lag_ms: Number.NaN, attempt: Number.POSITIVE_INFINITY }))
    expect(values).toEqual({ schema: '1', kind: 'event' })
  })

  it('writes large numbers in plain digits', () => {
    const values = valuesOf(auditRecord('event', NOW, NOW, { event_ms: 1e21, lag_ms: -1e21, duration_ms: 12.5 }))
    expect(values).toMatchObject({
      event_ms: '1000000000000000000000',
      lag_ms: '-1000000000000000000000',
      duration_ms: '12'
    })
  })
})

function valuesOf({ fields }: LogRecord): Record<string, string> {
  const values: Record<string, string> = {}
  for (let at = 0; at < fields.length; at += 2) values[fields[at] ?? ''] = fields[at + 1] ?? ''
  return values
}

it('a record gives back the body that its message was received with', () => {
  const body = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.base64String({ maxLength: 40_000 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units))
  )
  fc.assert(
    fc.property(body, (raw) => {
      expect(receivedBody(eventRecord(EVENT, { ...DELIVERY, body: raw }, NOW))).toBe(raw)
      const undecodable = { eventKey: 'raw-1', reason: 'not-json', detail: '', raw } as const
      expect(receivedBody(undecodableRecord(undecodable, DELIVERY, NOW))).toBe(raw)
    })
  )
})
