import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoTime } from '../../src/logstore/iso-time.ts'

const any = fc.integer({ min: -8.64e15, max: 8.64e15 })
const year10000 = Date.UTC(10_000, 0, 1)
const ofLate = fc.integer({ min: 1.7e12, max: 1.7e12 + 300_000 })

test('a time is written as Date writes it, whatever was written before', () => {
  const near = fc.constantFrom(0, 1, -1, 59_999, 60_000, year10000, year10000 - 1, -8.64e15, 8.64e15)
  fc.assert(
    fc.property(fc.array(fc.oneof(any, ofLate, near)), (times) => {
      expect(times.map(isoTime)).toEqual(times.map((ms) => new Date(ms).toISOString()))
    })
  )
})
