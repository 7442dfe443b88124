import { vi } from 'vitest'
import { decodeFollowUp } from '../../src/actions/follow-up.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { SANDBOX_NAMES } from '../../src/sandbox/address.ts'
import type { MnsBehaviour } from '../../src/sandbox/mns/behaviour.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { createService, type Service, type ServiceOptions } from '../../src/service.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { configFor, hiddenForMs, openSandbox } from '../support/harness.ts'
import { HurryClock } from '../support/hurry-clock.ts'

export interface StageOptions {
  /** Visibility timeout of the queue, s. Default 30. */
  readonly visibilityS?: number
  /** How the queue behaves where the vendor's pages leave it open: a consumer must survive each way. */
  readonly behaviour?: Partial<MnsBehaviour>
  readonly refuse?: (fields: Readonly<Record<string, string>>) => boolean
  /** How many times faster than in the real service instances start and stop. Default 1. */
  readonly fleetPace?: number
  /** Time of the sandbox and of the services. Default: the machine's pace, for which a slow machine is no slow service. */
  readonly clock?: Clock
}

/** What a test changes of a stage's configuration, by path. */
export type Changes = Readonly<Record<string, unknown>>

/** Waits for something that no event tells. */
export function until(condition: () => boolean, timeoutMs = 60_000): Promise<boolean> {
  return vi.waitUntil(condition, { timeout: timeoutMs, interval: 5 })
}

/** A sandbox of its own with services on it, and an eye on the one rule: nothing is deleted before it is stored. */
export class Stage {
  readonly sandbox: Sandbox
  /** Messages that were deleted before their record was stored: there must never be one. Follow-ups need not have a record. */
  readonly deletedEarly: string[] = []
  /** Message ids in the order in which their records were stored; redelivered ones again. */
  readonly stored: string[] = []
  readonly #services: Service[] = []
  readonly clock: Clock

  static async open(options: StageOptions = {}): Promise<Stage> {
    const { visibilityS = 30, behaviour = {}, refuse, fleetPace = 1, clock = new HurryClock() } = options
    const common = { visibilityS, mnsBehaviour: behaviour, fleetPace, clock }
    return new Stage(await openSandbox({ ...common, ...(refuse && { refuse }) }), clock)
  }

  private constructor(sandbox: Sandbox, clock: Clock) {
    this.sandbox = sandbox
    this.clock = clock
    const ids = new Set<string>()
    sandbox.sls.onPut(({ logs }) => {
      for (const { fields } of logs) {
        ids.add(fields['message_id'] ?? '')
        this.stored.push(fields['message_id'] ?? '')
      }
    })
    sandbox.mns.onDelete(({ id, body }) => {
      if (!ids.has(id) && decodeFollowUp(body) === undefined) this.deletedEarly.push(id)
    })
  }

  /** Starts a service on the sandbox, with quick answers to everything that is not what a test is about. */
  start(changes: Changes = {}, options: Partial<Omit<ServiceOptions, 'config'>> = {}): Service {
    const config = configFor(this.sandbox, {
      'queue.waitSeconds': 1,
      'queue.visibility': '30s',
      'logstore.batch.linger': '50ms',
      'logstore.breaker.resetAfter': '200ms',
      ...changes
    })
    const service = createService({ config, log: silentLog, clock: this.clock, ...options })
    this.#services.push(service)
    return service
  }

  /** Messages on the queue, by state. */
  get queue(): { visible: number; invisible: number; all: number } {
    const { visible, invisible, delayed } = this.sandbox.mns.stats(SANDBOX_NAMES.queue)
    return { visible, invisible, all: visible + invisible + delayed }
  }

  /** How long it takes by itself until every message can be received, ms: 0 when all are visible. */
  get hiddenForMs(): number {
    return hiddenForMs(this.sandbox, { clock: this.clock })
  }

  /** Resolves when every message was deleted. */
  async drained(timeoutMs = 60_000): Promise<void> {
    await this.sandbox.mns.waitFor(() => this.queue.all === 0, { timeoutMs })
  }

  /** Hits of a fault so far. */
  hits(operation: string, kind: string): number {
    return this.sandbox.faults.hits.get(`${operation}:${kind}`) ?? 0
  }

  /** The trouble ends; every service stops; the sandbox closes. */
  async close(): Promise<void> {
    this.sandbox.faults.clear()
    await Promise.all(this.#services.map((service) => service.stop()))
    await this.sandbox.close()
  }
}
