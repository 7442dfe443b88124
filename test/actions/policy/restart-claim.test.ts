import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { type AttemptClaim, holdsClaim } from '../../../src/actions/policy/restart-claim.ts'
import { CLAIM_MS } from '../../../src/actions/policy/restart-intents.ts'
import { intent, NOON, restartInput, SECOND, STOP, startsBefore } from './restart-fixtures.ts'

const OURS = 'replica-1'
const THEIRS = 'replica-2'
const OTHER_STOP = 'a-stop'

/** Attempt 1 of the first stop, decided by `OURS`. */
const claim: AttemptClaim = {
  ...{
    causedBy: STOP,
    step: 'intent-1',
    attempt: 1,
    replica: OURS,
    maxPerHour: 3,
    storedLateMs: undefined,
    nowMs: NOON
  },
  progress: restartInput().progress
}

function written(by: string, agoMs: number, causedBy = STOP): JournalEntry {
  const entry = intent(1, { agoMs, causedBy })
  return { ...entry, content: { ...entry.content, replica: by } }
}

function started(agoMs: number, causedBy = STOP): JournalEntry {
  return { ...intent(1, { agoMs, causedBy }), step: 'start-1', decision: 'done', reason: 'started', content: {} }
}

function withdrawn(by: string, causedBy = STOP): JournalEntry {
  const content = { replica: by }
  return { ...started(SECOND, causedBy), step: 'withdrawn-1', decision: 'skipped', reason: 'other-replica', content }
}

describe('an intent gives the right to start', () => {
  test.each<[string, JournalEntry[]]>([
    ['when nobody else has one', [written(OURS, SECOND)]],
    ['when it is the oldest', [written(OURS, 2 * SECOND), written(THEIRS, SECOND / 2, OTHER_STOP)]],
    ['when an older one was withdrawn', [written(THEIRS, 3 * SECOND, OTHER_STOP), withdrawn(THEIRS, OTHER_STOP)]],
    ["when another replica's own of the same step was withdrawn", [written(THEIRS, 3 * SECOND), withdrawn(THEIRS)]],
    ['when the other one was cut off', [written(THEIRS, CLAIM_MS, STOP)]],
    ['when the journal has not kept it', []]
  ])('%s', (_, entries) => {
    expect(holdsClaim(entries, claim)).toBe(true)
  })

  test.each<[string, JournalEntry[]]>([
    ['when another replica told the same first', [written(THEIRS, 2 * SECOND)]],
    ['when another replica has made the attempt', [written(THEIRS, 2 * CLAIM_MS), started(CLAIM_MS)]],
    ["when another stop's is older", [written(THEIRS, 2 * SECOND, OTHER_STOP), written(OURS, SECOND)]],
    [
      "when another stop's came to a start meanwhile",
      [written(THEIRS, 3 * SECOND, OTHER_STOP), written(OURS, 2 * SECOND), started(SECOND, OTHER_STOP)]
    ],
    ["when another stop's is as old", [written(THEIRS, SECOND, OTHER_STOP), written(OURS, SECOND)]],
    ['when only another replica withdrew the same step', [written(THEIRS, 3 * SECOND), withdrawn(OURS)]],
    [
      'when a younger one came to a start meanwhile',
      [written(OURS, 2 * SECOND), written(THEIRS, SECOND / 2, OTHER_STOP), started(0, OTHER_STOP)]
    ]
  ])('not %s', (_, entries) => {
    expect(holdsClaim(entries, claim)).toBe(false)
  })

  test('to one of two, whichever looks first', () => {
    const both = [written(OURS, 2 * SECOND, OTHER_STOP), written(THEIRS, SECOND)]
    expect(holdsClaim(both, { ...claim, causedBy: OTHER_STOP })).toBe(true)
    expect(holdsClaim(both, { ...claim, replica: THEIRS })).toBe(false)
  })

  test('unless it was stored so late that another one may have been written and looked after', () => {
    const entries = [written(OURS, 3 * SECOND), written(THEIRS, 2 * SECOND, OTHER_STOP)]
    expect(holdsClaim(entries, claim)).toBe(true)
    expect(holdsClaim(entries, { ...claim, storedLateMs: NOON - SECOND })).toBe(false)
  })

  test('whose number is higher than it had to be, because an attempt before it lapsed', () => {
    const entries = [
      written(THEIRS, CLAIM_MS + SECOND, OTHER_STOP),
      { ...written(OURS, SECOND), step: 'intent-2', attempt: 2 }
    ]
    expect(holdsClaim(entries, { ...claim, step: 'intent-2', attempt: 2 })).toBe(true)
  })

  test('only within the budget of the hour', () => {
    const entries = [...startsBefore(2), written(OURS, SECOND)]
    expect(holdsClaim(entries, claim)).toBe(true)
    expect(holdsClaim(entries, { ...claim, maxPerHour: 2 })).toBe(false)
  })
})
