import { expect, test } from 'vitest'
import { LocalJournal } from '../../src/actions/local-journal.ts'
import type { AuditEvent } from '../../src/events/audit-event.ts'
import { decode } from '../../src/events/decode.ts'
import { stateChange } from '../support/events.ts'

const HOUR = 3_600_000
const subject = { action: 'restart', causedBy: 'k', instanceId: 'i-1', regionId: 'r', accountId: '11' }

function event(instanceId: string, state: string, timeMs = 0): AuditEvent {
  const decoded = decode(stateChange(1, { instanceId, state, timeMs }), { messageId: 'm' })
  if (decoded.kind !== 'event') throw new Error('expected an event')
  return decoded.event
}

test('a step told twice is one entry', () => {
  const journal = new LocalJournal()
  journal.add(subject, { step: 'intent-1', decision: 'intent', reason: 'stopped', attempt: 1 }, 10)
  journal.add(subject, { step: 'intent-1', decision: 'intent', reason: 'stopped', attempt: 1 }, 20)
  journal.add(subject, { step: 'start-1', decision: 'done', reason: 'started' }, 30)
  expect(journal.entries(() => true).map(({ step }) => step)).toEqual(['intent-1', 'start-1'])
  expect(journal.entries(({ instanceId }) => instanceId === 'i-2')).toEqual([])
})

test('what is older than any rule looks back is forgotten, and so is what is too much', () => {
  const journal = new LocalJournal()
  journal.add(subject, { step: 'intent-1', decision: 'intent', reason: 'stopped' }, 0)
  journal.add(subject, { step: 'intent-2', decision: 'intent', reason: 'stopped' }, 3 * HOUR)
  expect(journal.entries(() => true).map(({ step }) => step)).toEqual(['intent-2'])
  for (let n = 0; n < 25_000; n += 1) {
    journal.add({ ...subject, causedBy: `k-${n}` }, { step: 's', decision: 'done', reason: 'r' }, 3 * HOUR + n)
  }
  const kept = journal.entries(() => true).length
  expect(kept).toBeLessThanOrEqual(20_000)
  expect(kept).toBeGreaterThan(17_000)
  expect(journal.entries(() => true).at(-1)?.causedBy).toBe('k-24999')
})

test('stops are counted once an instance, without other states, test events and those before', () => {
  const journal = new LocalJournal()
  journal.observe(event('i-bp1a', 'Stopped', 1_000), 9_000)
  journal.observe(event('i-bp1b', 'Stopped', 3_000), 9_000)
  journal.observe(event('i-bp1b', 'Stopped', 2_000), 9_000)
  journal.observe(event('i-bp1c', 'Running'), 3_000)
  journal.observe({ ...event('i-bp1d', 'Stopped'), test: true }, 3_000)
  journal.observe({ ...event('i-bp1e', 'Stopped'), instanceId: '' }, 3_000)
  expect(journal.stoppedSince(0)).toEqual(new Map([['cn-hangzhou', 2]]))
  expect(journal.stoppedSince(1_500)).toEqual(new Map([['cn-hangzhou', 1]]))
  expect(journal.stoppedSince(3_001)).toEqual(new Map())
})
