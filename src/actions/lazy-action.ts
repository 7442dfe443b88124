import type { AuditEvent } from '../events/audit-event.ts'
import type { Action, ActionEntry, Job, JobEnd } from './action.ts'
import type { ActionProfile } from './profiles.ts'

/** An action whose code is loaded by its first run, or by `load`: the built-in ones are a hundred files, control plane included. */
export class LazyAction implements Action {
  readonly name: string
  readonly priority: number
  readonly exclusive: string
  readonly #profile: ActionProfile
  readonly #open: () => Promise<Action>
  #loading: Promise<Action> | undefined
  #action: Action | undefined

  constructor(profile: ActionProfile, open: () => Promise<Action>) {
    this.name = profile.name
    this.priority = profile.priority
    this.exclusive = profile.exclusive
    this.#profile = profile
    this.#open = open
  }

  concerns(event: AuditEvent): boolean {
    return (this.#action ?? this.#profile).concerns(event)
  }

  /** Until it is loaded, its runs refuse. */
  refuses(event: AuditEvent): ActionEntry | undefined {
    return this.#action?.refuses?.(event)
  }

  async run(job: Job): Promise<JobEnd> {
    return (this.#action ?? (await this.load())).run(job)
  }

  async load(): Promise<Action> {
    this.#loading ??= this.#open()
    this.#action = await this.#loading
    return this.#action
  }
}
