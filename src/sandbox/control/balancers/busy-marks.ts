interface Mark {
  readonly untilMs: number
  readonly code: string
}

/** Which groups and load balancers are busy with an earlier change, and what they say meanwhile. */
export class BusyMarks {
  readonly #marks = new Map<string, Mark>()

  /** @param untilMs epoch milliseconds */
  set(id: string, untilMs: number, code: string): void {
    this.#marks.set(id, { untilMs, code })
  }

  /** The code that the first busy one of these refuses changes with; undefined when all are free. */
  codeOf(ids: readonly string[], now: number): string | undefined {
    for (const id of ids) {
      const mark = this.#marks.get(id)
      if (mark === undefined) continue
      if (mark.untilMs > now) return mark.code
      this.#marks.delete(id)
    }
    return undefined
  }
}
