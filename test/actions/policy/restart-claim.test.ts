import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import { type AttemptClaim, holdsClaim } from '../../../src/actions/policy/restart-claim.ts'
import { CLAIM_MS } from '../../../src/actions/policy/restart-position.ts'
import { intent, NOON, restartInput, SECOND, STOP, startsBefore } from './restart-fixtures.ts'

const OURS = 'replica-1'
const THEIRS = 'replica-2'
const OTHER_STOP = 'a-stop'

/** Attempt 1 of the first stop, decided by `OURS`. */
const claim: AttemptClaim = {
  ...{ causedBy: STOP, step: 'intent-1', attempt: 1, replica: OURS, maxPerHour: 3, nowMs: NOON },
  progress: restartInput().progress
}

function written(by: string, agoMs: number, causedBy = STOP): JournalEntry {
  const entry = intent(1, { agoMs, causedBy })
  return { ...entry, content: { ...entry.content, replica: by } }
}

function started(agoMs: number, causedBy = STOP): JournalEntry {
  return { ...intent(1, { agoMs, causedBy }), step: 'start-1', decision: 'done', reason: 'started', content: {} }
}

describe('an intent gives the right to start', () => {
  test.each<[string, JournalEntry[]]>([
    ['when nobody else has one', [written(OURS, SECOND)]],
    ['when it is the oldest', [written(OURS, 2 * SECOND), written(THEIRS, SECOND, OTHER_STOP)]],
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
    ["when another stop's is as old", [written(THEIRS, SECOND, OTHER_STOP), written(OURS, SECOND)]]
  ])('not %s', (_, entries) => {
    expect(holdsClaim(entries, claim)).toBe(false)
  })

  test('to one of two, whichever looks first', () => {
    const both = [written(OURS, SECOND, OTHER_STOP), written(THEIRS, SECOND)]
    expect(holdsClaim(both, { ...claim, causedBy: OTHER_STOP })).toBe(true)
    expect(holdsClaim(both, { ...claim, replica: THEIRS })).toBe(false)
  })

  test('only within the budget of the hour', () => {
    const entries = [...startsBefore(2), written(OURS, SECOND)]
    expect(holdsClaim(entries, claim)).toBe(true)
    expect(holdsClaim(entries, { ...claim, maxPerHour: 2 })).toBe(false)
  })
})
