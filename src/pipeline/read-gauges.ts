import type { ActionDesk } from '../actions/desk.ts'
import type { Breaker } from '../lib/breaker.ts'
import type { Credits } from './credits.ts'
import type { PipelineGauges, PipelineState } from './pipeline-options.ts'
import type { QueueLane } from './queue-lane.ts'
import type { Shipper } from './shipper.ts'

export interface GaugedParts {
  readonly lanes: readonly QueueLane[]
  readonly credits: Credits
  readonly breaker: Breaker
  readonly shipper: Shipper
  readonly desk: ActionDesk
  readonly lag: PipelineGauges['lag']
  readonly stopping: boolean
}

/** What a pipeline of these parts holds at this moment. */
export function readGauges({ lanes, credits, breaker, shipper, desk, lag, stopping }: GaugedParts): PipelineGauges {
  const queues = lanes.map(({ source, size, parked }) => ({ name: source.name, inFlight: size, parked }))
  return {
    inFlight: queues.reduce((sum, { inFlight }) => sum + inFlight, 0),
    inFlightBytes: credits.inUse.bytes,
    parked: queues.reduce((sum, { parked }) => sum + parked, 0),
    acting: desk.size,
    breaker: breaker.state,
    lagMs: lag?.lagMs ?? 0,
    creditsUsed: credits.inUse,
    waitingReceivers: credits.waiting,
    batches: shipper.pending,
    ...{ stopping, lag, queues }
  }
}

/** The part of it that the log's counters tell. */
export function stateOf(gauges: PipelineGauges): PipelineState {
  const { inFlight, inFlightBytes, parked, acting, breaker, lagMs } = gauges
  return { inFlight, inFlightBytes, parked, acting, breaker, lagMs }
}
