import type { Credit } from './credits.ts'
import type { QueueLane } from './queue-lane.ts'
import { pollCredit, Receiver, type ReceiverOptions } from './receiver.ts'

/** As many receivers for each lane as its queue is to have, those of urgent queues first. */
export function openReceivers(
  lanes: readonly QueueLane[],
  limits: Credit,
  shared: Omit<ReceiverOptions, 'lane'>
): Receiver[] {
  const credit = pollCredit(
    limits,
    lanes.reduce((sum, { source }) => sum + source.receivers, 0)
  )
  return [...lanes]
    .sort((a, b) => Number(b.source.urgent) - Number(a.source.urgent))
    .flatMap((lane) => Array.from({ length: lane.source.receivers }, () => new Receiver({ ...shared, lane }, credit)))
}
