import type { SlsCall } from '../logstore/sls-client.ts'
import type { Difference } from './differences.ts'

/** What is set up, in the order in which it is made. */
export type ResourceKind = 'logstore' | 'index' | 'saved search' | 'dashboard' | 'alert'

/** A JSON object, as the service takes and answers it. */
export type Document = Readonly<Record<string, unknown>>

/** How an actual resource stands against what is wanted. */
export interface Comparison {
  /** What setup would change. */
  readonly changes: readonly Difference[]
  /** What is not as it should be and only a person may change, one sentence each: drift as well. */
  readonly obstacles: readonly string[]
  /** What a person may want to know. Not drift. */
  readonly remarks: readonly string[]
}

/** One thing in the project as it should be, and the calls that read it and bring it there. */
export interface Resource {
  readonly kind: ResourceKind
  /** In the project; of an index, its logstore's. */
  readonly name: string
  /** What it is made of, in the wire form of its create operation. */
  readonly wanted: Document
  readonly read: SlsCall
  readonly create: SlsCall
  /** Replaces the actual one, and keeps what others have put into it where that is possible. */
  readonly update: (actual: Document) => SlsCall
  readonly compare: (actual: Document) => Comparison
  /** Another form of a create or update, for a service that refuses the first. */
  readonly otherForm?: (call: SlsCall) => SlsCall
}
