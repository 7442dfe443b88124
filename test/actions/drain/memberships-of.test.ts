import { expect, test } from 'vitest'
import { groupContent } from '../../../src/actions/drain/group-content.ts'
import { membershipsOf } from '../../../src/actions/drain/memberships-of.ts'
import type { JournalEntry } from '../../../src/actions/journal.ts'
import type { Backend, GroupRef } from '../../../src/cloud/balancing.ts'
import { backend } from './memory-balancing.ts'

const RSP: GroupRef = { kind: 'clb', role: 'group', groupId: 'rsp-1' }
const DEFAULT: GroupRef = { kind: 'clb', role: 'default', groupId: 'lb-1' }

/** An intent as the logstore gives it back: its content was JSON text. */
function intent(group: GroupRef, backends: readonly Backend[], given: Partial<JournalEntry> = {}): JournalEntry {
  return {
    atMs: 0,
    action: 'drain',
    step: `intent/${group.groupId}`,
    decision: 'intent',
    reason: 'interrupted',
    attempt: 0,
    instanceId: 'i-1',
    causedBy: 'notice-1',
    target: group.groupId,
    content: JSON.parse(JSON.stringify(groupContent({ group, backends }))),
    ...given
  }
}

test('gives the entries back as they were, those without a port too', () => {
  const entries = [backend('i-1', { port: 80, weight: 30, description: 'a "b"' }), backend('i-1', { port: 81 })]
  const whole = backend('i-1', { port: undefined })
  expect(membershipsOf([intent(RSP, entries), intent(DEFAULT, [whole])])).toStrictEqual([
    { group: RSP, backend: entries[0] },
    { group: RSP, backend: entries[1] },
    { group: DEFAULT, backend: whole }
  ])
})

test('an entry has the weight that it had before any run gave it 0', () => {
  const before = intent(RSP, [backend('i-1', { port: 80, weight: 70 })])
  const after = intent(RSP, [backend('i-1', { port: 80, weight: 0 }), backend('i-1', { port: 81, weight: 5 })])
  for (const entries of [
    [before, after],
    [after, before]
  ]) {
    const weights = membershipsOf(entries).map(({ backend: { port, weight } }) => `${port}@${weight}`)
    expect(weights.sort()).toEqual(['80@70', '81@5'])
  }
})

test.each([
  { name: 'other decisions', given: { decision: 'done' as const } },
  { name: 'other actions', given: { action: 'replace' } },
  { name: 'content that is not understood', given: { content: { omitted: '40000 characters' } } },
  { name: 'no target', given: { target: '' } }
])('passes over $name', ({ given }) => {
  expect(membershipsOf([intent(RSP, [backend('i-1')], given)])).toEqual([])
})
