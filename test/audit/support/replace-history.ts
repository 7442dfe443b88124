import type { ActionEntry } from '../../../src/actions/action.ts'
import { purchaseSteps } from '../../../src/actions/replace/recall.ts'
import type { Chance } from '../../../src/sandbox/fleet/chance.ts'
import type { ActionTeller, Subject } from './action-teller.ts'

/** A loss of capacity that was made good. */
export interface Replacement extends Subject {
  readonly notice: string
  readonly newInstanceId: string
  readonly atMs: number
  readonly lostMs: number
  readonly tookMs: number
  readonly marginMs: number
  readonly candidate: string
}

/** One that was not. */
export interface ReplacementFailure extends Subject {
  readonly notice: string
  readonly atMs: number
  readonly decision: 'gave_up' | 'skipped'
  readonly reason: string
  readonly detail?: string
  readonly newInstanceId?: string
  readonly purchases: number
}

export interface Surplus extends Subject {
  readonly surplusId: string
  readonly keptId: string
  readonly foundMs: number
  readonly releasedMs?: number
}

export interface ReplaceHistory {
  readonly replacements: readonly Replacement[]
  readonly failures: readonly ReplacementFailure[]
  readonly surplus: readonly Surplus[]
}

const PLAYS = [
  ...['replaced', 'replaced', 'second-candidate', 'no-stock', 'budget', 'not-healthy', 'surplus', 'dry'],
  ...['given-up-then-replaced', 'given-up-twice', 'replaced-twice', 'already-replaced']
] as const satisfies readonly string[]
type Play = (typeof PLAYS)[number]

const SECOND = 1_000
const DEADLINE_MS = 900 * SECOND
const CANDIDATE = 'cn-hangzhou-h ecs.g7.large'

/** Replacements of interrupted instances, with what may go wrong. */
export function playReplacements(teller: ActionTeller, chance: Chance, notices: readonly NoticeOf[]): ReplaceHistory {
  const plays = notices.map((notice, index) => {
    const one = new Replaced(teller, chance, notice)
    one.play(PLAYS[index % PLAYS.length] ?? 'replaced')
    return one
  })
  return {
    replacements: plays.flatMap(({ replacements }) => replacements),
    failures: plays.flatMap(({ failures }) => failures),
    surplus: plays.flatMap(({ surplus }) => surplus)
  }
}

interface NoticeOf extends Subject {
  readonly notice: string
  readonly noticeMs: number
}

/** The replacement of one instance. */
class Replaced {
  readonly replacements: Replacement[] = []
  readonly failures: ReplacementFailure[] = []
  readonly surplus: Surplus[] = []
  readonly #teller: ActionTeller
  readonly #chance: Chance
  readonly #of: { readonly who: Subject; readonly notice: string; readonly noticeMs: number }
  #nowMs: number
  #purchases = 0

  constructor(teller: ActionTeller, chance: Chance, notice: NoticeOf) {
    this.#teller = teller
    this.#chance = chance
    const { instanceId, regionId, accountId, ...of } = notice
    this.#of = { who: { instanceId, regionId, accountId }, notice: of.notice, noticeMs: of.noticeMs }
    this.#nowMs = notice.noticeMs + SECOND
  }

