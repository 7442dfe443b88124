// Loaded into the service's process before it starts (`node --expose-gc --import`): answers what only the process itself
// knows of its memory and handles, whenever its parent asks.

/** What the process tells of itself. */
export interface ProbeAnswer {
  /** Heap in use after a full collection, bytes. */
  readonly heapUsed: number
  /** Buffers outside the heap after it, bytes. */
  readonly external: number
  /** What keeps the process alive, by kind: sockets, timers, ... */
  readonly resources: Readonly<Record<string, number>>
}

process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  process.send?.({ heapUsed, external, resources } satisfies ProbeAnswer)
})
// The channel to the parent must not keep alive what should end.
process.channel?.unref()
