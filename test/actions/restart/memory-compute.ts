import type { ApiFailure, ApiOutcome, CallLimits } from '../../../src/cloud/api-outcome.ts'
import type { Compute, Instance, RunRequest } from '../../../src/cloud/compute.ts'
import type { Clock } from '../../../src/lib/clock.ts'

/** What becomes of a start that ECS accepts: it runs, it falls back to Stopped, or it runs and crashes soon after. */
export type StartFate = 'runs' | 'fails' | 'crashes'

/** One region of ECS: states change as ECS documents it, and each change is announced. */
export class MemoryCompute implements Compute {
  readonly instances = new Map<string, Instance>()
  /** Starts that ECS carried out. */
  readonly started: string[] = []
  readonly calls = { describe: 0, start: 0, count: 0 }
  /** Answers of the next start calls; after them, and for `undefined`, ECS decides. */
  readonly startAnswers: Array<ApiFailure | undefined> = []
  /** What becomes of the next starts; then all run. */
  readonly fates: StartFate[] = []
  /** From a start to what becomes of it, and from then to the crash, ms. */
  readonly pace = { bootMs: 20_000, crashMs: 30_000 }
  /** What a call waits for, before it is carried out and after. */
  pause: () => Promise<void> = async () => undefined
  /** While set, every call is answered with it. */
  down: ApiFailure | undefined
  /** The next start is carried out, and its answer never comes. */
  swallowNextAnswer = false
  readonly #clock: Clock
  readonly #announce: (instanceId: string, state: string) => void

  constructor(clock: Clock, announce: (instanceId: string, state: string) => void) {
    this.#clock = clock
    this.#announce = announce
  }

  change(instanceId: string, given: Partial<Instance>): void {
    const instance = this.instances.get(instanceId)
    if (instance === undefined) throw new Error(`no instance ${instanceId}`)
    this.instances.set(instanceId, { ...instance, ...given })
  }

  /** An instance goes down or comes up, and CloudMonitor tells. */
  become(instanceId: string, status: string): void {
    if (!this.instances.has(instanceId)) return
    this.change(instanceId, { status })
    this.#announce(instanceId, status)
  }

  async describe(instanceId: string, _limits: CallLimits): Promise<ApiOutcome<Instance | undefined>> {
    this.calls.describe += 1
    await this.pause()
    return this.down ?? { kind: 'done', value: this.instances.get(instanceId) }
  }

  async findByTags(): Promise<ApiOutcome<readonly Instance[]>> {
    throw new Error('a restart looks for nothing')
  }

  async count(_limits: CallLimits): Promise<ApiOutcome<number>> {
    this.calls.count += 1
    return this.down ?? { kind: 'done', value: this.instances.size }
  }

  async start(instanceId: string, _limits: CallLimits): Promise<ApiOutcome<void>> {
    this.calls.start += 1
    await this.pause()
    const answer = this.#carryOut(instanceId)
    await this.pause()
    return answer
  }

  #carryOut(instanceId: string): ApiOutcome<void> | Promise<ApiOutcome<void>> {
    const answer = this.down ?? this.startAnswers.shift()
    if (answer !== undefined && answer.kind !== 'unknown') return answer
    const instance = this.instances.get(instanceId)
    if (instance === undefined) return failure('refused', 'InvalidInstanceId.NotFound')
    if (/^(Running|Starting)$/.test(instance.status)) return { kind: 'already', fault: failure('busy', 'x').fault }
    if (instance.status !== 'Stopped') return failure('busy', 'IncorrectInstanceStatus')
    if (instance.locks.length > 0) return failure('refused', 'InstanceLockedForSecurity')
    this.#boot(instanceId)
    if (this.swallowNextAnswer) {
      this.swallowNextAnswer = false
      return new Promise(() => undefined)
    }
    return answer ?? { kind: 'done', value: undefined }
  }

  async run(_request: RunRequest): Promise<ApiOutcome<{ readonly instanceId: string }>> {
    throw new Error('a restart buys nothing')
  }

  async tag(): Promise<ApiOutcome<void>> {
    throw new Error('a restart tags nothing')
  }

  #boot(instanceId: string): void {
    const fate = this.fates.shift() ?? 'runs'
    const { bootMs, crashMs } = this.pace
    this.started.push(instanceId)
    this.become(instanceId, 'Starting')
    this.#clock.after(bootMs, () => this.become(instanceId, fate === 'fails' ? 'Stopped' : 'Running'))
    if (fate === 'crashes') this.#clock.after(bootMs + crashMs, () => this.become(instanceId, 'Stopped'))
  }
}

export function failure(kind: ApiFailure['kind'], code: string): ApiFailure {
  const classes = { busy: 'rejected', refused: 'rejected', throttled: 'throttled' } as const
  const faultClass = kind === 'unavailable' || kind === 'unknown' ? 'unavailable' : classes[kind]
  return { kind, fault: { class: faultClass, code, status: 403, message: 'ECS said so', requestId: 'R-1' } }
}
