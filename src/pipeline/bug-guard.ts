import { describeBug } from '../telemetry/bug.ts'
import type { Log } from '../telemetry/log.ts'
import type { Delivery } from './delivery.ts'

/** Keeps a bug on one message from stopping the others, and tells of it. */
export class BugGuard {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Work on one message that should never throw; nothing when it did. */
  guard<Result>({ queue, message }: Delivery, work: () => Result): Result | undefined {
    try {
      return work()
    } catch (thrown) {
      this.tell({ queue, messageId: message.messageId }, thrown)
      return undefined
    }
  }

  tell(context: Readonly<Record<string, string>>, thrown: unknown): void {
    this.#log.error({ ...context, ...describeBug(thrown) }, 'a bug in this program: please report it')
  }
}
