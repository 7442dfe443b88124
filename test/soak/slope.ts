/** A straight line through a series, with how sure it is. */
export interface Slope {
  /** Growth per hour, in the unit of the values. */
  readonly perHour: number
  /** Half of the width of the 95 % confidence interval, in the same unit. */
  readonly plusMinus: number
}

/** One value of a series. */
export interface Point {
  readonly atMs: number
  readonly value: number
}

/**
 * The slope of a series by least squares. Neighbouring samples of a process resemble each other, so that there is less
 * news in them than their number says: the interval counts (1 - r) / (1 + r) of them, r being the correlation of
 * neighbouring residuals (Bartlett's correction for a first-order autoregressive series; r below 0 counts as 0).
 *
 * @returns undefined for fewer than 10 points
 */
export function slopeOf(points: readonly Point[]): Slope | undefined {
  const count = points.length
  if (count < 10) return undefined
  const hours = points.map(({ atMs }) => atMs / 3_600_000)
  const meanHour = mean(hours)
  const meanValue = mean(points.map(({ value }) => value))
  const spread = sum(hours.map((hour) => (hour - meanHour) ** 2))
  const perHour = sum(points.map(({ value }, at) => ((hours[at] ?? 0) - meanHour) * (value - meanValue))) / spread
  const residuals = points.map(({ value }, at) => value - meanValue - perHour * ((hours[at] ?? 0) - meanHour))
  const squares = sum(residuals.map((residual) => residual ** 2))
  const together = sum(residuals.slice(1).map((residual, at) => residual * (residuals[at] ?? 0)))
  const likeness = squares === 0 ? 0 : Math.min(0.99, Math.max(0, together / squares))
  const informative = Math.max(3, count * ((1 - likeness) / (1 + likeness)))
  const error = Math.sqrt(squares / (informative - 2) / (spread * (informative / count)))
  return { perHour, plusMinus: studentT(informative - 2) * error }
}

/** Growth that chance does not explain: the whole 95 % interval lies above 0. */
export function grows({ perHour, plusMinus }: Slope): boolean {
  return perHour - plusMinus > 0
}

/** The 97.5 % quantile of Student's t distribution (Abramowitz and Stegun, 26.7.5; within 1 % from 3 degrees on). */
function studentT(degrees: number): number {
  const z = 1.959964
  const freedom = Math.max(1, degrees)
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
