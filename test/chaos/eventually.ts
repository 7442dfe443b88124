import { setTimeout as delay } from 'node:timers/promises'

const LOOK_MS = 20

/** Waits for something that no event tells; false after `timeoutMs`. */
export async function eventually(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const endsMs = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > endsMs) return false
    await delay(LOOK_MS)
  }
  return true
}
