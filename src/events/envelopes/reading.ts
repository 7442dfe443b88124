import type { Envelope } from '../audit-event.ts'
import { asText } from '../json.ts'

/** What an envelope says of its event, before anything is derived from it. Absent texts are ''. */
export interface Reading {
  readonly envelope: Envelope
  readonly eventId: string
  /** What tells this event from every other one of the same producer; '' when the message has nothing of the kind. */
  readonly identity: string
  readonly name: string
  readonly timeMs: number | undefined
  readonly product: string
  readonly level: string
  /** The envelope's own status, not the content's. */
  readonly status: string
  readonly regionId: string
  readonly accountId: string
  readonly resourceArn: string
  /** Where the envelope itself keeps the instance; else it is looked for in the content and the ARN. */
  readonly instanceId?: string
  /** The event's own content: an object in every documented event. */
  readonly content: unknown
}

/** A name as it was sent, but with no blanks at its ends and around its colons; '' when it is no text. */
export function eventName(name: unknown): string {
  if (typeof name !== 'string') return ''
  const text = asText(name)
  if (!BLANK.test(text)) return text
  return text
    .split(':')
    .map((part) => part.trim())
    .join(':')
}

const BLANK = /\s/

/** A product's name: ECS in one spelling (rule APIs print `ecs` too), the others as they were sent. */
export function productName(product: unknown): string {
  const text = asText(product)
  return text.toUpperCase() === 'ECS' ? 'ECS' : text
}

/** INFO, WARN, CRITICAL in capitals: some tables and APIs print Info, Warn, Critical. */
export function levelName(level: unknown): string {
  return asText(asText(level).toUpperCase())
}

/** Account id in an ARN, `acs:<product>:<region>:<account>:<kind>/<id>`; '' when it holds none. */
export function arnAccountId(arn: string): string {
  return ARN_ACCOUNT.exec(arn)?.[1] ?? ''
}

const ARN_ACCOUNT = /^acs:[^:]*:[^:]*:(\d+):/
