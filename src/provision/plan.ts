import PQueue from 'p-queue'
import type { Fault } from '../cloud/fault.ts'
import type { Administration, Reading } from './administration.ts'
import type { Comparison, Document, Resource } from './resource.ts'

/** What setup would do with one resource. */
export type Step =
  | { readonly kind: 'create'; readonly resource: Resource }
  | {
      readonly kind: 'update'
      readonly resource: Resource
      readonly actual: Document
      readonly comparison: Comparison
    }
  | { readonly kind: 'keep'; readonly resource: Resource; readonly comparison: Comparison }
  | { readonly kind: 'unreadable'; readonly resource: Resource; readonly fault: Fault }

export type Plan =
  | { readonly kind: 'plan'; readonly steps: readonly Step[] }
  | { readonly kind: 'no-project'; readonly fault: Fault }
  /** Nothing can be read at all: the service is out of reach, or refuses the key. */
  | { readonly kind: 'no-access'; readonly fault: Fault }

/** Reads at a time: the service allows few metadata calls a second. */
const PARALLEL_READS = 4

/** Compares what is in the project with what should be, one step a resource, in their order. Changes nothing. */
export async function makePlan(resources: readonly Resource[], administration: Administration): Promise<Plan> {
  const [first, ...rest] = resources
  if (first === undefined) return { kind: 'plan', steps: [] }
  const reading = await administration.read(first)
  if (reading.kind === 'absent' && /^ProjectNotExists?$/.test(reading.fault.code)) {
    return { kind: 'no-project', fault: reading.fault }
  }
  if (reading.kind === 'failed' && !isDenied(reading.fault)) return { kind: 'no-access', fault: reading.fault }
  const queue = new PQueue({ concurrency: PARALLEL_READS })
  const others = await queue.addAll(
    rest.map((resource) => async () => stepOf(resource, await administration.read(resource)))
  )
  return { kind: 'plan', steps: [stepOf(first, reading), ...others] }
}

/** What a reading asks for. */
export function stepOf(resource: Resource, reading: Reading): Step {
  switch (reading.kind) {
    case 'absent':
      return { kind: 'create', resource }
    case 'failed':
      return { kind: 'unreadable', resource, fault: reading.fault }
    case 'found': {
      const { actual } = reading
      const comparison = resource.compare(actual)
      const kind = comparison.changes.length > 0 ? 'update' : 'keep'
      return { kind, resource, actual, comparison }
    }
  }
}

/** True when a resource is not as it should be, whether setup can mend it or not. */
export function isDrift(step: Step): boolean {
  return step.kind !== 'keep' || step.comparison.obstacles.length > 0
}

/** True when the key is good and lacks a permission (SLS "Common error codes"). */
export function isDenied({ class: cls, code }: Fault): boolean {
  return cls === 'credentials' && code === 'Unauthorized'
}
