import type { Clock } from '../lib/clock.ts'
import type { Log } from '../telemetry/log.ts'
import type { HealthReport } from './health.ts'
import type { HealthReason } from './health-reasons.ts'

/** How often the health is looked at, ms: it is told soon after its thresholds are passed. */
const LOOK_MS = 1_000
/** Part of every life, and told by lines of their own. */
const USUAL: ReadonlySet<HealthReason> = new Set(['starting', 'stopping'])

/** Tells once when the service is not ready any more, and why, and once when it is again; until the returned function is called. */
export function watchHealth({
  clock,
  log,
  health
}: {
  clock: Clock
  log: Log
  health: () => HealthReport
}): () => void {
  let told = ''
  const look = (): void => {
    cancel = clock.after(LOOK_MS, look)
    const problems = health().problems.filter(({ reason }) => !USUAL.has(reason))
    const now = problems.map(({ reason }) => reason).join(' ')
    if (now === told) return
    told = now
    const [first] = problems
    if (first === undefined) {
      log.info({}, 'ready again')
      return
    }
    const fields = { reason: now, detail: first.detail, advice: first.do }
    // Behind, but at work: nobody must act at once.
    if (now === 'lagging') log.warn(fields, 'not ready: new messages wait long')
    else log.error(fields, 'not ready')
  }
  let cancel = clock.after(LOOK_MS, look)
  return () => cancel()
}
