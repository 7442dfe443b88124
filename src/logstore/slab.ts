/** Under the size from which the C library maps fresh pages for each block. */
export const SLAB_BYTES = 64 * 1024
/** Slabs kept for reuse, at the most: 8 MB. */
const MAX_FREE = 128

/** Memory in which logs lie one behind the other. It is used anew when its writer and all its logs have let it go. */
export class Slab {
  readonly bytes: Buffer
  readonly #onFree: (slab: Slab) => void
  /** The writer, until it goes on to the next one, and logs. */
  #users = 1

  constructor(bytes: Buffer, onFree: (slab: Slab) => void) {
    this.bytes = bytes
    this.#onFree = onFree
  }

  hold(): void {
    this.#users += 1
  }

  /** Once for each `hold`, and once by the writer. */
  letGo(): void {
    this.#users -= 1
    if (this.#users > 0) return
    this.#users = 1
    this.#onFree(this)
  }
}

/**
 * Slabs for one writer. A slab that is never let go, because a log of it was not stored, is the garbage collector's; all the
 * others go round. Left to the collector, they are 25 MB/s of memory that mostly only a full collection frees.
 */
export class SlabPool {
  readonly #free: Slab[] = []

  /** @param bytes that it must hold at the least */
  take(bytes: number): Slab {
    if (bytes > SLAB_BYTES) return new Slab(Buffer.allocUnsafeSlow(bytes), () => undefined)
    return this.#free.pop() ?? new Slab(Buffer.allocUnsafeSlow(SLAB_BYTES), this.#giveBack)
  }

  readonly #giveBack = (slab: Slab): void => {
    if (this.#free.length < MAX_FREE) this.#free.push(slab)
  }
}
