import { expect, test } from 'vitest'
import type { Batch } from '../../src/pipeline/batcher.ts'
import { Collector } from '../../src/pipeline/collector.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { entry, namesOf } from './deliveries.ts'

test('records that somebody waits for go on within 50 ms, whatever their topics; all others when they are old enough', async () => {
  const clock = new ManualClock()
  const batches: Batch[] = []
  const limits = { maxBytes: 1 << 20, maxCount: 100, lingerMs: 2_000 }
  const collector = new Collector({ clock, limits, onBatch: (batch) => batches.push(batch) })
  collector.add(entry('event'))
  collector.addSoon(entry('health', { topic: 'health' }))
  await clock.advance(20)
  collector.addSoon(entry('action', { topic: 'action' }))
  await clock.advance(30)
  expect(batches.map(({ entries }) => namesOf(entries))).toEqual([['health'], ['action']])
  collector.addSoon(entry('next', { topic: 'action' }))
  await clock.advance(50)
  expect(batches.map(({ reason }) => reason)).toEqual(['urgent', 'urgent', 'urgent'])
  await clock.advance(2_000)
  expect(batches.map(({ topic }) => topic)).toEqual(['health', 'action', 'action', 'event'])
})
