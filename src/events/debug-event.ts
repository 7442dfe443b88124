import type { ContentFields } from './content-fields.ts'
import type { Reading } from './envelopes/reading.ts'
import { isInstanceId } from './instance-id.ts'
import { asText } from './json.ts'

/**
 * True for the events that the console's debug button and dry runs send: their shape, masked values (`i-b***vd2`,
 * `de***`), placeholders (`<resource-id>`, `<uid>UID`), or an instance event whose instance has no possible id. Texts
 * that users choose, like instance names, don't count: they may hold anything.
 */
export function isDebugEvent(reading: Reading, content: ContentFields, instanceId: string): boolean {
  return (
    reading.envelope === 'cloudmonitor-debug' ||
    (instanceId !== '' && reading.name.startsWith('Instance:') && !isInstanceId(instanceId)) ||
    isPlaceholder(instanceId) ||
    isPlaceholder(reading.resourceArn) ||
    isPlaceholder(reading.accountId) ||
    isPlaceholder(reading.regionId) ||
    isPlaceholder(asText(content.resourceId)) ||
    isPlaceholder(asText(content.diskId)) ||
    isPlaceholder(asText(content.state)) ||
    isPlaceholder(asText(content.action)) ||
    isPlaceholder(asText(content.eventStatus))
  )
}

function isPlaceholder(text: string): boolean {
  return text.includes('***') || text.includes('<') || text === 'UID'
}
