import type { ContentFields } from './content-fields.ts'
import { asText } from './json.ts'

/**
 * The status that holds. Vendor samples have names whose suffix is out of date (an Avoided event named `...:Scheduled`,
 * a disk's end named `...:Executing`), so the content comes first: its `eventStatus`, else the times of a disk event,
 * which has no other status, else the name's suffix, else the content's `status` (live migration), else the envelope's.
 */
export function effectiveStatus(name: string, content: ContentFields, envelopeStatus: string): string {
  return (
    asText(content.eventStatus) ||
    (name.startsWith('Disk:') ? statusByTimes(content) : '') ||
    nameSuffix(name) ||
    asText(content.status) ||
    envelopeStatus
  )
}

function statusByTimes(content: ContentFields): string {
  if (asText(content.executeFinishTime) !== '') return 'Executed'
  return asText(content.executeStartTime) === '' ? '' : 'Executing'
}

/** `Executing` of `Disk:Stalled:Executing`; '' when there is none. No other product's third part is a status. */
function nameSuffix(name: string): string {
  return STATUS_SUFFIX.exec(name)?.[1] ?? ''
}

const STATUS_SUFFIX = /^(?:Instance|Disk):[^:]+:([^:]+)$/
