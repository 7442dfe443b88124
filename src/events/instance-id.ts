import type { ContentFields } from './content-fields.ts'
import { asText } from './json.ts'

/** True for an instance's id as the ECS API takes it; false for '', masked ids and placeholders. */
export function isInstanceId(text: string): boolean {
  return INSTANCE_ID.test(text)
}

const INSTANCE_ID = /^i-[a-z0-9]+$/

/**
 * The instance that an event is about, or that its disk is attached to; '' when it names none. The content goes before
 * the ARN, which may be of a network interface though the event is an instance's. Of another product's event only what
 * is an ECS instance's id counts: RDS has an `instanceId` too.
 */
export function findInstanceId(
  content: ContentFields,
  event: { readonly name: string; readonly isEcs: boolean; readonly resourceArn: string }
): string {
  const own =
    asText(content.instanceId) ||
    asText(content.ecsInstanceId) ||
    // Every resource's StateChange keeps its id here: only an instance's is an instance.
    (event.name === 'Instance:StateChange' ? asText(content.resourceId) : '')
  if (own !== '' && (event.isEcs || isInstanceId(own))) return own
  return ARN_INSTANCE.exec(event.resourceArn)?.[1] ?? ''
}

const ARN_INSTANCE = /^acs:ecs:[^:]*:[^:]*:instance\/(i-[a-z0-9]+)$/
