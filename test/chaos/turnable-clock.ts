import { type Clock, systemClock } from '../../src/lib/clock.ts'

/** The machine's clock, wrong by as much as it is told. Its timers and `elapsed()` go on as ever. */
export class TurnableClock implements Clock {
  offsetMs = 0
  readonly now = (): number => Date.now() + this.offsetMs
  readonly elapsed = systemClock.elapsed
  readonly sleep = systemClock.sleep
  readonly after = systemClock.after
  readonly random = systemClock.random
}
