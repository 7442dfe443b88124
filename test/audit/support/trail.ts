import type { LogQueryResult } from '../../../src/sandbox/sls/log-query.ts'
import { encodeGroup, putGroup, startSls } from '../../support/sls-sandbox.ts'

/** One call that ActionTrail tells of. */
export interface TrailCall {
  readonly atS: number
  readonly eventId: string
  readonly eventName: string
  readonly resourceName: string
  readonly user: string
  readonly error?: string
}

/** A logstore as ActionTrail fills it. */
export interface Trail {
  query(query: string, window: { readonly from: number; readonly to: number }): Promise<LogQueryResult>
  close(): Promise<void>
}

const TEXT = { type: 'text', doc_value: true } as const
const KEYS = ['eventId', 'eventName', 'resourceName', 'acsRegion', 'sourceIpAddress', 'errorCode']
const USER_KEYS = ['userName', 'type', 'principalId', 'accessKeyId'].map((name) => `userIdentity.${name}`)

/** The index that ActionTrail makes for its logstore, as far as the question needs it (SLS "ActionTrail" log fields). */
const INDEX = {
  line: { token: [',', ' ', ';', ':'], caseSensitive: false, chn: false },
  keys: {
    event: {
      ...{ type: 'json', doc_value: true, token: [',', ' ', '"'], caseSensitive: false, index_all: true, max_depth: 4 },
      json_keys: Object.fromEntries([...KEYS, ...USER_KEYS].map((key) => [key, TEXT]))
    }
  }
}

export async function startTrail(calls: readonly TrailCall[]): Promise<Trail> {
  const now = () => Math.max(...calls.map(({ atS }) => atS)) * 1_000
  const sls = await startSls({ now }, INDEX)
  const logs = calls.map((call) => ({ time: call.atS, fields: { event: JSON.stringify(eventOf(call)) } }))
  const group = encodeGroup(logs, { topic: 'actiontrail_event' })
  const { status } = await putGroup(sls.server.port, group, { dateMs: now() })
  if (status !== 200) throw new Error(`Cannot fill the trail: status ${status}`)
  return {
    query: (query, window) => sls.service.query(sls.project, sls.logstore, { query, ...window }),
    close: () => sls.close()
  }
}

function eventOf({ eventId, eventName, resourceName, user, error }: TrailCall): object {
  return {
    ...{ eventId, eventName, resourceName, acsRegion: 'cn-hangzhou', sourceIpAddress: '192.0.2.7' },
    userIdentity: { userName: user, type: 'ram-user', principalId: `id-of-${user}`, accessKeyId: 'key-id' },
    ...(error === undefined ? {} : { errorCode: error })
  }
}
