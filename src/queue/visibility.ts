/** The service's least (SMQ, CreateQueue). */
const MIN_VISIBILITY_MS = 1_000

/**
 * The visibility timeout that a delivery really got, ms: an attribute of the queue, which a receive cannot choose. On the
 * first receive both times are of the same moment on the service's clock, so that their difference needs no clock of ours.
 */
export function visibilityOf(answer: {
  readonly dequeueCount: number
  readonly firstMs: number
  readonly nextMs: number
}): number | undefined {
  const { dequeueCount, firstMs, nextMs } = answer
  if (dequeueCount !== 1) return undefined
  return firstMs > 0 && nextMs >= firstMs + MIN_VISIBILITY_MS ? nextMs - firstMs : undefined
}
