import { describe, expect, it } from 'vitest'
import { createDemoFleet } from '../../../src/sandbox/fleet/demo-fleet.ts'
import { createFleet } from '../../../src/sandbox/fleet/fleet.ts'
import { NO_NOISE } from '../../../src/sandbox/fleet/options.ts'
import { createQuietFleet } from '../../../src/sandbox/fleet/quiet-fleet.ts'
import { runFleet } from '../../../src/sandbox/fleet/run-fleet.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { groupBy } from './group-by.ts'
import { HandClock } from './hand-clock.ts'
import { readMessage, type Told } from './read-message.ts'

const NOW = Date.UTC(2026, 0, 5, 12)
const HOUR = 3_600_000

/** Runs a fleet by hand until the clock has gone on by `realMs`, and gives what was sent and when. */
async function run(fleet: ReturnType<typeof createFleet>, realMs: number, speed?: number) {
  const clock = new HandClock(NOW)
  const stop = new AbortController()
  clock.onSleep = () => {
    if (clock.now() >= NOW + realMs) stop.abort()
  }
  const batches: Array<{ atMs: number; bodies: string[] }> = []
  const send = async (bodies: string[]) => void batches.push({ atMs: clock.now(), bodies })
  await runFleet(fleet, { send, clock, signal: stop.signal, ...(speed === undefined ? {} : { speed }) })
  return batches
}

describe('runFleet', () => {
  it('sends what is due in batches of at most 16, in order', async () => {
    const options = { seed: 4, startMs: NOW - 6 * HOUR, size: 20, noise: NO_NOISE }
    const batches = await run(createFleet(options), 1_000, Number.POSITIVE_INFINITY)
    expect(Math.max(...batches.map(({ bodies }) => bodies.length))).toBe(16)
    const sent = batches.flatMap(({ bodies }) => bodies)
    const due = createFleet(options).advance(NOW + 1_000)
    expect(sent).toEqual(due.map(({ body }) => body))
  })

  it('lets virtual time run at its speed until it has caught up, then at real pace', async () => {
    const fleet = createFleet({ seed: 4, startMs: NOW - HOUR, size: 20, noise: NO_NOISE })
    await run(fleet, 10_000, 60)
    const due = NOW - HOUR + 60 * 10_000
    expect(Math.abs(fleet.nowMs - due)).toBeLessThan(60 * 1_000)
    const caughtUp = createFleet({ seed: 4, startMs: NOW - HOUR, size: 20, noise: NO_NOISE })
    await run(caughtUp, 90_000, 60)
    expect(Math.abs(caughtUp.nowMs - (NOW + 90_000))).toBeLessThan(1_000)
  })

  it('does not let time go on while the queue is slow', async () => {
    const fleet = createFleet({ seed: 4, startMs: NOW - 6 * HOUR, size: 50, noise: NO_NOISE })
    const clock = new HandClock(NOW)
    const stop = new AbortController()
    let release: () => void = () => undefined
    let pending = 0
    const send = () => {
      pending += 1
      return new Promise<void>((resolve) => {
        release = resolve
      })
    }
    const running = runFleet(fleet, { send, clock, speed: Number.POSITIVE_INFINITY, signal: stop.signal })
    await new Promise(setImmediate)
    expect(pending).toBe(1)
    expect(fleet.nowMs).toBeLessThan(NOW)
    stop.abort()
    release()
    await running
    expect(pending).toBe(1)
  })

  it('carries a command out at the wall clock’s time, and sends its events at once', async () => {
    const clock = new ManualClock(NOW)
    const fleet = createQuietFleet({ startMs: NOW, gapMs: 5 })
    fleet.setBootMs(1_000)
    const stop = new AbortController()
    const sent: string[] = []
    const send = async (bodies: string[]) => void sent.push(...bodies)
    const running = runFleet(fleet, { send, clock, speed: Number.POSITIVE_INFINITY, signal: stop.signal })
    await clock.advance(12_345)
    const { createdMs } = fleet.create()
    await settle()
    expect(createdMs).toBe(NOW + 12_345)
    expect(sent.map((body) => readMessage(body).atMs)).toEqual([createdMs])
    await clock.advance(5)
    expect(readMessage(sent[1] ?? '')).toMatchObject({ detail: 'Starting', atMs: createdMs + 5 })
    await clock.advance(999)
    expect(sent).toHaveLength(2)
    await clock.advance(1)
    expect(readMessage(sent[2] ?? '')).toMatchObject({ detail: 'Running', atMs: createdMs + 1_005 })
    stop.abort()
    await running
    expect(clock.pending).toBe(0)
  })

  it('ends with what `send` rejects with', async () => {
    const fleet = createFleet({ seed: 4, startMs: NOW - HOUR })
    const send = () => Promise.reject(new Error('queue gone'))
    const options = { send, clock: new HandClock(NOW), speed: 1_000, signal: new AbortController().signal }
    await expect(runFleet(fleet, options)).rejects.toThrow('queue gone')
  })

  it('sends nothing once aborted', async () => {
    const fleet = createFleet({ seed: 4, startMs: NOW - HOUR })
    const send = () => Promise.reject(new Error('must not be called'))
    await runFleet(fleet, { send, clock: new HandClock(NOW), signal: AbortSignal.abort() })
    expect(fleet.nowMs).toBe(NOW - HOUR)
  })
})

