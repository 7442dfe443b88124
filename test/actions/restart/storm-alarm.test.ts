import { pino } from 'pino'
import { expect, test } from 'vitest'
import { StormAlarm } from '../../../src/actions/restart/storm-alarm.ts'
import { ManualClock } from '../../support/manual-clock.ts'

test('a storm is told once in its window, not for each instance', async () => {
  const clock = new ManualClock()
  const lines: string[] = []
  const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) })
  const alarm = new StormAlarm({ clock, log, windowMs: 60_000 })
  alarm.ring('21 instances stopped within the window.')
  alarm.ring('22 instances stopped within the window.')
  await clock.advance(59_999)
  alarm.ring('23 instances stopped within the window.')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('21 instances')
  await clock.advance(1)
  alarm.ring('24 instances stopped within the window.')
  expect(lines).toHaveLength(2)
})
