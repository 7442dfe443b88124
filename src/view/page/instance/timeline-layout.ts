import type { InstanceLife, InstanceRecord, StateSpan } from '../../answers.ts'

/** A part of time, epoch ms. */
export interface Domain {
  readonly fromMs: number
  readonly toMs: number
}

/** Something that lasts. */
export interface Bar {
  readonly fromMs: number
  readonly toMs: number
  /** It goes on. */
  readonly open: boolean
  readonly records: readonly InstanceRecord[]
}

/** One or several happenings so close together that they are one mark. */
export interface Mark {
  readonly atMs: number
  readonly records: readonly InstanceRecord[]
}

export type Lane =
  | { readonly kind: 'state'; readonly spans: readonly StateSpan[] }
  | {
      readonly kind: 'notice' | 'maintenance' | 'action' | 'other'
      readonly name: string
      readonly bars: readonly Bar[]
      readonly records: readonly InstanceRecord[]
    }

const TEN_MINUTES = 600_000
const FIVE_MINUTES = 300_000

/**
 * The lanes of an instance's timeline, those that hold something: its states; interruption notices, each until the
 * release; maintenance from its announcement to its end; every action's runs; and the rest.
 */
export function lifeLanes(life: InstanceLife): Lane[] {
  const timed = life.records.filter(({ atMs }) => atMs !== undefined)
  const of = (...families: ReadonlyArray<InstanceRecord['family']>) =>
    timed.filter(({ family }) => families.includes(family))
  const notices = of('notice')
  const maintenance = of('maintenance')
  const actions = of('action')
  const other = of('event', 'snapshot')
  const names = [...new Set(actions.map(({ name }) => name))]
  return [
    { kind: 'state' as const, spans: life.states },
    { kind: 'notice' as const, name: '', bars: notices.map((notice) => noticeBar(notice, life)), records: notices },
    { kind: 'maintenance' as const, name: '', bars: runBars(maintenance), records: maintenance },
    ...names.map((name) => {
      const own = actions.filter((record) => record.name === name)
      return { kind: 'action' as const, name, bars: runBars(own), records: own }
    }),
    { kind: 'other' as const, name: '', bars: [], records: other }
  ].filter((lane) => (lane.kind === 'state' ? lane.spans : lane.records).length > 0)
}

/** From the first sign of an instance to its last, or to now while it lives, with a little air around. */
export function wholeLife(life: InstanceLife): Domain {
  const moments = life.records.flatMap(({ atMs }) => (atMs === undefined ? [] : [atMs]))
  const first = moments.reduce((least, moment) => Math.min(least, moment), life.createdMs ?? moments[0] ?? life.nowMs)
  const last = moments.reduce((most, moment) => Math.max(most, moment), first)
  const end = life.releasedMs === undefined ? Math.max(last, life.nowMs) : last
  const air = Math.max(1_000, (end - first) * 0.02)
  return { fromMs: first - air, toMs: end + air }
}

/** The last ten minutes of a life: when most of what matters happens. */
export function endOfLife(life: InstanceLife): Domain {
  const { toMs } = wholeLife(life)
  return { fromMs: toMs - TEN_MINUTES, toMs: toMs + TEN_MINUTES * 0.02 }
}

/** A domain that a reader can still see something in: a second at the least, and not far outside of the life. */
export function boundedDomain({ fromMs, toMs }: Domain, whole: Domain): Domain {
  const span = Math.min(Math.max(toMs - fromMs, 1_000), whole.toMs - whole.fromMs)
  const from = Math.min(Math.max(fromMs, whole.fromMs), whole.toMs - span)
  return { fromMs: from, toMs: from + span }
}

/** Marks of records, those nearer to each other than `apartMs` as one. */
export function marksOf(records: readonly InstanceRecord[], apartMs: number): Mark[] {
  const marks: Array<{ atMs: number; records: InstanceRecord[] }> = []
  for (const record of records) {
    const atMs = record.atMs ?? 0
    const last = marks.at(-1)
    if (last !== undefined && atMs - last.atMs < apartMs) last.records.push(record)
    else marks.push({ atMs, records: [record] })
  }
  return marks
}

/** The vendor tells a notice about five minutes ahead (ECS "Preemptible instances"). */
function noticeBar(notice: InstanceRecord, { releasedMs, nowMs }: InstanceLife): Bar {
  const fromMs = notice.atMs ?? 0
  const toMs = releasedMs ?? Math.min(fromMs + FIVE_MINUTES, nowMs)
  return { fromMs, toMs: Math.max(fromMs, toMs), open: releasedMs === undefined, records: [notice] }
}

function runBars(records: readonly InstanceRecord[]): Bar[] {
  const groups = new Map<string, InstanceRecord[]>()
  for (const record of records) {
    if (record.group !== '') groups.set(record.group, [...(groups.get(record.group) ?? []), record])
  }
  return Array.from(groups.values(), (own) => ({
    ...{ fromMs: own[0]?.atMs ?? 0, toMs: own.at(-1)?.atMs ?? 0 },
    ...{ open: false, records: own }
  })).filter(({ fromMs, toMs }) => toMs > fromMs)
}
