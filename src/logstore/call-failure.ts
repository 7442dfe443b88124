import type { Failure } from './answer-fault.ts'

/** Thrown by `SlsSdk.execute` for every expected outcome that is no success. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.fault.message)
    this.failure = failure
  }
}
