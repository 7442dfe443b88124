import { describe, expect, test } from 'vitest'
import { MAX_MEMBERSHIPS, type Plan, withMemberships } from '../../../src/actions/replace/plan.ts'
import { FIRST_PURCHASE } from '../../../src/actions/replace/replace-state.ts'
import { readRun, type SavedRun, saveRun } from '../../../src/actions/replace/saved-run.ts'
import { member } from './fixtures.ts'

describe('a follow-up', () => {
  const plan: Plan = { noticeMs: 1, deadlineMs: 2, inherited: { a: 'b' }, memberships: [], missed: false }
  const replacement = { instanceId: 'i-1', generation: 0, index: 3 }
  const states: SavedRun['state'][] = [
    { phase: 'deciding', waits: 2 },
    { ...FIRST_PURCHASE, why: 'no-stock' },
    { ...FIRST_PURCHASE, why: 'api-unavailable' },
    { phase: 'starting', replacement, sinceMs: 5, waits: 0 },
    { phase: 'attaching', replacement, sinceMs: 5, waits: 1 },
    { phase: 'warming', replacement, sinceMs: 5, refused: ['sgp-1'], waits: 0 }
  ]

  test.each(states)('carries a run in phase $phase from process to process', (state) => {
    const run = { plan: withMemberships(plan, [member('g'), member('h', { port: undefined })]), state }
    expect(readRun(JSON.parse(JSON.stringify(saveRun(run))))).toEqual(run)
  })

  test('fits into a queue message, however many groups there are', () => {
    const long = { description: 'd'.repeat(500), serverIp: '10.111.222.133' }
    const many = Array.from({ length: 400 }, (_, at) => member(`sgp-${'x'.repeat(18)}${at}`, { ...long, port: 60_000 }))
    const full = withMemberships(plan, many)
    expect(full.memberships).toHaveLength(MAX_MEMBERSHIPS)
    const body = JSON.stringify(saveRun({ plan: full, state: { phase: 'deciding', waits: 0 } }))
    expect(Buffer.from(body).toString('base64').length).toBeLessThan(60_000)
  })

  test.each([
    {},
    { plan },
    { plan, state: { phase: 'flying' } },
    { plan: { ...plan, noticeMs: 'now' }, state: { phase: 'deciding', waits: 0 } },
    { plan, state: { phase: 'starting', replacement: { instanceId: '' }, sinceMs: 1, waits: 0 } }
  ])('that is none is not understood: %j', (state) => {
    expect(readRun(state)).toBeUndefined()
  })

  test('keeps the larger weight of an entry that was seen twice', () => {
    const twice = withMemberships(withMemberships(plan, [member('g', { weight: 40 })]), [member('g', { weight: 0 })])
    expect(twice.memberships.map(({ backend: { weight } }) => weight)).toEqual([40])
  })
})
