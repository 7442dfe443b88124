import type { Log } from '../../telemetry/log.ts'
import type { ApiOutcome } from '../api-outcome.ts'
import type { BalancedInstance, GroupRef, MissedGroup } from '../balancing.ts'
import { describeFault } from '../fault.ts'
import { type Answer, numberOf, readAll, rowsOf, textOf } from './answer.ts'
import { ask, askPages, type Errand, isFailure } from './ask.ts'
import type { ClbGroups, ClbParts } from './clb-groups.ts'
import { missedGroup } from './found.ts'
import { missingClbGroup } from './missing-group.ts'
import type { ExploredUnit, GroupSource, Unit } from './region-map.ts'

export interface ClbSourceOptions extends ClbParts {
  readonly service: ClbGroups
  readonly log: Log
}

/** A group as listed. */
interface ListedGroup {
  readonly ref: GroupRef
  readonly empty: boolean
}

/** How the groups of a load balancer are listed: in one answer, without paging or a filter by server. */
const LISTS = {
  group: {
    action: 'DescribeVServerGroups',
    path: ['VServerGroups', 'VServerGroup'],
    id: 'VServerGroupId'
  },
  'primary-secondary': {
    action: 'DescribeMasterSlaveServerGroups',
    path: ['MasterSlaveServerGroups', 'MasterSlaveServerGroup'],
    id: 'MasterSlaveServerGroupId'
  }
} as const

const PAGE = 100

/** The load balancers of CLB with all their groups. */
export class ClbSource implements GroupSource {
  readonly kind = 'clb'
  readonly service: ClbGroups
  readonly #options: ClbSourceOptions
  /** Primary/secondary groups can only be reported: one who may not list them misses nothing else. */
  #listsPrimary = true

  constructor(options: ClbSourceOptions) {
    this.service = options.service
    this.#options = options
  }

  units(errand: Errand): Promise<ApiOutcome<readonly Unit[]>> {
    return this.#loadBalancers({}, errand)
  }

  /** The vendor does not say whether load balancers count that have the instance in a vServer group alone. */
  async hint({ instanceId }: BalancedInstance, errand: Errand): Promise<ApiOutcome<readonly string[]>> {
    const outcome = await this.#loadBalancers({ ServerId: instanceId }, errand)
    return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.map(({ id }) => id) } : outcome
  }

  async explore({ id, vpcId }: Unit, errand: Errand): Promise<ExploredUnit> {
    const lists = await Promise.all([this.#groups(id, 'group', errand), this.#primaryGroups(id, errand)])
    const listed = lists.flatMap((list) => (list.kind === 'done' ? list.value : []))
    const refs: GroupRef[] = [{ kind: 'clb', role: 'default', groupId: id }]
    refs.push(...listed.filter(({ empty }) => !empty).map(({ ref }) => ref))
    const groups: Array<ExploredUnit['groups'][number]> = []
    const missed: MissedGroup[] = lists.filter(isFailure).map(({ fault }) => missedGroup('clb', id, fault))
    const read = async (ref: GroupRef): Promise<void> => {
      const outcome = await this.service.entries(ref, errand)
      if (outcome.kind === 'done') groups.push({ ref, vpcId, entries: outcome.value })
      else if (isFailure(outcome)) missed.push(missedGroup('clb', ref.groupId, outcome.fault))
    }
    await Promise.all(refs.map(read))
    return { groups, missed }
  }

  async #primaryGroups(loadBalancerId: string, errand: Errand): Promise<ApiOutcome<readonly ListedGroup[]>> {
    const nothing: ApiOutcome<readonly ListedGroup[]> = { kind: 'done', value: [] }
    if (!this.#listsPrimary) return nothing
    const outcome = await this.#groups(loadBalancerId, 'primary-secondary', errand)
    if (outcome.kind !== 'refused') return outcome
    if (this.#listsPrimary) {
      const fault = describeFault(outcome.fault)
      this.#options.log.warn({ fault }, 'primary/secondary groups of CLB cannot be listed: they will not be reported')
    }
    this.#listsPrimary = false
    return nothing
  }

  #groups(id: string, role: keyof typeof LISTS, errand: Errand): Promise<ApiOutcome<readonly ListedGroup[]>> {
    const { api, region } = this.#options
    const list = LISTS[role]
    const query = { RegionId: region, LoadBalancerId: id }
    return ask({ api, action: list.action, query, errand, meaning: missingClbGroup('already') }, (answer) =>
      readAll(rowsOf(answer, list.path), (row) => {
        const groupId = textOf(row, list.id)
        const ref: GroupRef = { kind: 'clb', role, groupId }
        return groupId === '' ? undefined : { ref, empty: numberOf(row, 'ServerCount') === 0 }
      })
    )
  }

  #loadBalancers(filter: Answer, errand: Errand): Promise<ApiOutcome<readonly Unit[]>> {
    const { api, region } = this.#options
    return askPages((cursor) => {
      const page = cursor === '' ? 1 : Number(cursor)
      const query = { RegionId: region, ...filter, PageSize: PAGE, PageNumber: page }
      return ask({ api, action: 'DescribeLoadBalancers', query, errand }, (answer) => {
        const rows = readAll(rowsOf(answer, ['LoadBalancers', 'LoadBalancer']), readLoadBalancer)
        const total = numberOf(answer, 'TotalCount') ?? Number.POSITIVE_INFINITY
        const isLast = rows !== undefined && (rows.length < PAGE || page * PAGE >= total)
        return rows && { rows, next: isLast ? '' : String(page + 1) }
      })
    })
  }
}

function readLoadBalancer(row: Answer): Unit | undefined {
  const id = textOf(row, 'LoadBalancerId')
  return id === '' ? undefined : { id, vpcId: textOf(row, 'VpcId') }
}
