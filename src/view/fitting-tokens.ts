import type { Question } from '../audit/question.ts'
import { MINUTE } from '../config/units.ts'
import type { TimeWindow } from './chart-range.ts'
import { MINUTES } from './control-spec.ts'

/** Minutes of one point that cut days and hours evenly. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440, 10_080]
const MOST_POINTS = 90

/**
 * Values of a query's variables that nobody has chosen: points as far apart as suits the window, and days as the
 * reader's time zone cuts them.
 *
 * @param zone offset from UTC, `+08:00`, or ''
 */
export function fittingTokens(
  question: Pick<Question, 'parameters' | 'topic'> | undefined,
  { fromMs, toMs }: TimeWindow,
  zone: string
): Record<string, string> {
  const tokens: Record<string, string> = {}
  for (const { name, kind } of question?.parameters ?? []) {
    if (kind === 'time-zone' && zone !== '') tokens[name] = zone
    // Elsewhere the same word is part of the question: "within so many minutes".
    if (question?.topic === 'chart' && name === MINUTES) tokens[name] = String(minutesFor(toMs - fromMs))
  }
  return tokens
}

function minutesFor(spanMs: number): number {
  return STEPS.find((step) => spanMs / (step * MINUTE) <= MOST_POINTS) ?? STEPS.at(-1) ?? 1
}
