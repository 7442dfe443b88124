import { backendKey } from '../../../src/actions/drain/server-group.ts'
import type { ApiOutcome } from '../../../src/cloud/api-outcome.ts'
import type { Backend, GroupRef } from '../../../src/cloud/balancing.ts'
import { faultOf, MemoryBalancing } from '../drain/memory-balancing.ts'

/** The load balancers of the drain's tests, to which something can be added. */
export class MemoryGroups extends MemoryBalancing {
  /** What an addition comes to instead. */
  addTrouble: (groupId: string) => 'refused' | 'busy' | undefined = () => undefined

  override async add(given?: GroupRef, backends: readonly Backend[] = []): Promise<ApiOutcome<void>> {
    const groupId = given?.groupId ?? ''
    const trouble = this.addTrouble(groupId)
    if (trouble !== undefined) return { kind: trouble, fault: faultOf(trouble) }
    const group = this.groups.get(groupId)
    if (group === undefined) return { kind: 'refused', fault: faultOf('NoGroup') }
    const there = new Set(group.backends.map(backendKey))
    group.backends = [...group.backends, ...backends.filter((entry) => !there.has(backendKey(entry)))]
    return { kind: 'done', value: undefined }
  }
}
