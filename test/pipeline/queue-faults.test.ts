import { describe, test } from 'vitest'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { stateChanges } from '../support/events.ts'
import { sendEvents, storedKeys } from '../support/harness.ts'
import { Stage, until } from './stage.ts'

const RECEIVE = 'BatchReceiveMessage'
const DELETE = 'BatchDeleteMessage'
const EXTEND = 'ChangeMessageVisibility'

type Trouble = Pick<FaultRule, 'kind'> & Partial<FaultRule> & { readonly only?: string }

/** What the queue service, or something on the way to it, can do to a call. */
const TROUBLES: readonly Trouble[] = [
  { kind: 'error', code: 'TooManyRequests', ms: 100 },
  { kind: 'error', code: 'InternalError' },
  { kind: 'html', status: 502 },
  { kind: 'html', status: 503 },
  { kind: 'html', status: 504 },
  { kind: 'empty', status: 503 },
  { kind: 'truncate' },
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'reset-mid-body' },
  { kind: 'stall-body' },
  { kind: 'no-host-id' },
  { kind: 'error', code: 'InvalidAccessKeyId' },
  { kind: 'error', code: 'AccessDenied' },
  { kind: 'duplicate', only: RECEIVE },
  { kind: 'lost-ack', only: DELETE }
]

const HITS = 4
const CASES = [RECEIVE, DELETE, EXTEND].flatMap((operation) =>
  TROUBLES.filter(({ only = operation }) => only === operation).map(({ only: _, ...trouble }) => ({
    operation,
    trouble,
    what: [trouble.kind, trouble.code, trouble.status].filter((part) => part !== undefined).join(' ')
  }))
)

describe.concurrent('queue in trouble', () => {
  test.for(CASES)(
    '$operation, $what: nothing is deleted before it is stored, nothing is missing',
    async ({ operation, trouble }, { expect }) => {
      const stage = await Stage.open({ visibilityS: 4 })
      try {
        const { faults } = stage.sandbox
        stage.start({ 'queue.visibility': '4s', 'logstore.timeout': '10s' })
        sendEvents(stage.sandbox, stateChanges(60))
        await until(() => stage.stored.length > 0)
        // A logstore that is slow for a while, so that there is something to extend.
        if (operation === EXTEND)
          faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 3_500, count: 2 })
        faults.add({ ...trouble, service: 'mns', operation, count: HITS })
        sendEvents(stage.sandbox, stateChanges(60, 60))
        const hits = () => stage.hits(`mns.${operation}`, trouble.kind)
        await until(() => hits() >= (operation === EXTEND ? 1 : 2))
        await stage.drained(40_000)
        const { distinct, records } = await storedKeys(stage.sandbox)
        expect({ distinct, deletedEarly: stage.deletedEarly }).toEqual({ distinct: 120, deletedEarly: [] })
        // No call holds more than 16 messages, and a trouble costs no others.
        expect(records - distinct).toBeLessThanOrEqual(16 * hits())
      } finally {
        await stage.close()
      }
    }
  )
})
