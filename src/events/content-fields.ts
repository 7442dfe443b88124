/** The fields of an event's content that the decoder itself looks at; any of them may be missing or of any type. */
export interface ContentFields {
  readonly instanceId?: unknown
  readonly ecsInstanceId?: unknown
  readonly resourceId?: unknown
  readonly diskId?: unknown
  readonly state?: unknown
  readonly action?: unknown
  readonly status?: unknown
  readonly eventStatus?: unknown
  readonly executeStartTime?: unknown
  readonly executeFinishTime?: unknown
}
