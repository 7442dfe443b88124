import type { MnsErrorCode } from './refusal.ts'

/** What the vendor's pages leave open or contradict each other on: a consumer must survive each setting. */
export interface MnsBehaviour {
  /** Whether a handle still deletes its message after ChangeMessageVisibility has given out a newer one. */
  readonly supersededHandle: 'refused' | 'accepted'
  /** What a delete with an expired or used handle is answered with. */
  readonly expiredHandle: 'ReceiptHandleError' | 'MessageNotExist'
  /** ActiveMessages, InactiveMessages and DelayMessages are 0, as the vendor announced for them. */
  readonly zeroCounters: boolean
  /** Parts that a queue's messages are spread over. One receive reads one part, so a short answer does not mean empty. */
  readonly slices: number
  /** Polls held at a time, over all queues; one more is answered MessageNotExist at once. */
  readonly maxConcurrentPolls: number
  /** Whether a poll whose client went away still takes a message, which then stays invisible for its timeout. */
  readonly consumeOnDeadPoll: boolean
  /** Status of TimeExpired. */
  readonly skewStatus: 400 | 408
  /** What a missing or wrong security token of an STS key is answered with. */
  readonly badToken: Extract<MnsErrorCode, 'InvalidSecurityToken' | 'InvalidAccessKeyId' | 'AccessDenied'>
  /** Status of a BatchSendMessage of which some entries failed. */
  readonly partialSendStatus: number
}

export const DEFAULT_MNS_BEHAVIOUR: MnsBehaviour = {
  supersededHandle: 'refused',
  expiredHandle: 'ReceiptHandleError',
  zeroCounters: false,
  slices: 1,
  maxConcurrentPolls: Number.POSITIVE_INFINITY,
  consumeOnDeadPoll: false,
  skewStatus: 408,
  badToken: 'InvalidSecurityToken',
  partialSendStatus: 500
}
