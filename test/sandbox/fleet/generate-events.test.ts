import { describe, expect, it } from 'vitest'
import { generateEvents } from '../../../src/sandbox/fleet/generate-events.ts'
import { readMessage } from './read-message.ts'

const START = Date.UTC(2026, 0, 5)

describe('generateEvents', () => {
  it.each([0, 1, 17, 20_000])('makes exactly %i messages, every one another event', (count) => {
    const bodies = [...generateEvents({ seed: 9, count, startMs: START })]
    expect(bodies).toHaveLength(count)
    const identities = bodies.map(readMessage).map(({ id, name, detail, atMs }) => `${id}|${name}|${detail}|${atMs}`)
    expect(new Set(identities).size).toBe(count)
  })

  it('makes bodies of 600 to 800 bytes on average, within a day of virtual time, mostly state changes', () => {
    const bodies = [...generateEvents({ seed: 10, count: 20_000, startMs: START })]
    const mean = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) / bodies.length
    expect(mean).toBeGreaterThan(600)
    expect(mean).toBeLessThan(800)
    const told = bodies.map(readMessage)
    expect(Math.max(...told.map(({ atMs }) => atMs))).toBeLessThan(START + 24 * 3_600_000)
    const changes = told.filter(({ name }) => name === 'Instance:StateChange').length / told.length
    expect(changes).toBeGreaterThan(0.5)
    expect(changes).toBeLessThan(0.9)
  })

  it('is the same for a seed, and repeats messages only when asked', () => {
    const make = (seed: number, duplicateRate: number) => [
      ...generateEvents({ seed, count: 500, startMs: START, noise: { duplicateRate } })
    ]
    expect(make(1, 0)).toEqual(make(1, 0))
    expect(make(1, 0)).not.toEqual(make(2, 0))
    const repeated = make(1, 0.3)
    expect(repeated).toHaveLength(500)
    expect(new Set(repeated).size).toBeLessThan(450)
  })

  it('says so when a fleet of these options falls silent', () => {
    const silent = generateEvents({ seed: 1, count: 5, startMs: START, size: 0 })
    expect(() => [...silent]).toThrow(/silent after 0/)
  })
})
