/** One log as the logstore holds it. All values are the text that the client sent. */
export interface StoredLog {
  /** The log's own time, epoch seconds. */
  readonly time: number
  /** Nanosecond part of the time; absent when the client sent none. */
  readonly timeNs: number | undefined
  readonly topic: string
  readonly source: string
  /** The log group's tags, by key; a query reads them as `__tag__:<key>`. */
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
}
