import { Chance } from '../../../src/sandbox/fleet/chance.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { ActionTeller, type ToldStep } from './action-teller.ts'
import { type DrainNotice, playDrains } from './drain-history.ts'
import { playReplacements, type ReplaceHistory } from './replace-history.ts'
import { playRestarts, type RestartHistory } from './restart-history.ts'

/** What was done about a small fleet in some days, and the records that arrive of it. */
export interface ActionLog
  extends RestartHistory,
    ReplaceHistory,
    Pick<ActionTeller, 'arrivals' | 'steps' | 'changes'> {
  readonly seed: number
  readonly notices: readonly DrainNotice[]
  readonly fromMs: number
  readonly untilMs: number
}

const DAY = 24 * 3_600_000

/** How much larger histories are than those of every run; `npm run test:audit` asks for fleets of 2,000 instances. */
const SCALE = Math.max(1, Math.round(Number(process.env['ECS_AUDIT_TEST_INSTANCES'] ?? 0) / 140))

/** One history for every run, three large ones where those are asked for. */
export const ACTION_SEEDS = SCALE > 1 ? [1, 2, 3] : [1]

/**
 * Restarts, drains and replacements of every kind, mixed in one log.
 *
 * @param scale times as large as in every run
 * @param untilMs its end, epoch ms
 */
export function actionLog(seed: number, scale = SCALE, untilMs = Date.UTC(2026, 9, 20, 7)): ActionLog {
  const fromMs = untilMs - 8 * DAY
  const chance = new Chance(seededRandom(seed))
  const teller = new ActionTeller(chance)
  const span = { fromMs: fromMs + 2 * 3_600_000, untilMs: untilMs - DAY }
  const restarts = playRestarts(teller, chance, { count: 60 * scale, ...span })
  const notices = playDrains(teller, chance, { count: 75 * scale, ...span })
  const replaced = playReplacements(teller, chance, notices.slice(5, 65 * scale))
  const { arrivals, steps, changes } = teller
  return { seed, fromMs, untilMs, arrivals, steps, changes, notices, ...restarts, ...replaced }
}

/** Each step once: as it was carried out if it ever was, else as it was told first. */
export function standing(steps: readonly ToldStep[]): ToldStep[] {
  const known = new Map<string, ToldStep>()
  for (const step of steps.toSorted((a, b) => a.atMs - b.atMs)) {
    const before = known.get(step.key)
    if (before === undefined || (step.entry.decision === 'done' && before.entry.decision !== 'done')) {
      known.set(step.key, step)
    }
  }
  return [...known.values()]
}
