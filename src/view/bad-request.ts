/** The page asked for what it may not, or what does not exist: the message is told to the browser. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
  /** HTTP status: 400, 404, ... */
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}
