const LOOK_MS = 100
const STALL_MS = 500

/** Calls `listener` after each time that this process could not run for half a second, with how long it was, ms; the result ends it. */
export function onStall(listener: (forMs: number) => void): () => void {
  let lastMs = performance.now()
  const timer = setInterval(() => {
    const nowMs = performance.now()
    const forMs = nowMs - lastMs - LOOK_MS
    if (forMs > STALL_MS) listener(forMs)
    lastMs = nowMs
  }, LOOK_MS)
  return () => clearInterval(timer)
}
