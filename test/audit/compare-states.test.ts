import { describe, expect, test } from 'vitest'
import { hopedFor } from '../../src/actions/explain/assumed-cloud.ts'
import { compareStates, type Difference } from '../../src/audit/compare-states.ts'
import type { LastState } from '../../src/audit/last-states.ts'
import type { Instance } from '../../src/cloud/compute.ts'

const SETTLED_MS = 1_000_000
const ID = 'i-bp1a'

function logged(state: string, given: Partial<LastState> = {}): LastState {
  return { instanceId: ID, regionId: 'cn-hangzhou', accountId: '11', state, atMs: SETTLED_MS - 1, ...given }
}

function real(status: string, given: Partial<Instance> = {}): Instance {
  return { ...hopedFor(ID, 'cn-hangzhou', {}), status, createdMs: 1, ...given }
}

function compare(states: readonly LastState[], instances: readonly Instance[]) {
  return compareStates({ states, instances, regions: new Set(['cn-hangzhou']), settledMs: SETTLED_MS })
}

describe('the log and the cloud', () => {
  test.each<[string, LastState | undefined, Instance | undefined, Difference | undefined]>([
    ['agree on a running instance', logged('Running'), real('Running'), undefined],
    ['agree on a released one', logged('Deleted'), undefined, undefined],
    ['agree on a new one, whatever it is called', logged('Created'), real('Pending'), undefined],
    ['differ: it is unknown', undefined, real('Running'), 'unknown'],
    ['differ: its release was missed', logged('Running'), undefined, 'gone-unseen'],
    ['differ: its stop was missed', logged('Running'), real('Stopped'), 'state-differs'],
    ['differ: it lives on', logged('Deleted'), real('Running'), 'still-alive'],
    ['are given time for a change', logged('Stopping', { atMs: SETTLED_MS + 1 }), real('Stopped'), undefined],
    ['are given time for a release', logged('Deleted', { atMs: SETTLED_MS + 1 }), real('Stopped'), undefined],
    ['are given time for a creation', undefined, real('Pending', { createdMs: SETTLED_MS + 1 }), undefined],
    ['are compared in the regions that were asked', logged('Running', { regionId: 'cn-beijing' }), undefined, undefined]
  ])('%s', (_, state, instance, difference) => {
    const { findings } = compare(state === undefined ? [] : [state], instance === undefined ? [] : [instance])
    expect(findings.map((finding) => finding.difference)).toEqual(difference === undefined ? [] : [difference])
  })

  test('findings tell both sides, by instance', () => {
    const other = real('Running', { instanceId: 'i-bp10' })
    expect(compare([logged('Running')], [other]).findings).toMatchObject([
      { difference: 'unknown', instanceId: 'i-bp10', logged: '', loggedMs: 0, actual: 'Running' },
      { difference: 'gone-unseen', instanceId: ID, accountId: '11', logged: 'Running', actual: '' }
    ])
  })

  test('what was not compared is counted: other regions, and what changed just now', () => {
    const justNow = { atMs: SETTLED_MS + 1 }
    const states = [
      logged('Running'),
      logged('Stopped', { instanceId: 'i-bp1b', ...justNow }),
      logged('Running', { instanceId: 'i-bp1c', regionId: 'cn-beijing' }),
      logged('Running', { instanceId: 'i-bp1d', regionId: 'cn-beijing', ...justNow }),
      logged('Deleted', { instanceId: 'i-bp1e', regionId: '' })
    ]
    const born = real('Pending', { instanceId: 'i-bp1f', createdMs: SETTLED_MS + 1 })
    const { compared, recent, elsewhere } = compare(states, [real('Running'), born])
    expect({ compared, recent }).toEqual({ compared: 1, recent: 2 })
    expect(Object.fromEntries(elsewhere)).toEqual({ 'cn-beijing': 2, '': 1 })
  })
})
