import type { MatchConfig } from '../../config/actions-schema.ts'
import { fitsPattern } from './pattern.ts'

/** Whether a rule is for an instance; `unknown` while a fact that it asks for is not known. */
export type Match = 'yes' | 'no' | 'unknown'

/** What is known of an instance. An event tells id and region; name and tags only the instance itself. */
export interface MatchFacts {
  readonly instanceId: string
  readonly regionId: string
  readonly name?: string
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * Whether a rule is for an instance. Everything that the rule gives must hold, so one thing that does not decides even
 * while others are unknown. A rule that gives nothing is for no instance, nor is an empty list, an empty pattern, no tags,
 * or `all: false`: a slip in a configuration must not widen it.
 */
export function matches(match: MatchConfig, facts: MatchFacts): Match {
  const answers = [
    match.all === undefined ? undefined : yesOrNo(match.all),
    match.ids === undefined ? undefined : yesOrNo(match.ids.includes(facts.instanceId)),
    match.regions === undefined ? undefined : yesOrNo(match.regions.includes(facts.regionId)),
    match.tag === undefined ? undefined : matchesTags(match.tag, facts.tags),
    match.name === undefined ? undefined : matchesName(match.name, facts.name)
  ].filter((answer) => answer !== undefined)
  if (answers.length === 0 || answers.includes('no')) return 'no'
  return answers.includes('unknown') ? 'unknown' : 'yes'
}

/** The value `*` stands for any value of its key. Keys and values count upper and lower case, as ECS does. */
function matchesTags(wanted: Readonly<Record<string, string>>, tags: MatchFacts['tags']): Match {
  const pairs = Object.entries(wanted)
  if (pairs.length === 0) return 'no'
  if (tags === undefined) return 'unknown'
  return yesOrNo(pairs.every(([key, value]) => Object.hasOwn(tags, key) && (value === '*' || tags[key] === value)))
}

function matchesName(pattern: string, name: string | undefined): Match {
  if (pattern === '') return 'no'
  return name === undefined ? 'unknown' : yesOrNo(fitsPattern(pattern, name))
}

function yesOrNo(holds: boolean): Match {
  return holds ? 'yes' : 'no'
}
