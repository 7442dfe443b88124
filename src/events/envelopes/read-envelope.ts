import { readLegacyAlarm, readMetricAlert } from './alarms.ts'
import { readBareData } from './bare-data.ts'
import { readCloudEvent } from './cloud-event.ts'
import { readFlatEvent } from './flat-event.ts'
import type { Reading } from './reading.ts'
import { readSubscription } from './subscription.ts'

/** From the most frequent shape to the least; the bare data comes last, since it has no mark of its own. */
const READERS = [readFlatEvent, readCloudEvent, readSubscription, readMetricAlert, readLegacyAlarm, readBareData]

/** Reads a message by the first shape that it has; undefined when it has none of them. */
export function readEnvelope(message: object): Reading | undefined {
  for (const read of READERS) {
    const reading = read(message)
    if (reading !== undefined) return reading
  }
  return undefined
}
