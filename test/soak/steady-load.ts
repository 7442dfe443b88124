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
  /** Messages that were held back because the queue was as long as it may become. */
  readonly heldBack: number
  stop(): void
}

/**
 * @param rate messages a second
 * @param maxBacklog messages that may wait on the queue: it stays bounded where the machine is too slow for the rate
 */
export function startSteadyLoad(sandbox: Sandbox, rate: number, maxBacklog: number): SteadyLoad {
  const { queue } = sandbox.address
  const startedMs = performance.now()
  let sent = 0
  let heldBack = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1_000) * rate) - sent - heldBack
    const room = Math.max(0, maxBacklog - sandbox.mns.stats(queue).visible)
    const bodies = Array.from({ length: Math.min(due, room) }, (_, index) => bodyOf(sent + index))
    if (bodies.length > 0) sandbox.mns.send(queue, bodies)
    sent += bodies.length
    heldBack += due - bodies.length
  }, TICK_MS)
  return {
    get sent() {
      return sent
    },
    get heldBack() {
      return heldBack
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
