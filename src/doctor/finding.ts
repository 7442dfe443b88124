/**
 * - `ok`: as it should be
 * - `warning`: it works, and something may bite later
 * - `problem`: it does not work
 * - `skipped`: not looked at, because of what `found` says
 */
export type FindingState = 'ok' | 'warning' | 'problem' | 'skipped'

/** What one check came to. Never holds a secret. */
export interface Finding {
  /** What was looked at: `queue ecs-cms-event`. */
  readonly check: string
  readonly state: FindingState
  readonly found: string
  /** What a person can do about it; '' when there is nothing to do. */
  readonly todo: string
}

/** `check` is as it should be: `found` says how it stands. */
export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found, todo: '' }
}

/** `check` was not looked at: `found` says why. */
export function skipped(check: string, found: string): Finding {
  return { check, state: 'skipped', found, todo: '' }
}

/** `check` works, and may bite later: `found` says what was seen, `todo` what a person can do about it, or ''. */
export function warning(check: string, found: string, todo: string): Finding {
  return { check, state: 'warning', found, todo }
}

/** `check` does not work: `found` says what was seen, `todo` what a person can do about it, or ''. */
export function problem(check: string, found: string, todo: string): Finding {
  return { check, state: 'problem', found, todo }
}

/** Several remarks on one thing as one finding: as bad as the worst of them. */
export function gathered(check: string, good: string, remarks: readonly Finding[]): Finding {
  if (remarks.length === 0) return ok(check, good)
  const state = remarks.some((remark) => remark.state === 'problem') ? 'problem' : 'warning'
  const join = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(' ')
  return {
    check,
    state,
    found: [good, ...remarks.map(({ found }) => found)].filter((text) => text !== '').join('; '),
    todo: join([...new Set(remarks.map(({ todo }) => todo))])
  }
}
