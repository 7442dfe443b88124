import type { GroupRef, Membership } from '../../cloud/balancing.ts'
import type { DrainContext } from './drain-context.ts'
import { GroupDrain, type GroupEnd } from './group-drain.ts'
import { backendKey, byGroup, groupKey, type ServerGroup } from './server-group.ts'

/** The drains in one group, one after the other. */
interface Line {
  readonly entries: Set<string>
  readonly drains: Array<Promise<GroupEnd>>
}

/** The drains of one instance: its groups side by side, each entry once, one drain at a time in a group. */
export class GroupDrains {
  readonly #context: DrainContext
  readonly #lines = new Map<string, Line>()

  constructor(context: DrainContext) {
    this.#context = context
  }

  /** Starts to drain what is new among these memberships. */
  start(memberships: readonly Membership[]): void {
    for (const { group, backends } of byGroup(memberships)) {
      const line = this.#line(group)
      const fresh = backends.filter((backend) => !line.entries.has(backendKey(backend)))
      if (fresh.length > 0) this.#drain({ group, backends: fresh }, line)
    }
  }

  /** Whether a drain in this group was started. */
  has(group: GroupRef): boolean {
    return this.#lines.has(groupKey(group))
  }

  /** How all ended, when all have ended. Rejects with the first failure then. */
  async ends(): Promise<GroupEnd[]> {
    const all = [...this.#lines.values()].flatMap(({ drains }) => drains)
    await Promise.allSettled(all)
    return await Promise.all(all)
  }

  #drain(part: ServerGroup, line: Line): void {
    for (const backend of part.backends) line.entries.add(backendKey(backend))
    const before = line.drains.at(-1)
    const step = before === undefined ? part.group.groupId : `${part.group.groupId}/${line.drains.length + 1}`
    const run = (): Promise<GroupEnd> => new GroupDrain(part, step, this.#context).run()
    const drain = before === undefined ? run() : before.then(run)
    // `ends` tells of a failure; until it is asked nobody listens.
    drain.catch(() => undefined)
    line.drains.push(drain)
  }

  #line(group: GroupRef): Line {
    const key = groupKey(group)
    const line = this.#lines.get(key) ?? { entries: new Set<string>(), drains: [] }
    this.#lines.set(key, line)
    return line
  }
}
