import { expect, test } from 'vitest'
import { createTotals, TOTALS } from '../../src/telemetry/totals.ts'

test('every total starts at zero, by itself, and says what it counts', () => {
  const totals = createTotals()
  expect(Object.keys(totals)).toEqual(Object.keys(TOTALS))
  expect(new Set(Object.values(totals))).toEqual(new Set([0]))
  for (const description of Object.values(TOTALS)) expect(description).toMatch(/^[A-Z].{10,}/)
  totals.received += 1
  expect(createTotals().received).toBe(0)
})
