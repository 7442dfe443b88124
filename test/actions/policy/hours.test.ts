import { expect, test } from 'vitest'
import { withinHours } from '../../../src/actions/policy/hours.ts'

const at = (hour: number, minute = 0, second = 0) => Date.UTC(2026, 10, 22, hour, minute, second)

test.each([
  [[], at(12), false],
  [['12:00-13:00'], at(12), true],
  [['12:00-13:00'], at(12, 59, 59), true],
  [['12:00-13:00'], at(13), false],
  [['12:00-13:00'], at(11, 59, 59), false],
  [['22:00-02:30'], at(23), true],
  [['22:00-02:30'], at(0), true],
  [['22:00-02:30'], at(2, 29), true],
  [['22:00-02:30'], at(2, 30), false],
  [['22:00-02:30'], at(21, 59), false],
  [['00:00-00:00'], at(7), true],
  [['01:00-02:00', '12:00-13:00'], at(12, 30), true]
])('%j at %d is %s', (windows, nowMs, within) => {
  expect(withinHours(windows, nowMs)).toBe(within)
})
