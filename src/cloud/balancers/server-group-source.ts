import type { ApiOutcome } from '../api-outcome.ts'
import type { GroupRef } from '../balancing.ts'
import { type Errand, isFailure } from './ask.ts'
import { missedGroup } from './found.ts'
import type { ExploredUnit, GroupSource, Unit } from './region-map.ts'
import type { ServerGroup, ServerGroups } from './server-groups.ts'

/** The server groups of ALB or NLB, read one by one. */
export class ServerGroupSource implements GroupSource {
  readonly kind: 'alb' | 'nlb'
  readonly service: ServerGroups
  readonly #onListed: (groups: readonly ServerGroup[]) => void

  /** @param onListed told of all groups of the region whenever they were listed */
  constructor(service: ServerGroups, onListed: (groups: readonly ServerGroup[]) => void) {
    this.kind = service.kind
    this.service = service
    this.#onListed = onListed
  }

  async units(errand: Errand): Promise<ApiOutcome<readonly Unit[]>> {
    const outcome = await this.service.groups('all', errand)
    if (outcome.kind !== 'done') return outcome
    this.#onListed(outcome.value)
    return { kind: 'done', value: outcome.value.map(({ groupId, vpcId }) => ({ id: groupId, vpcId })) }
  }

  async explore({ id, vpcId }: Unit, errand: Errand): Promise<ExploredUnit> {
    const ref: GroupRef = { kind: this.kind, role: 'group', groupId: id }
    const outcome = await this.service.entries(ref, errand)
    if (outcome.kind === 'done') return { groups: [{ ref, vpcId, entries: outcome.value }], missed: [] }
    return { groups: [], missed: isFailure(outcome) ? [missedGroup(this.kind, id, outcome.fault)] : [] }
  }
}
