import type { InstanceRecord } from '../../answers.ts'
import { formatDuration } from '../format.ts'
import { settings, word } from '../settings.ts'
import { actionIn, stateIn } from '../words.ts'

/** What happened, in a few words. */
export function recordTitle({ family, name, state, status, decision, step, meaning }: InstanceRecord): string {
  const { language } = settings
  switch (family) {
    case 'state':
      return stateIn(language, state)
    case 'notice':
      return word('notice')
    case 'action':
      return decision === 'intent' || step === ''
        ? actionIn(language, name)
        : `${actionIn(language, name)}: ${stepName(step)}`
    case 'maintenance':
    case 'event':
    case 'snapshot': {
      const text = meaning || name
      return status === '' || status === 'Normal' ? text : `${text}: ${status}`
    }
    default: {
      const never: never = family
      return never
    }
  }
}

/** `attach` of `attach/sgp-bp1...`, `buy` of `buy-1-0.0`: what it was about stands in the details. */
function stepName(step: string): string {
  return /^[a-z_]+(?:-[a-z_]+)*/.exec(step)?.[0] ?? step
}

/** The rest of what a record tells, one piece each. */
export function recordFacts(record: InstanceRecord): string[] {
  const { attempt, durationMs, marginMs, lostMs, lagMs, detail, reasonMeaning, reason } = record
  const facts = [
    record.family === 'action' ? reasonMeaning.replaceAll('`', '') || reason : '',
    detail,
    attempt === undefined ? '' : `${word('attempt')} ${attempt}`,
    durationMs === undefined ? '' : `${word('took')} ${formatDuration(durationMs)}`,
    marginMs === undefined ? '' : marginText(marginMs),
    lostMs === undefined ? '' : `${word('lost')} ${formatDuration(lostMs)}`,
    lagMs === undefined || Math.abs(lagMs) < 60_000 ? '' : `${word('arrived')} ${formatDuration(lagMs)}`
  ]
  return facts.filter((fact) => fact !== '')
}

/** The variable of the style sheet that a record's mark is coloured with. */
export function recordTone({ family, decision, level }: InstanceRecord): string {
  if (family === 'notice') return 'warn'
  if (family !== 'action') return level === 'CRITICAL' ? 'bad' : family === 'maintenance' ? 'series-5' : 'quiet'
  switch (decision) {
    case 'done':
      return 'good'
    case 'failed':
      return 'warn'
    case 'gave_up':
      return 'bad'
    case 'intent':
      return 'series-1'
    default:
      return 'quiet'
  }
}

function marginText(ms: number): string {
  return ms < 0 ? `${word('late')} ${formatDuration(-ms)}` : `${word('margin')} ${formatDuration(ms)}`
}
