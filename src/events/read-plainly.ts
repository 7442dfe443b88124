import { decodedBytes, decodeQuickly } from './base64.ts'
import type { ContentFields } from './content-fields.ts'
import { readFlatEvent } from './envelopes/flat-event.ts'
import type { Reading } from './envelopes/reading.ts'
import { LeanJson } from './lean-json.ts'

const scan = new LeanJson({
  message: [
    { name: 'ver', repeats: true },
    { name: 'id' },
    { name: 'product', repeats: true },
    { name: 'resourceId' },
    { name: 'level', repeats: true },
    { name: 'name', repeats: true },
    { name: 'userId', repeats: true },
    { name: 'eventTime' },
    { name: 'regionId', repeats: true },
    { name: 'status', repeats: true },
    { name: 'eventType', repeats: true },
    { name: 'eventRealname' },
    { name: 'eventRealnameEn', repeats: true },
    { name: 'ruleName', repeats: true },
    { name: 'curLevel', repeats: true }
  ],
  content: [
    { name: 'instanceId' },
    { name: 'ecsInstanceId' },
    { name: 'resourceId' },
    { name: 'diskId' },
    { name: 'state', repeats: true },
    { name: 'action', repeats: true },
    { name: 'status', repeats: true },
    { name: 'eventStatus', repeats: true },
    { name: 'executeStartTime' },
    { name: 'executeFinishTime' }
  ],
  // A topic's notification, which holds its message elsewhere.
  refused: ['TopicOwner', 'Message']
})

/** A reading whose content was not parsed: its JSON, and the fields of it that the decoder looks at. */
export type PlainReading = Reading & { readonly contentText: string }

/**
 * The reading of a body that is what nearly all are: base64 of CloudMonitor's flat event in its plainest form. Undefined for
 * every other one, and for one without an id, whose key is made of all that it says.
 */
export function readPlainly(body: string): PlainReading | undefined {
  const length = decodeQuickly(body)
  if (length <= 0 || !scan.read(decodedBytes, length) || scan.contentText === undefined) return undefined
  const [ver, id, product, resourceId, level, name, userId, eventTime, regionId, status, ...rest] = scan.message
  const [eventType, eventRealname, eventRealnameEn, ruleName, curLevel] = rest
  const message = {
    ...{ ver, id, product, resourceId, level, name, userId, eventTime, regionId, status, content: plainContent() },
    ...{ eventType, eventRealname, eventRealnameEn, ruleName, curLevel }
  }
  const reading = readFlatEvent(message)
  return reading === undefined || reading.identity === '' ? undefined : { ...reading, contentText: scan.contentText }
}

function plainContent(): ContentFields {
  const [instanceId, ecsInstanceId, resourceId, diskId, state, action, status, eventStatus, ...times] = scan.content
  const [executeStartTime, executeFinishTime] = times
  return {
    ...{ instanceId, ecsInstanceId, resourceId, diskId, state, action, status, eventStatus },
    ...{ executeStartTime, executeFinishTime }
  }
}
