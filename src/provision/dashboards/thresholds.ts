import type { Threshold } from './dashboard-definition.ts'

/** For numbers of what should not have happened. */
export const NONE_IS_GOOD: readonly Threshold[] = [
  { rule: '>=', value: 0, colour: 'good' },
  { rule: '>=', value: 1, colour: 'bad' }
]
