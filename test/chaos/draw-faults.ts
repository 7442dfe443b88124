import { type Chance, weightedChoice } from '../../src/sandbox/fleet/chance.ts'
import type { Fault, PathName, Trouble } from './fault.ts'
import { CONTROL_RULES, MNS_RULES, QUERY_RULES, type RuleFamily, SLS_RULES } from './rules.ts'

/** What decides which faults there can be, and how many. */
export interface FaultWishes {
  readonly durationMs: number
  readonly replicas: number
  readonly actions: boolean
  readonly expiring: boolean
  /** Faults that begin in a second, on average. */
  readonly density: number
  /** Only faults whose group or name begins with one of these; empty: all. */
  readonly only: readonly string[]
}

const MIN_WINDOW_MS = 300
const MAX_WINDOW_MS = 4_000
const MINUTE_MS = 60_000

/** A fault of each group, by how often it is wanted. */
interface Group {
  readonly group: string
  readonly weight: number
  readonly names: readonly string[]
  readonly draw: (name: string, chance: Chance) => Trouble
}

function groupsOf({ replicas, actions, expiring }: FaultWishes): Group[] {
  const paths: readonly PathName[] = actions ? ['mns', 'sls', 'control'] : ['mns', 'sls']
  const replica = (chance: Chance): number => chance.between(0, replicas - 1)
  const skew = (chance: Chance): number => chance.pick([-20, -13, 13, 20]) * MINUTE_MS
  return [
    rules('mns', 30, MNS_RULES),
    rules('sls', 30, SLS_RULES),
    rules('query', actions ? 2 : 0, QUERY_RULES),
    rules('control', actions ? 25 : 0, CONTROL_RULES),
    {
      group: 'process',
      weight: 14,
      names: ['kill -9', 'kill -9', 'SIGTERM', 'SIGTERM twice', 'SIGSTOP and SIGCONT'],
      draw: (name, chance) => {
        if (name.startsWith('SIGSTOP')) return { type: 'pause', replica: replica(chance) }
        const down = { replica: replica(chance), downMs: chance.between(0, 1_500) }
        return name === 'kill -9'
          ? { type: 'kill', ...down }
          : { type: 'terminate', ...down, twice: /twice/.test(name) }
      }
    },
    {
      group: 'network',
      weight: 14,
      names: ['connections reset', 'half-open connections', 'connections refused', 'DNS failure'],
      draw: (name, chance) => {
        const path = chance.pick(paths)
        if (name === 'DNS failure') return { type: 'dns' }
        return { type: name === 'connections reset' ? 'cut' : name.startsWith('half') ? 'silence' : 'refuse', path }
      }
    },
    {
      group: 'clock',
      weight: 8,
      names: ["queue's clock", "logstore's clock", "service's clock"],
      draw: (name, chance) => {
        const whose = name.startsWith('queue') ? 'mns' : name.startsWith('logstore') ? 'sls' : 'service'
        return { type: 'clock', whose, byMs: skew(chance) }
      }
    },
    { group: 'credentials', weight: expiring ? 8 : 0, names: ['credentials expire'], draw: () => ({ type: 'expire' }) }
  ]
}

function rules(group: string, weight: number, families: readonly RuleFamily[]): Group {
  const byName = new Map(families.map((family, index) => [`${index} ${family.name}`, family]))
  return {
    group,
    weight,
    names: [...byName.keys()],
    draw: (name, chance) => {
      const family = byName.get(name) ?? chance.pick(families)
      return { type: 'rule', rule: family.draw(chance) }
    }
  }
}

/** The schedule of a trial, by time. */
export function drawFaults(chance: Chance, wishes: FaultWishes): Fault[] {
  const { durationMs, density, only } = wishes
  const wanted = (label: string): boolean => only.length === 0 || only.some((start) => label.startsWith(start))
  const groups = groupsOf(wishes).flatMap((group) => {
    const names = group.names.filter((name) => wanted(group.group) || wanted(plain(name)))
    return group.weight === 0 || names.length === 0 ? [] : [[group.group, { ...group, names }] as const]
  })
  if (groups.length === 0) return []
  const byName = new Map(groups)
  const chooseGroup = weightedChoice(Object.fromEntries(groups.map(([name, { weight }]) => [name, weight])))
  const count = Math.max(1, Math.round((durationMs / 1_000) * density))
  const faults = Array.from({ length: count }, (_, index): Fault => {
    const group = byName.get(chooseGroup(chance)) ?? chance.pick(groups)[1]
    return drawFault(chance, { number: index + 1, group, durationMs })
  })
  return faults.sort((a, b) => a.atMs - b.atMs)
}

function drawFault(chance: Chance, given: { number: number; group: Group; durationMs: number }): Fault {
  const { number, group, durationMs } = given
  const name = chance.pick(group.names)
  const trouble = group.draw(name, chance)
  const atMs = chance.between(0, durationMs - MIN_WINDOW_MS)
  const forMs = chance.between(MIN_WINDOW_MS, Math.min(MAX_WINDOW_MS, durationMs - atMs))
  const ends = trouble.type !== 'kill' && trouble.type !== 'terminate' && trouble.type !== 'cut'
  return { number, name: `${group.group}: ${plain(name)}`, atMs, forMs: ends ? forMs : 0, trouble }
}

/** Without the index that tells two of one name apart. */
function plain(name: string): string {
  return name.replace(/^\d+ /, '')
}
