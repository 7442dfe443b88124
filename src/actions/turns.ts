/** Lets pieces of work with the same key run one after the other, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Keys with work under way or waiting. */
  get size(): number {
    return this.#last.size
  }

  /** Runs `work` when everything before it with this key has ended, well or badly. */
  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key)
    const result = before === undefined ? work() : before.then(work)
    const ended = result.then(
      () => undefined,
      () => undefined
    )
    this.#last.set(key, ended)
    await ended
    if (this.#last.get(key) === ended) this.#last.delete(key)
    return result
  }
}
