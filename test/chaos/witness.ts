import { decodeFollowUp } from '../../src/actions/follow-up.ts'
import type { Happening } from '../../src/sandbox/mns/watch.ts'
import type { StoredPut } from '../../src/sandbox/sls/put-watch.ts'
import { contentFault } from './content-fault.ts'

/** What is known of one message. */
interface Life {
  readonly body: string
  readonly queue: string
  /** Times that its record was stored. */
  stored: number
  deleted: boolean
  /** Of its record. */
  eventKey: string
  /** An action must have decided about it before it may be deleted. */
  readonly demands: string
}

export interface WitnessOptions {
  /** The action that must have a record before this message may be deleted; '' for none. */
  readonly demands: (body: string) => string
}

const MAX_PROBLEMS = 12

/**
 * Sees every message that the queue accepts, every record that the logstore stores and every delete, in the order in
 * which the services carry them out, and knows the rules:
 *
 * - a message is deleted only after its record was stored, and after the actions that it calls for were decided
 * - every record has a message, and holds its content
 * - at the end every message has a record, and every action's cause is on record
 */
export class Witness {
  readonly problems: string[] = []
  readonly #lives = new Map<string, Life>()
  readonly #followUps = new Set<string>()
  /** `action event_key` of every action record. */
  readonly #decided = new Set<string>()
  readonly #causes = new Set<string>()
  readonly #keys = new Set<string>()
  readonly #options: WitnessOptions
  #open = 0
  #records = 0

  constructor(options: WitnessOptions) {
    this.#options = options
  }

  /** Messages accepted; follow-ups are not counted. */
  get accepted(): number {
    return this.#lives.size
  }

  /** Messages that have not been deleted yet. */
  get open(): number {
    return this.#open
  }

  /** Records beyond the first of a message. */
  get duplicates(): number {
    return this.#records - [...this.#lives.values()].filter(({ stored }) => stored > 0).length
  }

  /** Follow-ups that the service has sent. */
  get followUps(): number {
    return this.#followUps.size
  }

  stored(id: string): boolean {
    return (this.#lives.get(id)?.stored ?? 0) > 0
  }

  onSend({ id, body, queue }: Happening): void {
    if (decodeFollowUp(body) !== undefined) {
      this.#followUps.add(id)
      return
    }
    this.#open += 1
    this.#lives.set(id, { body, queue, stored: 0, deleted: false, eventKey: '', demands: this.#options.demands(body) })
  }

  onPut({ logs }: StoredPut): void {
    for (const { fields } of logs) {
      if (fields['kind'] === 'action') this.#action(fields)
      else if (fields['kind'] !== 'health') this.#record(fields)
    }
  }

  onDelete({ id, queue }: Happening): void {
    if (this.#followUps.has(id)) return
    const life = this.#lives.get(id)
    if (life === undefined) {
      this.#tell(`message ${id} of ${queue} was deleted, but never sent`)
      return
    }
    if (!life.deleted) this.#open -= 1
    life.deleted = true
    if (life.stored === 0) this.#tell(`message ${id} of ${queue} was deleted before its record was stored`)
    if (life.demands !== '' && !this.#decided.has(`${life.demands} ${life.eventKey}`)) {
      this.#tell(`message ${id} of ${queue} was deleted before the action ${life.demands} was decided`)
    }
  }

  /** Whether its record is stored and it is deleted. */
  done(id: string): boolean {
    return this.stored(id) && this.#lives.get(id)?.deleted === true
  }

  /**
   * Looks at what can only be seen at the end.
   *
   * @param left messages that came so late that nobody had to receive them: they are on the queue still
   */
  conclude(left: ReadonlySet<string> = new Set()): void {
    for (const [id, { stored, deleted, queue, body }] of this.#lives) {
      if (left.has(id) && !deleted) continue
      if (stored === 0) this.#tell(`message ${id} of ${queue} has no record: ${body.slice(0, 80)}`)
      else if (!deleted) this.#tell(`message ${id} of ${queue} was never deleted`)
    }
    for (const cause of this.#causes) {
      if (!this.#keys.has(cause)) this.#tell(`an action was decided because of ${cause}, which is not on record`)
    }
  }

  #action(fields: Readonly<Record<string, string>>): void {
    this.#decided.add(`${fields['action']} ${fields['caused_by']}`)
    this.#causes.add(fields['caused_by'] ?? '')
    const id = fields['message_id'] ?? ''
    if (!this.#lives.has(id) && !this.#followUps.has(id)) this.#tell(`an action record names message ${id}: never sent`)
  }

  #record(fields: Readonly<Record<string, string>>): void {
    const id = fields['message_id'] ?? ''
    const life = this.#lives.get(id)
    if (life === undefined) {
      this.#tell(`a record names message ${id}, which was never sent`)
      return
    }
    life.stored += 1
    this.#records += 1
    life.eventKey = fields['event_key'] ?? ''
    this.#keys.add(life.eventKey)
    const fault = contentFault(fields, { id, ...life })
    if (fault !== undefined) this.#tell(`the record of message ${id} is not what was sent: ${fault}`)
  }

  #tell(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem)
    else if (this.problems.length === MAX_PROBLEMS) this.problems.push('and more of the kind')
  }
}
