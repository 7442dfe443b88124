/** How old something is, s. A producer's clock may be ahead of ours: its events are of age 0 then. */
export function ageSeconds(atMs: number, nowMs: number): number {
  return Math.max(0, nowMs - atMs) / 1_000
}
