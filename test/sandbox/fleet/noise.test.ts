import { describe, expect, it } from 'vitest'
import type { FleetMessage } from '../../../src/sandbox/fleet/courier.ts'
import { createFleet } from '../../../src/sandbox/fleet/fleet.ts'
import { NO_NOISE, type Noise } from '../../../src/sandbox/fleet/options.ts'
import { groupBy } from './group-by.ts'
import { sample, shapeOf } from './read-message.ts'

const START = Date.UTC(2026, 0, 5)
const HOUR = 3_600_000

/** A day of 150 instances with only the noise that is given, and the truth about it. */
function noisy(noise: Partial<Noise>) {
  const fleet = createFleet({
    seed: 21,
    startMs: START,
    size: 150,
    recoverAfterMs: HOUR,
    noise: { ...NO_NOISE, ...noise }
  })
  const messages = [...fleet.advance(START + 24 * HOUR), ...fleet.flush()]
  return { messages, truth: fleet.truth() }
}

function delays(messages: readonly FleetMessage[], atMs: ReadonlyMap<string, number>): number[] {
  return messages.map(({ key, sendAtMs }) => sendAtMs - (atMs.get(key) ?? Number.NaN))
}

describe('without noise', () => {
  const { messages, truth } = noisy({})

  it('every event is sent once, and nothing else', () => {
    expect(messages.map(({ key }) => key).sort()).toEqual(truth.events.map(({ key }) => key).sort())
    expect(truth.events.every(({ sent }) => sent === 1)).toBe(true)
    expect(truth.counts).toMatchObject({ messages: messages.length, duplicates: 0, distinct: truth.events.length })
  })

  it('the counts by kind add up to the events', () => {
    const counted = groupBy(truth.events, ({ kind }) => kind)
    expect(truth.counts.byKind).toEqual(
      Object.fromEntries(Array.from(counted, ([kind, events]) => [kind, events.length]))
    )
  })

  it('the messages of one instance come in the order of their events, within a second', () => {
    const atMs = new Map(truth.events.map((event) => [event.key, event.atMs]))
    expect(Math.max(...delays(messages, atMs))).toBeLessThan(1_000)
    for (const life of groupBy(messages, ({ instanceId }) => instanceId).values()) {
      const times = life.map(({ key }) => atMs.get(key) ?? 0)
      expect(times).toEqual([...times].sort((a, b) => a - b))
    }
  })
})

describe('duplicates', () => {
  it('repeat a message byte for byte, after it, about as often as asked', () => {
    const { messages, truth } = noisy({ duplicateRate: 0.1 })
    const originals = new Map(messages.filter((m) => m.duplicateOf === undefined).map((m) => [m.number, m]))
    const copies = messages.filter(({ duplicateOf }) => duplicateOf !== undefined)
    for (const copy of copies) {
      const original = originals.get(copy.duplicateOf ?? 0)
      expect(copy.body).toBe(original?.body)
      expect(copy.key).toBe(original?.key)
      expect(copy.sendAtMs).toBeGreaterThanOrEqual(original?.sendAtMs ?? Number.POSITIVE_INFINITY)
    }
    expect(copies.length / originals.size).toBeGreaterThan(0.08)
    expect(copies.length / originals.size).toBeLessThan(0.14)
    expect(truth.counts).toMatchObject({ duplicates: copies.length, distinct: originals.size })
    expect(truth.events.reduce((sum, { sent }) => sum + sent, 0)).toBe(messages.length)
  })
})

describe('delays', () => {
  it('reorder within the bound, about as often as asked', () => {
    const { messages, truth } = noisy({ reorderRate: 0.2, reorderMs: 60_000 })
    const waits = delays(messages, new Map(truth.events.map(({ key, atMs }) => [key, atMs])))
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_900)
    const held = waits.filter((wait) => wait > 1_000).length / waits.length
    expect(held).toBeGreaterThan(0.16)
    expect(held).toBeLessThan(0.24)
    const times = messages.map(({ key }) => truth.events.find((event) => event.key === key)?.atMs ?? 0).slice(0, 500)
    expect(times).not.toEqual([...times].sort((a, b) => a - b))
  })

  it('make a few messages late by hours; the truth says which are under way', () => {
    const fleet = createFleet({
      seed: 2,
      startMs: START,
      size: 100,
      noise: { ...NO_NOISE, lateRate: 0.05, lateMs: 6 * HOUR }
    })
    const messages = fleet.advance(START + 12 * HOUR)
    const underWay = fleet.truth().events.filter(({ sent }) => sent === 0)
    const late = fleet.flush()
    expect(underWay.map(({ key }) => key).sort()).toEqual(late.map(({ key }) => key).sort())
    const atMs = new Map(fleet.truth().events.map((event) => [event.key, event.atMs]))
    const waits = delays([...messages, ...late], atMs).filter((wait) => wait > 1_000)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(HOUR)
    expect(Math.max(...waits)).toBeLessThanOrEqual(6 * HOUR + 900)
    expect(waits.length / (messages.length + late.length)).toBeCloseTo(0.05, 1)
  })
})

describe('strangers', () => {
  const rates = { debugRate: 0.1, metricAlertRate: 0.1, legacyAlarmRate: 0.1, otherProductRate: 0.1, garbageRate: 0.1 }
  const { messages, truth } = noisy(rates)
  const kinds = { debug: 10, 'metric-alert': 45, 'legacy-alarm': 46, 'other-product': 42 } as const

  it.each(Object.entries(kinds))('%s: the shape of the sample, about as often as asked', (kind, line) => {
    const found = messages.filter((message) => message.kind === kind)
    for (const { body, instanceId } of found) {
      expect(shapeOf(JSON.parse(body))).toEqual(shapeOf(sample(line)))
      expect(instanceId).toBe('')
    }
    expect(found.length / truth.events.length).toBeGreaterThan(0.08)
    expect(found.length / truth.events.length).toBeLessThan(0.12)
  })

  it('garbage is nothing that an event could be read from', () => {
    const garbage = messages.filter(({ kind }) => kind === 'garbage')
    expect(garbage.length).toBeGreaterThan(100)
    for (const { body } of garbage) expect(() => readEvent(body)).toThrow()
  })

  it('are counted by kind, beside the events', () => {
    const { counts, events } = truth
    expect(counts.messages).toBe(messages.length)
    expect(counts.distinct).toBeGreaterThan(events.length * 1.4)
    expect(counts.byKind.garbage).toBe(messages.filter(({ kind }) => kind === 'garbage').length)
  })
})

function readEvent(body: string): string {
  const { name } = JSON.parse(body) as { name?: string }
  if (name === undefined) throw new TypeError('no event')
  return name
}
