import type { ExpectedRow } from '../support/compare.ts'
import type { TrueAnswer } from '../support/proof.ts'
import { ordered } from '../support/rows.ts'
import { answer, type Facts, factsOf, grouped, lastTold, MINUTE, releasedOf, type World } from './facts.ts'

type Noticed = Facts & { readonly noticeMs: number }

/** The questions on interruptions, with their true answers. */
export function interruptionAnswers(world: World): TrueAnswer[] {
  const { untilMs } = world
  const seconds = (ms: number): string => String(ms / 1_000)
  /** Some notices come an hour before the end: two minutes later nobody of those is released. */
  const soonMs = untilMs - 58 * MINUTE
  return [
    answer('released-after-notice', {}, afterNotice(world)),
    answer('notices-unreleased', { as_of: seconds(untilMs) }, unreleased(world, untilMs, 10)),
    answer('notices-unreleased', { as_of: seconds(soonMs), minutes: '0' }, unreleased(world, soonMs, 0)),
    answer('interrupted-now', { as_of: seconds(soonMs) }, now(world, soonMs, 10)),
    answer('interrupted-now', { as_of: seconds(untilMs), minutes: '90' }, now(world, untilMs, 90)),
    answer('spot-released-unnoticed', {}, unnoticed(world)),
    answer('spot-pools', {}, pools(world))
  ]
}

function afterNotice(world: World): ExpectedRow[] {
  const rows = releasedOf(world).flatMap(({ who, noticeMs, releasedMs, stateBefore }) => {
    if (noticeMs === undefined) return []
    const graceMs = releasedMs - noticeMs
    return [{ ...who, notice_ms: noticeMs, released_ms: releasedMs, grace_ms: graceMs, last_state: stateBefore }]
  })
  return ordered(rows, '-released_ms', 'instance_id')
}

function waiting(world: World, asOfMs: number): Noticed[] {
  const open = factsOf(world, asOfMs).filter(({ releasedMs }) => releasedMs === undefined)
  return open.filter((facts): facts is Noticed => facts.noticeMs !== undefined)
}

function unreleased(world: World, asOfMs: number, minutes: number): ExpectedRow[] {
  const behaviour = new Map(
    world.lives.map(({ truth }) => [truth.instanceId, truth.spotInterruptionBehavior === 'Stop' ? 'stop' : 'delete'])
  )
  const rows = waiting(world, asOfMs)
    .filter(({ noticeMs }) => asOfMs - noticeMs >= minutes * MINUTE)
    .map(({ who, noticeMs, lastState, lastSeenMs }) => ({
      ...{ ...who, interruption: behaviour.get(who.instance_id), notice_ms: noticeMs, waiting_ms: asOfMs - noticeMs },
      ...{ last_state: lastState, last_seen_ms: lastSeenMs }
    }))
  return ordered(rows, '-notice_ms', 'instance_id')
}

function now(world: World, asOfMs: number, minutes: number): ExpectedRow[] {
  const rows = waiting(world, asOfMs)
    .filter(({ noticeMs }) => asOfMs - noticeMs < minutes * MINUTE)
    .map(({ who, noticeMs, lastState }) => ({
      ...{ ...who, notice_ms: noticeMs, waiting_ms: asOfMs - noticeMs },
      ...{ expected_ms: noticeMs + 5 * MINUTE, last_state: lastState }
    }))
  return ordered(rows, 'notice_ms', 'instance_id')
}

function unnoticed(world: World): ExpectedRow[] {
  const rows = releasedOf(world).flatMap(({ who, releasedMs, noticeMs, stateBefore, interrupted }) => {
    const strategy = lastTold(world, who.instance_id, 'spot_strategy')
    if (strategy === undefined || strategy === 'NoSpot' || interrupted) return []
    return [
      {
        ...{ ...who, spot_strategy: strategy, released_ms: releasedMs, notice_ms: noticeMs, last_state: stateBefore },
        instance_type: lastTold(world, who.instance_id, 'instance_type'),
        zone_id: lastTold(world, who.instance_id, 'zone_id')
      }
    ]
  })
  return ordered(rows, '-released_ms', 'instance_id')
}

function pools(world: World): ExpectedRow[] {
  const spot = factsOf(world).flatMap(({ who, noticeMs }) => {
    const strategy = lastTold(world, who.instance_id, 'spot_strategy')
    if (strategy === undefined || strategy === 'NoSpot') return []
    const zone = lastTold(world, who.instance_id, 'zone_id')
    return [{ zone, type: lastTold(world, who.instance_id, 'instance_type'), noticed: noticeMs !== undefined }]
  })
  const rows = [...grouped(spot, ({ zone, type }) => `${zone} ${type}`).values()].map((members): ExpectedRow => {
    const interrupted = members.filter(({ noticed }) => noticed).length
    return {
      ...{ zone_id: members[0]?.zone, instance_type: members[0]?.type, instances: members.length, interrupted },
      share: Math.round((1_000 * interrupted) / members.length) / 10
    }
  })
  return ordered(rows, '-interrupted', '-instances', 'zone_id', 'instance_type')
}
