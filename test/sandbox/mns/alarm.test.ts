import { expect, test } from 'vitest'
import type { Clock } from '../../../src/lib/clock.ts'
import { Alarm } from '../../../src/sandbox/mns/alarm.ts'
import { ManualClock } from '../../support/manual-clock.ts'

/** A wall clock that can be turned while time goes on. */
function turnable() {
  const clock = new ManualClock()
  const turned = { offsetMs: 0 }
  const wall: Pick<Clock, 'now' | 'elapsed' | 'after'> = {
    now: () => clock.now() + turned.offsetMs,
    elapsed: clock.elapsed,
    after: clock.after
  }
  return { clock, turned, wall }
}

test('rings at the earliest moment that it was told of', async () => {
  const { clock, wall } = turnable()
  const rings: number[] = []
  const alarm = new Alarm(wall, () => rings.push(clock.elapsed()))
  alarm.by(clock.now() + 600_000)
  alarm.by(clock.now() + 3_000)
  alarm.by(clock.now() + 5_000)
  alarm.by(Number.POSITIVE_INFINITY)
  await clock.advance(700_000)
  expect(rings).toEqual([3_000])
})

test.each([20, -20])('rings in time for what comes after its clock was turned by %i minutes', async (minutes) => {
  const { clock, turned, wall } = turnable()
  const rings: number[] = []
  const alarm = new Alarm(wall, () => rings.push(clock.elapsed()))
  alarm.by(wall.now() + 600_000)
  turned.offsetMs = minutes * 60_000
  alarm.by(wall.now() + 3_000)
  await clock.advance(4_000)
  expect(rings).toEqual([3_000])
})
