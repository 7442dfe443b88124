import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Breaker, type BreakerState } from '../../src/lib/breaker.ts'

type Outcome = 'good' | 'refused' | 'fault'

const RESET_MS = 5_000

let breaker: Breaker
let changes: BreakerState[]

beforeEach(() => {
  vi.useFakeTimers()
  breaker = new Breaker({ name: 'dependency', resetMs: RESET_MS })
  changes = []
  breaker.onChange((state) => changes.push(state))
})

afterEach(() => {
  breaker.close()
  vi.useRealTimers()
})

/** One call whose outcome is known at once. */
function call(outcome: Outcome): Promise<Outcome | undefined> {
  return breaker.call(
    async () => outcome,
    (answer) => answer === 'fault'
  )
}

/** A call under way, and the way to answer it. */
function start(): { answer: (outcome: Outcome) => Promise<Outcome | undefined> } {
  let resolve: (outcome: Outcome) => void = () => undefined
  const answered = new Promise<Outcome>((settle) => {
    resolve = settle
  })
  const result = breaker.call(
    () => answered,
    (answer) => answer === 'fault'
  )
  return {
    answer: (outcome) => {
      resolve(outcome)
      return result
    }
  }
}

async function closed(): Promise<void> {
  await call('good')
  changes.length = 0
}

describe('half-open', () => {
  test('is how it starts: a dependency that was never reached has to prove itself', () => {
    expect(breaker).toMatchObject({ state: 'half-open', permits: true, name: 'dependency' })
  })

  test('is not how it starts when it is told so: many first calls at once go through', async () => {
    const closed = new Breaker({ name: 'dependency', resetMs: RESET_MS, initially: 'closed' })
    expect(closed).toMatchObject({ state: 'closed', permits: true })
    const calls = Array.from({ length: 4 }, (_, call) =>
      closed.call(
        async () => call,
        () => false
      )
    )
    expect(await Promise.all(calls)).toEqual([0, 1, 2, 3])
    closed.close()
  })

  test('lets one probe through, and refuses the rest until it is answered', async () => {
    const probe = start()
    expect(breaker.permits).toBe(false)
    expect(await call('good')).toBeUndefined()
    expect(await probe.answer('good')).toBe('good')
    expect(breaker).toMatchObject({ state: 'closed', permits: true })
    expect(changes).toEqual(['closed'])
  })

  test('a failed probe opens it, however few calls there were', async () => {
    expect(await call('fault')).toBe('fault')
    expect(breaker).toMatchObject({ state: 'open', permits: false })
  })

  test('a probe that the dependency refused closes it: it does answer', async () => {
    expect(await call('refused')).toBe('refused')
    expect(breaker.state).toBe('closed')
  })

  test('a probe that throws opens it, and the exception comes through', async () => {
    const broken = breaker.call(
      async () => {
        throw new TypeError('a bug')
      },
      () => false
    )
    await expect(broken).rejects.toThrow(new TypeError('a bug'))
    expect(breaker.state).toBe('open')
  })
})

describe('closed', () => {
  beforeEach(closed)

  test('opens when more than half of at least three calls failed', async () => {
    await call('fault')
    expect(breaker.state).toBe('closed')
    await call('fault')
    expect(breaker.state).toBe('open')
    expect(changes).toEqual(['open'])
  })

  test('stays closed while half of the calls or more are good', async () => {
    for (let round = 0; round < 20; round++) {
      await call('good')
      await call('fault')
    }
    expect(breaker.state).toBe('closed')
  })

  test('refused outcomes do not count as failures', async () => {
    for (let round = 0; round < 50; round++) expect(await call('refused')).toBe('refused')
    expect(breaker.state).toBe('closed')
  })

  test('forgets failures that are older than its window', async () => {
    await call('fault')
    await vi.advanceTimersByTimeAsync(11_000)
    await call('good')
    await call('good')
    await call('fault')
    expect(breaker.state).toBe('closed')
  })

  test('trip() opens it at once, once', () => {
    breaker.trip()
    breaker.trip()
    expect(breaker).toMatchObject({ state: 'open', permits: false })
    expect(changes).toEqual(['open'])
  })
})

describe('open', () => {
  beforeEach(async () => {
    await closed()
    breaker.trip()
  })

  test('makes no call', async () => {
    const work = vi.fn(async () => 'good')
    expect(await breaker.call(work, () => false)).toBeUndefined()
    expect(work).not.toHaveBeenCalled()
  })

  test('is half-open after its reset time and not before, and closes when the probe is good', async () => {
    await vi.advanceTimersByTimeAsync(RESET_MS - 1)
    expect(breaker.state).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    expect(breaker).toMatchObject({ state: 'half-open', permits: true })
    await call('good')
    expect(changes).toEqual(['open', 'half-open', 'closed'])
  })

  test('opens again for the whole reset time when the probe failed', async () => {
    await vi.advanceTimersByTimeAsync(RESET_MS)
    await call('fault')
    await vi.advanceTimersByTimeAsync(RESET_MS - 1)
    expect(breaker.state).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    expect(changes).toEqual(['open', 'half-open', 'open', 'half-open'])
  })

  test('calls that it did not make are not counted as good ones', async () => {
    for (let round = 0; round < 100; round++) await call('good')
    await vi.advanceTimersByTimeAsync(RESET_MS)
    await call('good')
    for (let round = 0; round < 3; round++) await call('fault')
    expect(breaker.state).toBe('open')
  })
})

describe('late answers, of calls that were under way when it opened', () => {
  beforeEach(closed)

  test('good or not, they come through and leave it open', async () => {
    const calls = [start(), start()]
    breaker.trip()
    expect(await calls[0]?.answer('good')).toBe('good')
    expect(await calls[1]?.answer('fault')).toBe('fault')
    expect(breaker.state).toBe('open')
    expect(changes).toEqual(['open'])
  })

  test('a failed one during the probe opens it; the good probe comes through all the same', async () => {
    const late = start()
    breaker.trip()
    await vi.advanceTimersByTimeAsync(RESET_MS)
    const probe = start()
    await late.answer('fault')
    expect(breaker).toMatchObject({ state: 'open', permits: false })
    expect(await probe.answer('good')).toBe('good')
    await vi.advanceTimersByTimeAsync(RESET_MS)
    expect(breaker).toMatchObject({ state: 'half-open', permits: true })
  })
})

describe('close()', () => {
  test('leaves no timer, in any state and after late answers', async () => {
    await closed()
    const late = start()
    breaker.trip()
    expect(vi.getTimerCount()).toBeGreaterThan(0)
    breaker.close()
    expect(await late.answer('fault')).toBe('fault')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('makes no call afterwards', async () => {
    breaker.close()
    expect(breaker.permits).toBe(false)
    expect(await call('good')).toBeUndefined()
  })
})
