/** Requests received, by service and operation. */
export class RequestCounts {
  readonly #byService = new Map<string, Map<string, number>>()

  of(service: string): Map<string, number> {
    const known = this.#byService.get(service)
    if (known !== undefined) return known
    const counts = new Map<string, number>()
    this.#byService.set(service, counts)
    return counts
  }

  add(service: string, operation: string): void {
    const counts = this.of(service)
    counts.set(operation, (counts.get(operation) ?? 0) + 1)
  }
}
