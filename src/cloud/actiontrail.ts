import { z } from 'zod'
import type { ApiFailure, ApiOutcome, CallLimits } from './api-outcome.ts'
import { brokenAnswer } from './rpc/broken-answer.ts'
import { createRpcApi, type RpcApiOptions } from './rpc/rpc-client.ts'

export type TrailOptions = Omit<RpcApiOptions, 'product' | 'version'>

export interface StopQuestion {
  readonly instanceId: string
  readonly regionId: string
  /** Stops before this do not matter, epoch ms. */
  readonly sinceMs: number
}

/** The audit trail of one region: who called which API. It tells of a call only some minutes after it was made. */
export interface Trail {
  /** Who stopped an instance by a call, or in the console; `undefined`: nobody that the trail knows of. */
  stoppedBy(question: StopQuestion, limits: CallLimits): Promise<ApiOutcome<string | undefined>>
  close(): Promise<void>
}

const VERSION = '2020-07-06'

/** LookupEvents may be called twice a second. */
const CONCURRENCY = 2

const MAX_RESULTS = 50

/** Pages that a question is worth: what happened to one instance within a few minutes is on the first. */
const MAX_PAGES = 4

/**
 * ActionTrail of one region.
 *
 * @throws AuditError `config` when endpoint or region can't be used
 */
export function createTrail(options: TrailOptions): Trail {
  const api = createRpcApi({ concurrency: CONCURRENCY, ...options, product: 'actiontrail', version: VERSION })
  return {
    async stoppedBy(question, limits) {
      const { instanceId, regionId } = question
      if (regionId !== options.region) return otherRegion(options.region)
      const times = { StartTime: utcSeconds(question.sinceMs), EndTime: utcSeconds(options.clock.now()) }
      const filter = {
        LookupAttribute: [{ Key: 'ResourceName', Value: instanceId }],
        ...times,
        MaxResults: MAX_RESULTS
      }
      const ownKey = await ownKeyId(options)
      let nextToken = ''
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const query = { ...filter, ...(nextToken !== '' && { NextToken: nextToken }) }
        const outcome = await api.call({ action: 'LookupEvents', query, repeatable: true, limits })
        if (outcome.kind !== 'done') return outcome
        const page = answer.safeParse(outcome.value)
        if (!page.success) return brokenAnswer('LookupEvents')
        const stop = page.data.Events.find((event) => isStop(event) && event.userIdentity.accessKeyId !== ownKey)
        if (stop !== undefined) return { kind: 'done', value: nameOf(stop) }
        nextToken = page.data.NextToken ?? ''
        if (nextToken === '') break
      }
      return { kind: 'done', value: undefined }
    },
    close: () => api.close()
  }
}

const text = z.string().catch('')

/** An event of the trail ("ActionTrail event log fields"), as far as it is looked at. */
const trailEvent = z.object({
  eventName: z.string(),
  /** Present when the call was refused. */
  errorCode: text,
  userIdentity: z
    .object({ type: text, userName: text, accessKeyId: text })
    .catch({ type: '', userName: '', accessKeyId: '' })
})

type TrailEvent = z.output<typeof trailEvent>

const answer = z.object({ Events: z.array(trailEvent), NextToken: z.string().nullish() })

function isStop({ eventName, errorCode }: TrailEvent): boolean {
  return (eventName === 'StopInstance' || eventName === 'StopInstances') && errorCode === ''
}

/** `alice`, `custom-role:session`, `root-account` */
function nameOf({ userIdentity: { userName, type } }: TrailEvent): string {
  return (userName || type || 'somebody').slice(0, 128)
}

/** '' when there are no credentials: the call itself will tell. */
async function ownKeyId({ credentials }: TrailOptions): Promise<string> {
  const { accessKeyId } = await credentials.get().catch(() => ({ accessKeyId: '' }))
  return accessKeyId
}

function otherRegion(region: string): ApiFailure {
  const message = `LookupEvents: not asked, because only the trail of ${region} is read`
  return { kind: 'refused', fault: { class: 'rejected', code: 'OtherRegion', status: 0, message, requestId: '' } }
}

function utcSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
