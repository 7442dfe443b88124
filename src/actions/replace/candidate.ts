import { hash } from 'node:crypto'
import type { RunRequest } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import { CANDIDATE_TAG, NOTICE_TAG, noticeTag, REPLACES_TAG, ROLE_REPLACEMENT, ROLE_TAG } from './tags.ts'

/** One place to buy at. '' leaves it to the launch template. */
export interface Candidate {
  readonly zone: string
  readonly vSwitch: string
  readonly type: string
  readonly spotStrategy: ActionsConfig['replace']['spotStrategy']
}

/**
 * One purchase, whoever makes it and however often.
 * - `generation`: replacements that were bought and lost before this one; each begins with tokens of its own, for ECS
 *   answers an old token with the old instance
 * - `index`: of the candidate
 * - `salted`: its token tells its settings too, because ECS knew the plain one with others
 */
export interface Purchase {
  readonly generation: number
  readonly index: number
  readonly salted: boolean
}

/** Where to buy, in this order: every candidate as spot, then every one pay-as-you-go where that is allowed. */
export function candidatesOf(config: ActionsConfig['replace']): readonly Candidate[] {
  const places = config.candidates.length > 0 ? config.candidates : [{ zone: '', vSwitch: '', type: '' }]
  const offers = places.map((place) => ({ ...place, spotStrategy: config.spotStrategy }))
  if (!config.onDemand || config.spotStrategy === 'NoSpot') return offers
  return [...offers, ...places.map((place) => ({ ...place, spotStrategy: 'NoSpot' as const }))]
}

/**
 * What RunInstances is asked for: a pure function of the configuration, the notice and the purchase, so that every replica
 * and every redelivery asks for the very same, and ECS makes one instance of it ("How to ensure idempotence").
 *
 * @param inherited tags of the old instance that the new one gets too
 */
export function runRequest(
  { generation, index, salted }: Purchase,
  input: {
    readonly config: ActionsConfig['replace']
    readonly candidate: Candidate
    readonly causedBy: string
    readonly instanceId: string
    readonly inherited: Readonly<Record<string, string>>
  }
): RunRequest {
  const { config, candidate, causedBy, instanceId, inherited } = input
  const settings = {
    launchTemplateId: config.launchTemplate,
    launchTemplateVersion: config.launchTemplateVersion,
    zoneId: candidate.zone,
    vSwitchId: candidate.vSwitch,
    instanceType: candidate.type,
    instanceName: '',
    spotStrategy: candidate.spotStrategy,
    spotPriceLimit: candidate.spotStrategy === 'SpotWithPriceLimit' ? config.spotPriceLimit : undefined,
    tags: {
      ...inherited,
      [REPLACES_TAG]: instanceId,
      [NOTICE_TAG]: noticeTag(causedBy),
      [CANDIDATE_TAG]: `${generation}.${index}`,
      [ROLE_TAG]: ROLE_REPLACEMENT
    }
  }
  const token = [causedBy, instanceId, generation, index, ...(salted ? [JSON.stringify(settings)] : [])]
  return { clientToken: hash('sha256', token.join('\n')), ...settings }
}

/** A candidate in a few words, for a record. */
export function describeCandidate({ zone, vSwitch, type, spotStrategy }: Candidate): string {
  const place = [zone, vSwitch, type].filter((part) => part !== '').join(' ')
  return `${place === '' ? 'as the launch template says' : place}, ${spotStrategy}`
}
