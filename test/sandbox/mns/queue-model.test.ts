import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_MNS_BEHAVIOUR, type MnsBehaviour } from '../../../src/sandbox/mns/behaviour.ts'
import { Broker } from '../../../src/sandbox/mns/broker.ts'
import { DEFAULT_QUEUE_ATTRIBUTES } from '../../../src/sandbox/mns/queue-attributes.ts'
import { ManualClock } from '../manual-clock.ts'

const VISIBILITY_MS = 3_000
const RETENTION_MS = 60_000
const MAX_RECEIVES = 3

type Step =
  | { readonly do: 'send'; readonly count: number; readonly delayMs: number }
  | { readonly do: 'receive'; readonly max: number }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'extend'; readonly which: number; readonly ms: number }
  | { readonly do: 'pass'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('send'),
    count: fc.integer({ min: 1, max: 4 }),
    delayMs: fc.constantFrom(0, 0, 1_000, 7_000)
  }),
  fc.record({ do: fc.constant('receive'), max: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('delete'), which: fc.nat() }),
  fc.record({ do: fc.constant('extend'), which: fc.nat(), ms: fc.constantFrom(1_000, 5_000, 100_000) }),
  fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, 999, 1_000, 2_999, 3_000, 20_000) })
)

interface ModelMessage {
  readonly expiresAt: number
  nextVisibleAt: number
  dequeueCount: number
  /** Those that the service must take, while the message is not visible again. */
  handles: Set<string>
}

/** The queue's rules in their plainest form: every question is answered by looking at every message. */
class Model {
  readonly messages = new Map<string, ModelMessage>()
  readonly dead = new Map<string, number>()
  readonly strict: boolean
  deleted = 0

  constructor(strict: boolean) {
    this.strict = strict
  }

  /** Steps to `now` from one due moment to the next, because a message can die only once per visibility. */
  pass(now: number): void {
    for (const [id, message] of this.messages) {
      const expired = message.expiresAt <= now
      const spent = message.dequeueCount >= MAX_RECEIVES && message.nextVisibleAt <= now
      if (spent && message.nextVisibleAt < message.expiresAt) this.dead.set(id, message.expiresAt)
      if (expired || spent) this.messages.delete(id)
    }
    for (const [id, expiresAt] of this.dead) if (expiresAt <= now) this.dead.delete(id)
  }

  states(now: number) {
    const states = { visible: 0, invisible: 0, delayed: 0 }
    for (const { nextVisibleAt, dequeueCount } of this.messages.values()) {
      if (nextVisibleAt <= now) states.visible += 1
      else if (dequeueCount > 0) states.invisible += 1
      else states.delayed += 1
    }
    return states
  }

  live(handle: string, now: number): [id: string, message: ModelMessage] | undefined {
    return [...this.messages].find(([, { handles, nextVisibleAt }]) => handles.has(handle) && nextVisibleAt > now)
  }

  renew(message: ModelMessage, handle: string): void {
    message.handles = this.strict ? new Set([handle]) : message.handles.add(handle)
  }
}

class Run {
  readonly clock = new ManualClock(0)
  readonly handles: string[] = []
  readonly broker: Broker
  readonly model: Model

  constructor(behaviour: MnsBehaviour) {
    this.model = new Model(behaviour.supersededHandle === 'refused')
    this.broker = new Broker({ clock: this.clock, behaviour, state: new Map(), journalFile: undefined })
    const seconds = { visibilityTimeout: VISIBILITY_MS / 1000, messageRetentionPeriod: RETENTION_MS / 1000 }
    this.broker.createQueue('q', { ...DEFAULT_QUEUE_ATTRIBUTES, ...seconds })
    this.broker.createQueue('dead', { ...DEFAULT_QUEUE_ATTRIBUTES, ...seconds })
    this.broker.setDeadLetter('q', { target: 'dead', maxReceiveCount: MAX_RECEIVES })
  }

  async take(step: Step): Promise<void> {
    const now = this.clock.now()
    switch (step.do) {
      case 'send':
        return this.#send(step.count, step.delayMs, now)
      case 'receive':
        return this.#receive(step.max, now)
      case 'delete':
        return this.#delete(this.#handle(step.which), now)
      case 'extend':
        return this.#extend(this.#handle(step.which), step.ms, now)
      case 'pass':
        this.clock.advance(step.ms)
        return this.model.pass(this.clock.now())
      default:
        return step satisfies never
    }
  }

  check(): void {
    const { counts, totals } = this.broker.queue('q')
    expect(counts).toEqual(this.model.states(this.clock.now()))
    expect(totals.deleted).toBe(this.model.deleted)
    expect([...this.broker.queue('dead').messages()].map(({ id }) => id).sort()).toEqual(
      [...this.model.dead.keys()].sort()
    )
    expect(this.clock.pending).toBeLessThanOrEqual(1)
  }

  #send(count: number, delayMs: number, now: number): void {
    const draft = { body: 'x', delayMs, priority: 8, systemProperties: [], userProperties: [] }
    for (const { id, handle } of this.broker.send('q', Array(count).fill(draft))) {
      const handles = new Set([handle])
      this.model.messages.set(id, {
        expiresAt: now + RETENTION_MS,
        nextVisibleAt: now + delayMs,
        dequeueCount: 0,
        handles
      })
      this.handles.push(handle)
    }
  }

  async #receive(max: number, now: number): Promise<void> {
    const { visible } = this.model.states(now)
    const ask = { max, waitMs: 0, duplicate: false, signal: new AbortController().signal }
    const deliveries = await this.broker.receive('q', ask)
    expect(deliveries.length).toBe(Math.min(max, visible))
    for (const { id, handle, dequeueCount, nextVisibleAt } of deliveries) {
      const message = this.model.messages.get(id)
      if (message === undefined || message.nextVisibleAt > now) throw new Error('received what is not there to receive')
      message.dequeueCount += 1
      message.nextVisibleAt = now + VISIBILITY_MS
      message.handles = new Set([handle])
      expect({ dequeueCount, nextVisibleAt }).toEqual({
        dequeueCount: message.dequeueCount,
        nextVisibleAt: message.nextVisibleAt
      })
      this.handles.push(handle)
    }
  }

  #delete(handle: string | undefined, now: number): void {
    if (handle === undefined) return
    const live = this.model.live(handle, now)
    expect(this.broker.delete('q', [handle])).toEqual([live === undefined ? 'stale' : 'deleted'])
    if (live === undefined) return
    this.model.messages.delete(live[0])
    this.model.deleted += 1
  }

  #extend(handle: string | undefined, ms: number, now: number): void {
    if (handle === undefined) return
    const live = this.model.live(handle, now)
    const changed = this.broker.changeVisibility('q', handle, ms)
    if (live === undefined || typeof changed === 'string') {
      expect([changed, live]).toEqual(['stale', undefined])
      return
    }
    live[1].nextVisibleAt = now + ms
    this.model.renew(live[1], changed.handle)
    this.handles.push(changed.handle)
  }

  /** Any handle that was ever given out, dead or alive. */
  #handle(which: number): string | undefined {
    return this.handles[which % Math.max(1, this.handles.length)]
  }
}

test.each(['refused', 'accepted'] as const)('a queue does what its rules say, superseded handles %s', async (mode) => {
  const behaviour = { ...DEFAULT_MNS_BEHAVIOUR, supersededHandle: mode }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const run = new Run(behaviour)
      try {
        for (const step of steps) {
          await run.take(step)
          run.check()
        }
      } finally {
        run.broker.close()
      }
    }),
    { numRuns: 300 }
  )
})
