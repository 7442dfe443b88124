import type { ActionEntry } from '../../../src/actions/action.ts'
import { groupContent } from '../../../src/actions/drain/group-content.ts'
import type { ServerGroup } from '../../../src/actions/drain/server-group.ts'
import type { Chance } from '../../../src/sandbox/fleet/chance.ts'
import type { ActionTeller, Subject } from './action-teller.ts'
import { someGroup } from './some-group.ts'

/** What became of an instance's entries in one server group. */
export interface DrainedGroup extends Subject {
  readonly notice: string
  readonly group: ServerGroup
  readonly begunMs: number
  readonly ended?: {
    readonly atMs: number
    readonly decision: string
    readonly reason: string
    readonly marginMs?: number
  }
}

/** An interruption notice and how its drain was summed up. */
export interface DrainNotice extends Subject {
  readonly notice: string
  readonly noticeMs: number
  readonly groups: readonly DrainedGroup[]
  /** Undefined: nobody told. */
  readonly summary?: Summary
  /** When the last step was told; undefined: none was. */
  readonly lastMs?: number
}

interface Summary {
  readonly atMs: number
  readonly decision: string
  readonly reason: string
  readonly detail?: string
  readonly marginMs?: number
}

/** How a play ends. */
const PLAYS = [
  ...['drained', 'drained', 'drained', 'late', 'refused', 'unread', 'unbalanced', 'unbalanced', 'not-ours', 'cut-off'],
  ...['silent', 'dry', 'closed-later', 'second-run', 'late-redelivery', 'primary-secondary']
] as const satisfies readonly string[]
type Play = (typeof PLAYS)[number]

const NOTICE_MS = 300_000

/** Preemptible instances that are interrupted, and what a drain does about each. */
export function playDrains(
  teller: ActionTeller,
  chance: Chance,
  span: { count: number; fromMs: number; untilMs: number }
) {
  return Array.from({ length: span.count }, (_, index): DrainNotice => {
    const atMs = chance.between(span.fromMs, span.untilMs)
    const play = PLAYS[index % PLAYS.length] ?? 'drained'
    return new Drained(teller, chance, atMs).play(play)
  })
}

/** One notice. */
class Drained {
  readonly #teller: ActionTeller
  readonly #chance: Chance
  readonly #who: Subject
  readonly #noticeMs: number
  readonly #notice: string
  readonly #groups: DrainedGroup[] = []
  #nowMs: number
  #lastMs: number | undefined

