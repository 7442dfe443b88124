import { randomUUID } from 'node:crypto'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { stateChange } from '../support/events.ts'

/** How often events are put on the queue, ms. */
const TICK_MS = 50
/** One message in so many is none that can be understood. */
const UNDECODABLE_EVERY = 1_000
const STATES = ['Created', 'Starting', 'Running', 'Stopping', 'Stopped', 'Deleted'] as const

/** Events at a constant rate, evenly over time. */
export interface SteadyLoad {
  /** Messages put on the queue so far. */
  readonly sent: number
  stop(): void
}

/** @param rate messages a second */
export function startSteadyLoad(sandbox: Sandbox, rate: number): SteadyLoad {
  const startedMs = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1_000) * rate) - sent
    const bodies = Array.from({ length: due }, (_, index) => bodyOf(sent + index))
    if (due > 0) sandbox.mns.send(sandbox.address.queue, bodies)
    sent += due
  }, TICK_MS)
  return {
    get sent() {
      return sent
    },
    stop: () => clearInterval(timer)
  }
}

/** Base64, as CloudMonitor does it. Ids never repeat, as they don't in the real service. */
function bodyOf(index: number): string {
  const state = STATES[index % STATES.length] ?? 'Running'
  const text = index % UNDECODABLE_EVERY === 0 ? `no event: ${randomUUID()}` : stateChange(index, { state })
  return Buffer.from(text).toString('base64')
}
