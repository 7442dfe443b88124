import { performance } from 'node:perf_hooks'
import { uncompressSync } from 'lz4-napi'
import type { ProbeTimes } from './orders.ts'

interface Probe {
  readonly sentMs: number
  hookMs?: number
  cloudMs?: number
  storedMs?: number
}

type Stage = 'hookMs' | 'cloudMs' | 'storedMs'

const PROBE_ID = /i-probe\d{8}/g

/** Follows single messages from the answer that carries them to what they cause, by the instance id that only they have. */
export class Probes {
  readonly #probes = new Map<string, Probe>()

  clear(): void {
    this.#probes.clear()
  }

  /** Probes whose record has not been stored yet. */
  get open(): number {
    let open = 0
    for (const { storedMs } of this.#probes.values()) if (storedMs === undefined) open += 1
    return open
  }

  /** The instance of the next probe. */
  next(): string {
    return `i-probe${String(this.#probes.size).padStart(8, '0')}`
  }

  /** The answer with this probe is being written now. */
  sent(instanceId: string): void {
    this.#probes.set(instanceId, { sentMs: performance.now() })
  }

  /** A call that may tell of probes has come; only the first of each counts. */
  seen(stage: Stage, text: string): void {
    for (const [id] of text.matchAll(PROBE_ID)) {
      const probe = this.#probes.get(id)
      if (probe !== undefined) probe[stage] ??= performance.now() - probe.sentMs
    }
  }

  /** A PutLogs has come. Its body is looked into here: uncompressing it costs the server, not who is measured. */
  stored(head: string, body: Buffer): void {
    if (this.#probes.size === 0) return
    const rawBytes = Number(/x-log-bodyrawsize: ?(\d+)/i.exec(head)?.[1])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(rawBytes)
    this.seen('storedMs', uncompressSync(Buffer.concat([size, body])).toString('latin1'))
  }

  times(): ProbeTimes[] {
    return [...this.#probes.values()].map(({ hookMs, cloudMs, storedMs }) => ({ hookMs, cloudMs, storedMs }))
  }
}
