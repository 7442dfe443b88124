import { describe, expect, it } from 'vitest'
import { decode } from '../../../src/events/decode.ts'
import { createFleet } from '../../../src/sandbox/fleet/fleet.ts'

const START = Date.UTC(2026, 0, 5)

/** Two programs that share no code agree on what the messages mean: the simulation that writes them, the product that reads. */
describe("the fleet's messages as the product reads them", () => {
  const fleet = createFleet({
    seed: 31,
    startMs: START,
    size: 80,
    recoverAfterMs: 3_600_000,
    noise: { duplicateRate: 0.1 }
  })
  const messages = [...fleet.advance(START + 24 * 3_600_000), ...fleet.flush()]
  const truth = new Map(fleet.truth().events.map((event) => [event.key, event]))
  const read = messages.map((message) => ({
    message,
    decoded: decode(message.body, { messageId: String(message.number) })
  }))

  it('all can be decoded', () => {
    expect(read.filter(({ decoded }) => decoded.kind !== 'event').map(({ message }) => message.body)).toEqual([])
  })

  it('tell the instance, the time, the region and the state that the truth has', () => {
    const shows = new Set(['state', 'interruption', 'maintenance', 'failure'])
    for (const { message, decoded } of read) {
      const event = truth.get(message.key)
      if (event === undefined || decoded.kind !== 'event') continue
      const { event: told } = decoded
      expect(told.timeMs).toBe(event.toldMs)
      expect(told.regionId).toBe(event.regionId)
      expect(told.accountId).toBe(event.accountId)
      expect(told.test).toBe(false)
      if (shows.has(event.kind)) expect(told.instanceId).toBe(event.instanceId)
      expect(told.state).toBe(event.kind === 'state' ? event.detail : '')
    }
  })

  it('have as many event keys as there were events, repetitions or not', () => {
    const keys = new Set(
      read
        .filter(({ message }) => truth.has(message.key))
        .map(({ decoded }) => (decoded.kind === 'event' ? decoded.event.eventKey : ''))
    )
    expect(keys.size).toBe(truth.size)
  })

  it('debug events are known as such', () => {
    const debug = read.filter(({ message }) => message.kind === 'debug')
    expect(debug.length).toBeGreaterThan(0)
    for (const { decoded } of debug) expect(decoded).toMatchObject({ kind: 'event', event: { test: true } })
  })
})
