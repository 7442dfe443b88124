/** Colours of things that have a meaning of their own, as names of the style sheet's variables. */
const MEANINGS: Readonly<Record<string, string>> = {
  Pending: 'state-pending',
  Created: 'state-pending',
  Starting: 'state-starting',
  Running: 'state-running',
  Stopping: 'state-stopping',
  Stopped: 'state-stopped',
  Deleted: 'state-deleted',
  done: 'good',
  intent: 'series-1',
  would_do: 'series-5',
  skipped: 'quiet',
  failed: 'warn',
  gave_up: 'bad'
}

const SERIES = 9

/** The colour of a series, ready for a canvas: by what it stands for, else by its place. */
export function seriesColour(label: string, place: number): string {
  return cssColour(meaningOf(label) ?? `series-${(place % SERIES) + 1}`)
}

/** The variable of a state's colour: `--state-running`. */
export function stateVariable(state: string): string {
  return meaningOf(state) ?? 'quiet'
}

/** A variable of the style sheet as the theme has it now. */
export function cssColour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${variable}`).trim()
}

/** A colour with so much of it, 0 to 1. Colours of the style sheet are `#rrggbb`. */
export function faded(colour: string, share: number): string {
  return `${colour}${Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')}`
}

function meaningOf(label: string): string | undefined {
  return Object.hasOwn(MEANINGS, label) ? MEANINGS[label] : undefined
}
