import { auditRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import type { ActionEntry } from './action.ts'
import type { DeskMessage } from './desk.ts'

/** Who acts, on what, because of which event. */
export interface ActionSubject {
  readonly action: string
  readonly causedBy: string
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
}

const MAX_DETAIL = 1_024
const MAX_CONTENT = 32_768

/** The logstore record of one action entry. Its `event_key` is stable: the same step, told twice, is one happening. */
export function actionRecord(
  subject: ActionSubject,
  entry: ActionEntry,
  context: { readonly message: DeskMessage; readonly nowMs: number }
): LogRecord {
  const { message, nowMs } = context
  return auditRecord('action', nowMs, nowMs, {
    event_key: `${subject.causedBy}/${subject.action}/${entry.step}`,
    event_time: new Date(nowMs).toISOString(),
    event_ms: nowMs,
    region_id: subject.regionId,
    account_id: subject.accountId,
    instance_id: subject.instanceId,
    content: contentText(entry.content),
    queue: message.queue,
    message_id: message.messageId,
    dequeue_count: message.dequeueCount,
    received_ms: message.receivedMs,
    action: subject.action,
    step: entry.step,
    decision: entry.decision,
    reason: entry.reason,
    detail: entry.detail?.slice(0, MAX_DETAIL),
    attempt: entry.attempt,
    duration_ms: entry.durationMs,
    deadline_margin_ms: entry.deadlineMarginMs,
    lost_ms: entry.lostMs,
    target: entry.target,
    caused_by: subject.causedBy
  })
}

/** A record's content must stay small; what does not fit is told, not cut into invalid JSON. */
function contentText(content: ActionEntry['content']): string {
  if (content === undefined) return ''
  const text = JSON.stringify(content)
  return text.length <= MAX_CONTENT ? text : JSON.stringify({ omitted: `${text.length} characters` })
}