describe('the demo fleet', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows every kind of happening in its first 20 seconds (seed %i)', async (seed) => {
    const batches = await run(createDemoFleet({ seed, nowMs: NOW }), 20_000, Number.POSITIVE_INFINITY)
    const live = batches.flatMap(({ bodies }) => bodies.map(readOrSkip)).filter((told) => (told?.atMs ?? 0) >= NOW)
    const details = live.map((told) => told?.detail)
    for (const detail of ['Starting', 'Running', 'Stopping', 'Stopped', 'delete', 'Deleted']) {
      expect(details).toContain(detail)
    }
    expect(details.includes('Pending') || details.includes('Created')).toBe(true)
    const noticed = live.filter((told) => told?.detail === 'delete').map((told) => told?.instanceId)
    const gone = live.filter((told) => told?.detail === 'Deleted').map((told) => told?.instanceId)
    expect(noticed.some((instanceId) => gone.includes(instanceId))).toBe(true)
    expect(gone.some((instanceId) => !noticed.includes(instanceId))).toBe(true)
  })

  it('crashes an instance in every round of its story', async () => {
    const fleet = createDemoFleet({ seed: 3, nowMs: NOW })
    const bodies = (await run(fleet, 200_000, Number.POSITIVE_INFINITY)).flatMap((batch) => batch.bodies)
    const told = [...new Set(bodies)].flatMap((body) => readOrSkip(body) ?? [])
    const changes = told.filter(({ name }) => name === 'Instance:StateChange').sort((a, b) => a.atMs - b.atMs)
    const crashes = Array.from(groupBy(changes, ({ instanceId }) => instanceId).values(), (life) =>
      life.filter(({ detail }, index) => detail === 'Stopped' && life[index - 1]?.detail === 'Running')
    )
    expect(crashes.flat().filter(({ atMs }) => atMs >= NOW).length).toBeGreaterThanOrEqual(9)
  })

  it('has a past of some hours, and no event in the future', async () => {
    const batches = await run(createDemoFleet({ seed: 6, nowMs: NOW }), 60_000, Number.POSITIVE_INFINITY)
    const oldest = Math.min(...batches.flatMap(({ bodies }) => bodies.map((body) => readOrSkip(body)?.atMs ?? NOW)))
    expect(oldest).toBeLessThan(NOW - 2.5 * HOUR)
    for (const { atMs, bodies } of batches) {
      for (const body of bodies) expect(readOrSkip(body)?.atMs ?? 0).toBeLessThanOrEqual(atMs)
    }
  })

  it('stays as large as it was', async () => {
    const fleet = createDemoFleet({ seed: 7, nowMs: NOW, size: 12 })
    await run(fleet, 30 * 60_000, Number.POSITIVE_INFINITY)
    expect(fleet.list().length).toBeGreaterThan(6)
    expect(fleet.list().length).toBeLessThan(20)
  })
})

/** The event of a message; undefined for a stranger. */
function readOrSkip(body: string): Told | undefined {
  try {
    return readMessage(body)
  } catch {
    return undefined
  }
}
