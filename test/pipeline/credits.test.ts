import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Credit, Credits } from '../../src/pipeline/credits.ts'
import { settle } from '../support/manual-clock.ts'

const LIMIT: Credit = { messages: 8, bytes: 100 }
const NEVER = new AbortController().signal

type Step =
  | { readonly do: 'take'; readonly credit: Credit; readonly urgent: boolean }
  | { readonly do: 'give' | 'abort'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('take' as const),
    credit: fc.record({
      messages: fc.integer({ min: 1, max: LIMIT.messages }),
      bytes: fc.integer({ min: 0, max: LIMIT.bytes })
    }),
    urgent: fc.boolean()
  }),
  fc.record({ do: fc.constantFrom('give' as const, 'abort' as const), which: fc.nat() })
)

interface Request {
  readonly credit: Credit
  readonly urgent: boolean
  readonly leave: AbortController
  outcome: 'waiting' | 'granted' | 'left' | 'given'
}

/** The rules in their plainest form: the line is sorted anew at every question. */
class Model {
  readonly requests: Request[] = []

  get inUse(): Credit {
    const held = this.requests.filter(({ outcome }) => outcome === 'granted')
    return {
      messages: held.reduce((sum, { credit }) => sum + credit.messages, 0),
      bytes: held.reduce((sum, { credit }) => sum + credit.bytes, 0)
    }
  }

  get line(): Request[] {
    const waiting = this.requests.filter(({ outcome }) => outcome === 'waiting')
    return [...waiting.filter(({ urgent }) => urgent), ...waiting.filter(({ urgent }) => !urgent)]
  }

  /** Whoever stands first is served while it fits; nobody overtakes it. */
  serve(): void {
    for (const request of this.line) {
      const { messages, bytes } = this.inUse
      if (messages + request.credit.messages > LIMIT.messages || bytes + request.credit.bytes > LIMIT.bytes) return
      request.outcome = 'granted'
    }
  }
}

/** The same requests in the model and in the real thing. */
class Run {
  readonly model = new Model()
  readonly credits = new Credits(LIMIT)
  /** By request: what the real one answered so far. */
  readonly answers: Array<boolean | undefined> = []

  async take(credit: Credit, urgent: boolean): Promise<void> {
    const leave = new AbortController()
    const at = this.model.requests.push({ credit, urgent, leave, outcome: 'waiting' }) - 1
    this.answers[at] = undefined
    void this.credits.take(credit, { urgent, signal: leave.signal }).then((granted) => {
      this.answers[at] = granted
    })
    this.model.serve()
    await this.compare()
  }

  async apply(one: Step): Promise<void> {
    if (one.do === 'take') return this.take(one.credit, one.urgent)
    const wanted = one.do === 'give' ? 'granted' : 'waiting'
    const candidates = this.model.requests.filter(({ outcome }) => outcome === wanted)
    const request = candidates[one.which % candidates.length]
    if (request === undefined) return
    request.outcome = one.do === 'give' ? 'given' : 'left'
    this.model.serve()
    if (one.do === 'give') this.credits.give(request.credit)
    else request.leave.abort()
    await this.compare()
  }

  async compare(): Promise<void> {
    await settle()
    const { requests, inUse, line } = this.model
    const expected = requests.map(({ outcome }) => (outcome === 'waiting' ? undefined : outcome !== 'left'))
    expect(this.answers).toEqual(expected)
    expect(this.credits.inUse).toEqual(inUse)
    expect(this.credits.starved).toBe(line.length > 0)
    expect(inUse.messages).toBeLessThanOrEqual(LIMIT.messages)
    expect(inUse.bytes).toBeLessThanOrEqual(LIMIT.bytes)
  }

  /** Everything given back, one after the other: whoever still waits must get its turn. */
  async finish(): Promise<void> {
    for (let left = this.model.requests.length; left > 0; left--) await this.apply({ do: 'give', which: 0 })
    expect(this.model.line).toEqual([])
    expect(this.credits.inUse).toEqual({ messages: 0, bytes: 0 })
  }
}

describe('credits', () => {
  test('serves as the naive model does, never over the limit, and everybody in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const run = new Run()
        for (const one of steps) await run.apply(one)
        await run.finish()
      }),
      { numRuns: 300 }
    )
  })

  test('urgent waiters go before those that came earlier', async () => {
    const credits = new Credits(LIMIT)
    const served: string[] = []
    await credits.take(LIMIT, { urgent: false, signal: NEVER })
    for (const [name, urgent] of [
      ['first', false],
      ['second', true],
      ['third', true]
    ] as const) {
      void credits.take(LIMIT, { urgent, signal: NEVER }).then(() => served.push(name))
    }
    for (let left = 3; left > 0; left--) {
      credits.give(LIMIT)
      await settle()
    }
    expect(served).toEqual(['second', 'third', 'first'])
  })

  test('tells that somebody waits, once for each who does', async () => {
    const credits = new Credits(LIMIT)
    let starved = 0
    credits.onStarved = () => {
      starved += 1
    }
    await credits.take(LIMIT, { urgent: false, signal: NEVER })
    expect(starved).toBe(0)
    const leave = new AbortController()
    const waiting = [1, 2].map(() => credits.take(LIMIT, { urgent: false, signal: leave.signal }))
    expect(starved).toBe(2)
    leave.abort()
    expect(await Promise.all(waiting)).toEqual([false, false])
  })

  test('takes nothing for a signal that has aborted before', async () => {
    const credits = new Credits(LIMIT)
    expect(await credits.take(LIMIT, { urgent: true, signal: AbortSignal.abort() })).toBe(false)
    expect(credits.inUse).toEqual({ messages: 0, bytes: 0 })
  })
})

test('a part of the bound is for urgent requests alone', async () => {
  const credits = new Credits({ messages: 10, bytes: 1_000 }, { messages: 3, bytes: 0 })
  const { signal } = new AbortController()
  const granted: string[] = []
  const take = (name: string, urgent: boolean): void => {
    void credits.take({ messages: 1, bytes: 1 }, { urgent, signal }).then(() => granted.push(name))
  }
  for (let n = 0; n < 8; n += 1) take(`usual-${n}`, false)
  await settle()
  expect(granted).toHaveLength(7)
  for (let n = 0; n < 4; n += 1) take(`urgent-${n}`, true)
  await settle()
  expect(granted.slice(7)).toEqual(['urgent-0', 'urgent-1', 'urgent-2'])
  // What comes free goes to the urgent one first, and to the others only above the part that is kept.
  credits.give({ messages: 1, bytes: 1 })
  await settle()
  expect(granted.at(-1)).toBe('urgent-3')
  credits.give({ messages: 3, bytes: 3 })
  await settle()
  expect(granted).toHaveLength(11)
  credits.give({ messages: 1, bytes: 1 })
  await settle()
  expect(granted.at(-1)).toBe('usual-7')
})
