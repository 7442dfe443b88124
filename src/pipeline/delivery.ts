/** Where a delivery goes when it is settled: the lane of the queue that it came from. */
export interface DeliveryLane {
  settle(delivery: Delivery): void
}

/** What is kept of a message while it is held; its record has the rest. */
export interface HeldMessage {
  readonly messageId: string
  /** Replaced by each extension. */
  receiptHandle: string
  readonly dequeueCount: number
}

/**
 * One receive of one message, from the receive until it is deleted or given back.
 *
 * - `held`: ours; its outputs are under way; its visibility is extended
 * - `settled`: every output is done; it waits for its delete, or is being given back
 * - `released`: deleted, given back, parked or lost; holds no credits any more
 */
export interface Delivery {
  readonly lane: DeliveryLane
  readonly queue: string
  readonly message: HeldMessage
  /** Credits that it holds, bytes. */
  readonly bytes: number
  state: 'held' | 'settled' | 'released'
  /** Outputs that have not settled yet. */
  pending: number
  /** Some output failed: it must not be deleted. */
  failed: boolean
  /** A put that carries its record is under way: it must not be parked now. */
  shipping: boolean
  /** Actions work or have worked on it: it must not be parked, or the next one to get it would decide again. */
  acting: boolean
  /** When it becomes visible to others unless extended, at the earliest, on the clock's `elapsed()` scale, ms. */
  visibleAtMs: number
  /** The same at the latest: much later when an extension was not answered, but may have been carried out. */
  returnsByMs: number
  /** When its visibility timeout must be extended, on the same scale: half-way. */
  extendAtMs: number
  /** Where its keeper has it. */
  place: number
  /** An extension under way: its end brings a new receipt handle, so a delete waits for it. */
  extending: Promise<void> | undefined
}

/** Tells a delivery that one of its outputs is done; the last one settles it. Called exactly once per output. */
export function settleOutput(delivery: Delivery, ok: boolean): void {
  if (!ok) delivery.failed = true
  delivery.pending -= 1
  if (delivery.pending === 0 && delivery.state === 'held') delivery.lane.settle(delivery)
}
