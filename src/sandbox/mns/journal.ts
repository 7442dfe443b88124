import { closeSync, createReadStream, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { errorMessage } from '../../lib/errors.ts'
import { applyEntry, type JournalEntry, type StoredState } from './journal-entry.ts'

/** Lines are gathered into writes of about this size. */
const WRITE_CHARS = 1024 * 1024
/** A journal smaller than this is left alone until the next start. */
const COMPACT_BYTES = 64 * 1024 * 1024

/**
 * Reads a journal back. The last line may be unfinished, by a process that was killed as it wrote; it counts as not written.
 *
 * @throws Error that names the line, for damage anywhere else
 */
export async function readJournal(file: string): Promise<StoredState> {
  const state: StoredState = new Map()
  if (!existsSync(file)) return state
  let damage: string | undefined
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (damage !== undefined) throw new Error(`Cannot read ${file}: line ${number} is damaged: ${damage}`)
    number += 1
    try {
      applyEntry(state, JSON.parse(line) as JournalEntry)
    } catch (fault) {
      damage = errorMessage(fault)
    }
  }
  return state
}

/**
 * An append-only file of JSON lines. A `flush` is one write to the operating system: what it returned from survives the
 * death of the process (not of the machine). When the dead entries outweigh the live ones the file is written anew.
 */
export class Journal {
  readonly #file: string
  readonly #snapshot: () => Iterable<JournalEntry>
  #descriptor: number
  #lines: string[] = []
  #bytes = 0
  #compactAt: number

  /** @param snapshot the whole state as entries; the file starts anew with it */
  constructor(file: string, snapshot: () => Iterable<JournalEntry>) {
    this.#file = file
    this.#snapshot = snapshot
    mkdirSync(dirname(file), { recursive: true })
    this.#descriptor = this.#writeAnew()
    this.#compactAt = this.#nextCompaction()
  }

  /** Keeps an entry for the next flush. */
  add(entry: JournalEntry): void {
    this.#lines.push(`${JSON.stringify(entry)}\n`)
  }

  /** Writes what was added. */
  flush(): void {
    if (this.#lines.length === 0) return
    this.#bytes += writeAll(this.#descriptor, this.#lines.join(''))
    this.#lines = []
    if (this.#bytes < this.#compactAt) return
    closeSync(this.#descriptor)
    this.#descriptor = this.#writeAnew()
    this.#compactAt = this.#nextCompaction()
  }

  close(): void {
    this.flush()
    closeSync(this.#descriptor)
  }

  #nextCompaction(): number {
    return Math.max(COMPACT_BYTES, 2 * this.#bytes)
  }

  /** Replaces the file by the present state in one step: a process killed meanwhile leaves the old file whole. */
  #writeAnew(): number {
    const draft = `${this.#file}.new`
    const descriptor = openSync(draft, 'w')
    this.#bytes = 0
    let text = ''
    for (const entry of this.#snapshot()) {
      text += `${JSON.stringify(entry)}\n`
      if (text.length < WRITE_CHARS) continue
      this.#bytes += writeAll(descriptor, text)
      text = ''
    }
    this.#bytes += writeAll(descriptor, text)
    fsyncSync(descriptor)
    renameSync(draft, this.#file)
    return descriptor
  }
}

/** Writes all of it, however often the system takes only a part. Returns the bytes. */
function writeAll(descriptor: number, text: string): number {
  const bytes = Buffer.from(text)
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
  return bytes.length
}
