import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Delivery } from '../../src/pipeline/delivery.ts'
import { VisibilityKeeper } from '../../src/pipeline/visibility-keeper.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { delivery } from './deliveries.ts'

const VISIBILITY_MS = 8_000
const NAMES = ['a', 'b', 'c', 'd'] as const

type Step =
  | { readonly do: 'keep'; readonly which: number; readonly dueInMs: number; readonly visibilityMs: number }
  | { readonly do: 'drop' | 'extending' | 'extended'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number }

const which = fc.nat({ max: NAMES.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('keep' as const),
    ...{ which, dueInMs: fc.integer({ min: 0, max: 9_000 }) },
    visibilityMs: fc.constantFrom(VISIBILITY_MS, VISIBILITY_MS, 4_000, 1_000, 20_000)
  }),
  fc.record({ do: fc.constantFrom('drop' as const, 'extending' as const, 'extended' as const), which }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 5_000 }) })
)

/** The keeper's rule, word for word: while it keeps anything it looks eight times per shortest visibility timeout that it knows. */
class NaiveKeeper {
  readonly due: string[] = []
  readonly held: Delivery[] = []
  #nowMs = 0
  #visibilityMs = VISIBILITY_MS
  #nextLookMs = Number.POSITIVE_INFINITY

  keep(one: Delivery, visibilityMs: number): void {
    const first = this.held.length === 0
    if (!this.held.includes(one)) this.held.push(one)
    if (visibilityMs < this.#visibilityMs) {
      this.#visibilityMs = visibilityMs
      this.#nextLookMs = this.#nowMs + visibilityMs / 8
    } else if (first) this.#nextLookMs = this.#nowMs + this.#visibilityMs / 8
  }

  drop(one: Delivery): void {
    const at = this.held.indexOf(one)
    if (at >= 0) this.held.splice(at, 1)
    if (this.held.length === 0) this.#nextLookMs = Number.POSITIVE_INFINITY
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms
    while (this.#nextLookMs <= endMs) {
      this.#nowMs = this.#nextLookMs
      this.#nextLookMs += this.#visibilityMs / 8
      for (const { message, extendAtMs, extending } of this.held) {
        if (extendAtMs <= this.#nowMs && extending === undefined)
          this.due.push(`${message.messageId} at ${this.#nowMs}`)
      }
    }
    this.#nowMs = endMs
  }
}

test('tells of the same deliveries at the same moments as the naive model, and has a timer only while it keeps any', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new ManualClock()
      const due: string[] = []
      const onDue = ({ message }: Delivery): number => due.push(`${message.messageId} at ${clock.elapsed()}`)
      const keeper = new VisibilityKeeper({ clock, visibilityMs: VISIBILITY_MS, onDue })
      const model = new NaiveKeeper()
      const deliveries = NAMES.map((name) => delivery(name))
      for (const one of steps) {
        if (one.do === 'pass') {
          await clock.advance(one.ms)
          model.pass(one.ms)
        } else await apply(one, deliveries, { keeper, model, clock })
        // In which order is nobody's business.
        expect([...due].sort()).toEqual([...model.due].sort())
        expect(namesOf(keeper.held())).toEqual(namesOf(model.held))
        expect(clock.pending).toBe(keeper.size === 0 ? 0 : 1)
      }
    }),
    { numRuns: 150 }
  )
})

function namesOf(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ message }) => message.messageId).sort()
}

async function apply(
  one: Exclude<Step, { do: 'pass' }>,
  deliveries: readonly Delivery[],
  { keeper, model, clock }: { keeper: VisibilityKeeper; model: NaiveKeeper; clock: ManualClock }
): Promise<void> {
  const chosen = deliveries[one.which]
  if (chosen === undefined) return
  switch (one.do) {
    case 'keep':
      chosen.extendAtMs = clock.elapsed() + one.dueInMs
      keeper.keep(chosen, one.visibilityMs)
      return model.keep(chosen, one.visibilityMs)
    case 'drop':
      keeper.drop(chosen)
      return model.drop(chosen)
    case 'extending':
      chosen.extending = new Promise(() => undefined)
      return
    case 'extended':
      chosen.extending = undefined
  }
}
