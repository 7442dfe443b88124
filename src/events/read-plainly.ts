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
export interface PlainReading {
  readonly reading: Reading
  readonly contentText: string
}

/**
 * The reading of a body that is what nearly all are: base64 of CloudMonitor's flat event in its plainest form. Undefined for
 * every other one, and for one without an id, whose key is made of all that it says.
 */
export function readPlainly(body: string): PlainReading | undefined {
  const length = decodeQuickly(body)
  if (length <= 0 || !scan.read(decodedBytes, length) || scan.contentText === undefined) return undefined
  const reading = readFlatEvent(plainMessage(scan.message, plainContent(scan.content)))
  return reading === undefined || reading.identity === '' ? undefined : { reading, contentText: scan.contentText }
}

/** The values in the order of the fields above. By number: what spreads and rest patterns make took 8 us an event. */
function plainMessage(values: LeanValues, content: ContentFields) {
  return {
    ver: values[0],
    id: values[1],
    product: values[2],
    resourceId: values[3],
    level: values[4],
    name: values[5],
    userId: values[6],
    eventTime: values[7],
    regionId: values[8],
    content,
    status: values[9],
    eventType: values[10],
    eventRealname: values[11],
    eventRealnameEn: values[12],
    ruleName: values[13],
    curLevel: values[14]
  }
}

function plainContent(values: LeanValues): ContentFields {
  return {
    instanceId: values[0],
    ecsInstanceId: values[1],
    resourceId: values[2],
    diskId: values[3],
    state: values[4],
    action: values[5],
    status: values[6],
    eventStatus: values[7],
    executeStartTime: values[8],
    executeFinishTime: values[9]
  }
}

type LeanValues = ReadonlyArray<string | undefined>