  play(play: Play): void {
    if (this.#refuse(play)) return
    this.#tell({ step: 'intent-0', decision: 'intent', reason: 'interrupted' })
    switch (play) {
      case 'second-candidate':
        this.#buy('no-stock')
        this.#serve(this.#buy('bought'))
        break
      case 'no-stock':
        this.#buy('no-stock')
        this.#buy('no-stock')
        this.#fail({ decision: 'gave_up', reason: 'no-stock' })
        break
      case 'not-healthy':
        this.#fail({ decision: 'gave_up', reason: 'not-healthy', newInstanceId: this.#buy('bought') })
        break
      case 'surplus':
        this.#findSurplus(this.#buy('bought'))
        break
      case 'given-up-then-replaced':
        this.#fail({ decision: 'gave_up', reason: 'deadline' })
        this.failures.pop()
        this.#serve(this.#buy('bought'))
        break
      case 'given-up-twice':
        this.#fail({ decision: 'gave_up', reason: 'refused', detail: 'Forbidden.' })
        this.failures.pop()
        this.#fail({ decision: 'gave_up', reason: 'deadline' })
        break
      case 'replaced-twice': {
        const newInstanceId = this.#buy('bought')
        this.#serve(newInstanceId)
        this.#serve(newInstanceId)
        this.replacements.pop()
        break
      }
      default:
        this.#serve(this.#buy('bought'))
    }
  }

  /** Plays that buy nothing. */
  #refuse(play: Play): boolean {
    switch (play) {
      case 'dry':
        this.#tell({ step: 'replaced', decision: 'would_do', reason: 'replaced', content: { candidate: CANDIDATE } })
        return true
      case 'budget':
        this.#fail({ decision: 'skipped', reason: 'budget', detail: '5 within the last hour.' })
        return true
      case 'already-replaced':
        this.#tell({ step: 'ended-already-replaced', decision: 'skipped', reason: play })
        return true
      default:
        return false
    }
  }

  /** @returns the new instance */
  #buy(result: 'bought' | 'no-stock'): string {
    this.#purchases += 1
    const attempt = this.#purchases
    const content = { generation: 0, index: attempt - 1, salted: false, candidate: CANDIDATE }
    const steps = purchaseSteps(attempt, content)
    const target = `i-n${this.#chance.text(12)}`
    this.#tell({ step: steps.intent, decision: 'intent', reason: 'buy', attempt, content })
    if (result === 'bought')
      this.#tell({ step: steps.outcome, decision: 'done', reason: result, attempt, target, content })
    else this.#tell({ step: steps.outcome, decision: 'failed', reason: result, attempt, content })
    return target
  }

  #serve(newInstanceId: string): void {
    const { notice, noticeMs, who } = this.#of
    this.#nowMs += this.#chance.between(60, 240) * SECOND
    const lostMs = this.#chance.between(0, 200) * SECOND
    const [tookMs, marginMs] = [this.#nowMs - noticeMs, noticeMs + DEADLINE_MS - this.#nowMs]
    const content = { candidate: CANDIDATE, groups: ['rsp-1'], oldInstanceId: who.instanceId, newInstanceId }
    const times = { lostMs, durationMs: tookMs, deadlineMarginMs: marginMs }
    const atMs = this.#tell({
      step: 'replaced',
      decision: 'done',
      reason: 'replaced',
      target: newInstanceId,
      ...times,
      content
    })
    this.replacements.push({ ...who, notice, newInstanceId, atMs, lostMs, tookMs, marginMs, candidate: CANDIDATE })
  }

  #findSurplus(keptId: string): void {
    const surplusId = `i-n${this.#chance.text(12)}`
    const content = { generation: 0, index: 0, kept: keptId }
    const foundMs = this.#tell({
      step: `surplus/${surplusId}`,
      decision: 'failed',
      reason: 'surplus',
      target: surplusId,
      content
    })
    const { who } = this.#of
    const isReleased = this.#chance.happens(0.5)
    const releasedMs = foundMs + 600 * SECOND
    if (isReleased) this.#teller.state({ ...who, instanceId: surplusId }, 'Deleted', releasedMs)
    this.surplus.push({ ...who, surplusId, keptId, foundMs, ...(isReleased && { releasedMs }) })
    this.#serve(keptId)
  }

  #fail(told: Pick<ReplacementFailure, 'decision' | 'reason' | 'detail' | 'newInstanceId'>): void {
    this.#nowMs += 30 * SECOND
    const { newInstanceId, ...rest } = told
    const target = newInstanceId === undefined ? {} : { target: newInstanceId }
    const atMs = this.#tell({ step: `ended-${told.reason}`, ...rest, ...target })
    const { notice, who } = this.#of
    this.failures.push({ ...who, notice, atMs, ...told, purchases: this.#purchases })
  }

  #tell(entry: ActionEntry): number {
    this.#nowMs += 20
    const { notice, who } = this.#of
    this.#teller.step({ ...who, action: 'replace', causedBy: notice }, this.#nowMs, entry)
    return this.#nowMs
  }
}
