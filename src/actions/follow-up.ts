import { isObject } from '../lib/is-object.ts'

/** What an action needs to go on later: JSON, without secrets, at most a few KB. */
export type FollowUpState = Readonly<Record<string, unknown>>

/** A durable timer: it travels as a delayed message on the queue and survives every process. */
export interface FollowUp {
  /** The action that goes on: its name. */
  readonly action: string
  /** `event_key` of the event that called for it. */
  readonly causedBy: string
  readonly instanceId: string
  readonly regionId: string
  /** Owner of the instance; '' where the event did not tell. */
  readonly accountId: string
  /** When it was sent, epoch ms. */
  readonly sentMs: number
  readonly state: FollowUpState
}

/** How each of these messages begins: nothing that a cloud service sends does. */
const BEGINNING = '{"ecs-audit":"follow-up","version":1,'

/** A follow-up as a message body. */
export function encodeFollowUp({ action, causedBy, instanceId, regionId, accountId, sentMs, state }: FollowUp): string {
  return BEGINNING + JSON.stringify({ action, causedBy, instanceId, regionId, accountId, sentMs, state }).slice(1)
}

/** The follow-up in a message body; undefined for every other message, and for one that was tampered with. Never throws. */
export function decodeFollowUp(body: string): FollowUp | undefined {
  if (!body.startsWith(BEGINNING)) return undefined
  try {
    return followUpOf(JSON.parse(body))
  } catch {
    return undefined
  }
}

function followUpOf(given: unknown): FollowUp | undefined {
  if (!isObject(given)) return undefined
  const { action, causedBy, instanceId, regionId, accountId, sentMs, state } = given
  if (!isText(action) || !isText(causedBy) || !isText(instanceId) || typeof regionId !== 'string') return undefined
  if (typeof accountId !== 'string') return undefined
  if (typeof sentMs !== 'number' || !isObject(state)) return undefined
  return { action, causedBy, instanceId, regionId, accountId, sentMs, state }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 2_048
}
