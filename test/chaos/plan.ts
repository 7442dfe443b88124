import { Chance } from '../../src/sandbox/fleet/chance.ts'
import type { MnsBehaviour } from '../../src/sandbox/mns/behaviour.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import { drawFaults } from './draw-faults.ts'
import type { Fault } from './fault.ts'

/** What may be asked of a trial beside its seed. */
export interface PlanOptions {
  readonly seed: number
  /** How long faults go on. */
  readonly seconds: number
  /** Faults that begin in a second, on average. */
  readonly density: number
  /** Only faults whose group or name begins with one of these; empty: all. */
  readonly only: readonly string[]
  /** Only the faults of these numbers; empty: all. */
  readonly numbers: readonly number[]
  /** Messages a second; 0: drawn. */
  readonly rate: number
  /** Processes; 0: drawn. */
  readonly replicas: number
}

/** Everything that a seed decides. */
export interface Plan {
  readonly seed: number
  readonly durationMs: number
  readonly replicas: number
  /** Restart, drain and replace are switched on. */
  readonly actions: boolean
  /** Notices go to a queue of their own. */
  readonly urgentQueue: boolean
  /** Credentials come from a provider, and expire when a fault says so. */
  readonly expiring: boolean
  /** At the end the batch form is run, too. */
  readonly batchForm: boolean
  readonly rate: number
  readonly visibilityS: number
  readonly behaviour: Partial<MnsBehaviour>
  /** Options of the service, by path. */
  readonly config: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
}

/** Drawn from: fewer processes meet more of the faults. */
const REPLICAS = [1, 1, 1, 1, 2, 2, 3, 4]

/** The trial of a seed: the same options give the same plan. */
export function makePlan(options: PlanOptions): Plan {
  const chance = new Chance(seededRandom(options.seed))
  const durationMs = options.seconds * 1_000
  const drawn = chance.pick(REPLICAS)
  const shape = {
    seed: options.seed,
    durationMs,
    replicas: options.replicas === 0 ? drawn : options.replicas,
    actions: chance.happens(0.3),
    urgentQueue: chance.happens(0.3),
    expiring: chance.happens(0.3),
    batchForm: chance.happens(0.2),
    visibilityS: chance.between(6, 10),
    behaviour: drawBehaviour(chance),
    config: drawConfig(chance)
  }
  const rate = chance.between(15, 60)
  const all = drawFaults(chance, { ...shape, density: options.density, only: options.only })
  const faults = options.numbers.length === 0 ? all : all.filter(({ number }) => options.numbers.includes(number))
  return { ...shape, rate: options.rate === 0 ? rate : options.rate, faults }
}

/** The settings of the sandbox's queue that the vendor's pages leave open. */
function drawBehaviour(chance: Chance): Partial<MnsBehaviour> {
  return {
    supersededHandle: chance.pick(['refused', 'accepted']),
    expiredHandle: chance.pick(['ReceiptHandleError', 'MessageNotExist']),
    slices: chance.pick([1, 1, 3]),
    maxConcurrentPolls: chance.pick([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 3]),
    consumeOnDeadPoll: chance.happens(0.3),
    skewStatus: chance.pick([400, 408])
  }
}

function drawConfig(chance: Chance): Plan['config'] {
  return {
    'queue.waitSeconds': chance.between(1, 2),
    'queue.receivers': chance.pick([1, 2, 4]),
    'logstore.timeout': `${chance.between(2, 5)}s`,
    'logstore.puts': chance.pick([1, 2, 8]),
    'logstore.batch.linger': `${chance.pick([20, 100, 500])}ms`,
    'logstore.batch.maxCount': chance.pick([4, 16, 100, 4_096]),
    'logstore.breaker.resetAfter': `${chance.pick([200, 500, 1_000])}ms`,
    'limits.maxMessages': chance.pick([64, 512, 4_096]),
    'shutdown.grace': `${chance.between(6, 10)}s`
  }
}