  constructor(teller: ActionTeller, chance: Chance, noticeMs: number) {
    this.#teller = teller
    this.#chance = chance
    this.#who = teller.subject('d')
    this.#noticeMs = noticeMs
    this.#nowMs = noticeMs + 700
    teller.state(this.#who, 'Running', noticeMs - 3_600_000)
    this.#notice = teller.notice(this.#who, noticeMs)
    if (chance.happens(0.6)) teller.state(this.#who, 'Deleted', noticeMs + NOTICE_MS)
  }

  play(play: Play): DrainNotice {
    const summary = this.#act(play)
    const { instanceId, regionId, accountId } = this.#who
    return {
      ...{ instanceId, regionId, accountId, notice: this.#notice, noticeMs: this.#noticeMs, groups: this.#groups },
      ...(summary && { summary }),
      ...(this.#lastMs !== undefined && { lastMs: this.#lastMs })
    }
  }

  #act(play: Play): Summary | undefined {
    switch (play) {
      case 'drained':
        this.#drainAll(() => this.#chance.pick(['removed', 'removed', 'last-healthy-backend', 'already-gone']))
        return this.#sumUp({ decision: 'done', reason: 'drained' })
      case 'late':
        this.#nowMs += NOTICE_MS
        this.#drainAll(() => 'removed')
        return this.#sumUp({ decision: 'done', reason: 'late' })
      case 'refused':
        this.#drainAll((index) => (index === 0 ? 'refused' : 'removed'))
        return this.#sumUp({ decision: 'gave_up', reason: 'refused' })
      case 'unread':
        this.#drainAll(() => 'removed')
        return this.#sumUp({ decision: 'gave_up', reason: 'search-incomplete', detail: 'Not all could be asked: alb.' })
      case 'unbalanced':
        return this.#sumUp({ decision: 'skipped', reason: 'no-membership' })
      case 'not-ours':
        return this.#sumUp({ decision: 'skipped', reason: this.#chance.pick(['no-match', 'owned-by-auto-scaling']) })
      case 'cut-off':
        this.#begin(someGroup(this.#chance, this.#who.instanceId))
        return undefined
      case 'silent':
        return undefined
      case 'dry':
        this.#foretell('removed')
        this.#foretell('last-healthy-backend')
        return this.#sumUp({ decision: 'would_do', reason: 'drained' })
      case 'second-run': {
        this.#drainAll(() => 'removed')
        const first = this.#sumUp({ decision: 'done', reason: 'drained' })
        this.#tell({ step: 'repeated', decision: 'skipped', reason: 'already-drained' })
        return first
      }
      case 'closed-later': {
        const group = someGroup(this.#chance, this.#who.instanceId)
        const begunMs = this.#begin(group)
        this.#nowMs += 90_000
        this.#end({ group, decision: 'done', reason: 'already-gone', begunMs, isMarginKnown: false })
        return this.#sumUp({ decision: 'done', reason: 'drained' })
      }
      case 'late-redelivery':
        return this.#secondTry()
      case 'primary-secondary':
        this.#end({
          group: someGroup(this.#chance, this.#who.instanceId, 'primary-secondary'),
          decision: 'skipped',
          reason: 'primary-secondary'
        })
        return this.#sumUp({ decision: 'skipped', reason: 'primary-secondary' })
    }
  }

  /** Given up first; a redelivery of the notice carried it out after all, under the same names. */
  #secondTry(): Summary {
    const group = someGroup(this.#chance, this.#who.instanceId)
    const begunMs = this.#begin(group)
    this.#end({ group, decision: 'gave_up', reason: 'api-unavailable', begunMs })
    this.#sumUp({ decision: 'gave_up', reason: 'api-unavailable' })
    this.#groups.pop()
    this.#nowMs += 20_000
    this.#end({ group, decision: 'done', reason: 'removed', begunMs })
    return this.#sumUp({ decision: 'done', reason: 'drained' })
  }

  #drainAll(reasonOf: (index: number) => string): void {
    const groups = Array.from({ length: this.#chance.between(1, 3) }, () =>
      someGroup(this.#chance, this.#who.instanceId)
    )
    const begun = groups.map((group) => this.#begin(group))
    this.#nowMs += this.#chance.between(5_000, 60_000)
    groups.forEach((group, index) => {
      const reason = reasonOf(index)
      const decision = reason === 'refused' ? 'gave_up' : 'done'
      this.#end({ group, decision, reason, begunMs: begun[index] ?? this.#nowMs })
    })
  }

  #begin(group: ServerGroup): number {
    this.#groups.push({ ...this.#who, notice: this.#notice, group, begunMs: this.#nowMs + 10 })
    const { groupId } = group.group
    const content = { ...groupContent(group) }
    return this.#tell({
      step: `intent/${groupId}`,
      decision: 'intent',
      reason: 'interrupted',
      target: groupId,
      content
    })
  }

  #foretell(reason: string): void {
    this.#end({ group: someGroup(this.#chance, this.#who.instanceId), decision: 'would_do', reason })
  }

  #end(end: {
    group: ServerGroup
    decision: ActionEntry['decision']
    reason: string
    begunMs?: number
    isMarginKnown?: boolean
  }): void {
    const { group, decision, reason, isMarginKnown = true } = end
    const { groupId } = group.group
    const hasMargin = isMarginKnown && (decision === 'done' || decision === 'gave_up')
    const atMs = this.#nowMs + 10
    const margin = hasMargin ? { deadlineMarginMs: this.#noticeMs + NOTICE_MS - atMs } : {}
    // What the record holds may be what a later run found: weight 0. What was told at the beginning is what it was.
    const found = { ...group, backends: group.backends.map((backend) => ({ ...backend, weight: 0 })) }
    const content = { ...groupContent(end.begunMs === undefined ? group : found), before: group.backends.length + 1 }
    const durationMs = atMs - (end.begunMs ?? atMs)
    this.#tell({ step: `remove/${groupId}`, decision, reason, target: groupId, durationMs, content, ...margin })
    const marginMs = hasMargin ? { marginMs: this.#noticeMs + NOTICE_MS - atMs } : {}
    const begunMs = end.begunMs ?? atMs
    const ended = { atMs, decision, reason, ...marginMs }
    const open = this.#groups.findIndex((known) => known.group === group)
    this.#groups.splice(open < 0 ? this.#groups.length : open, 1, {
      ...{ ...this.#who, notice: this.#notice, group, begunMs, ended }
    })
  }

  #sumUp(told: { decision: ActionEntry['decision']; reason: string; detail?: string }): Summary {
    const margins = this.#groups.flatMap(({ ended }) => ended?.marginMs ?? [])
    const marginMs = margins.length === 0 ? undefined : Math.min(...margins)
    const margin = marginMs === undefined ? {} : { deadlineMarginMs: marginMs }
    const atMs = this.#tell({ step: 'drained', ...told, ...margin })
    return { atMs, ...told, ...(marginMs !== undefined && { marginMs }) }
  }

  #tell(entry: ActionEntry): number {
    this.#nowMs += 10
    this.#teller.step({ ...this.#who, action: 'drain', causedBy: this.#notice }, this.#nowMs, entry)
    this.#lastMs = this.#nowMs
    return this.#nowMs
  }
}
