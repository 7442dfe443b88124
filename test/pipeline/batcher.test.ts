import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, Batcher, type Entry, type FlushReason } from '../../src/pipeline/batcher.ts'
import { entry, namesOf } from './deliveries.ts'

const FLUSH_REASONS = ['linger', 'urgent', 'credits', 'drain'] as const

type Step = { readonly bytes: number } | { readonly flush: FlushReason }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ bytes: fc.integer({ min: 1, max: 1_200 }) }) },
  { weight: 1, arbitrary: fc.record({ flush: fc.constantFrom(...FLUSH_REASONS) }) }
)

/** How many of `entries` make the next batch, and why: by the rule's own words, from the start each time. */
function nextBatch(entries: readonly Entry[], limits: { maxBytes: number; maxCount: number }) {
  let bytes = 0
  for (const [at, { record }] of entries.entries()) {
    if (at > 0 && bytes + record.bytes > limits.maxBytes) return { size: at, reason: 'bytes' }
    bytes += record.bytes
    if (at + 1 === limits.maxCount) return { size: at + 1, reason: 'count' }
    // One that ends another batch is looked at again only when the next one comes.
    if (bytes >= limits.maxBytes) return { size: at + 1, reason: 'bytes' }
  }
  return undefined
}

describe('batcher', () => {
  test('puts every entry into exactly one batch, in order, and keeps the limits', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.record({ maxBytes: fc.integer({ min: 1, max: 3_000 }), maxCount: fc.integer({ min: 1, max: 12 }) }),
        (steps, limits) => {
          const batcher = new Batcher('event', limits)
          const added: Entry[] = []
          const batches: Batch[] = []
          for (const [at, one] of steps.entries()) {
            const next = 'bytes' in one ? entry(String(at), { bytes: one.bytes }) : undefined
            if (next !== undefined) added.push(next)
            const closed = next === undefined ? flush(batcher, one) : batcher.add(next)
            if (closed !== undefined) batches.push(closed)
            expect(batches.reduce((sum, { entries }) => sum + entries.length, 0) + batcher.size).toBe(added.length)
            expect(batcher.size).toBeLessThan(limits.maxCount)
          }
          const last = batcher.flush('drain')
          if (last !== undefined) batches.push(last)
          expect(batches.flatMap(({ entries }) => entries)).toEqual(added)
          for (const batch of batches) expectWithin(batch, limits)
        }
      ),
      { numRuns: 500 }
    )
  })

  test('closes as the naive model does, for the same reasons', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_200 }), { maxLength: 100 }), (sizes) => {
        const limits = { maxBytes: 1_000, maxCount: 5 }
        const entries = sizes.map((bytes, at) => entry(String(at), { bytes }))
        const batcher = new Batcher('event', limits)
        const closed = entries.flatMap((one) => batcher.add(one) ?? [])
        let left: readonly Entry[] = entries
        for (const { entries: got, reason } of closed) {
          expect({ size: got.length, reason }).toEqual(nextBatch(left, limits))
          left = left.slice(got.length)
        }
        expect(batcher.size).toBe(left.length)
      }),
      { numRuns: 500 }
    )
  })

  test('a record that is larger than a batch may be makes a batch of its own', () => {
    const batcher = new Batcher('event', { maxBytes: 1_000, maxCount: 10 })
    expect(batcher.add(entry('small'))).toBeUndefined()
    const [before, large] = [batcher.add(entry('large', { bytes: 5_000 })), batcher.add(entry('next'))]
    expect([before, large].map((batch) => namesOf(batch?.entries ?? []))).toEqual([['small'], ['large']])
    expect([before?.reason, large?.reason, large?.bytes]).toEqual(['bytes', 'bytes', 5_000])
    expect(batcher.add(entry('another', { bytes: 899 }))).toBeUndefined()
    expect(batcher.size).toBe(2)
  })

  test('flushing nothing makes no batch', () => {
    const batcher = new Batcher('event', { maxBytes: 1_000, maxCount: 10 })
    expect(batcher.flush('linger')).toBeUndefined()
  })
})

function flush(batcher: Batcher, one: Step): Batch | undefined {
  return 'flush' in one ? batcher.flush(one.flush) : undefined
}

function expectWithin({ entries, bytes, topic }: Batch, limits: { maxBytes: number; maxCount: number }): void {
  expect(topic).toBe('event')
  expect(bytes).toBe(entries.reduce((sum, { record }) => sum + record.bytes, 0))
  expect(entries.length).toBeLessThanOrEqual(limits.maxCount)
  if (entries.length > 1) expect(bytes).toBeLessThanOrEqual(limits.maxBytes)
}
