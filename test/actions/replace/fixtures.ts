import type { JournalEntry } from '../../../src/actions/journal.ts'
import type { Backend, Membership } from '../../../src/cloud/balancing.ts'
import { backend } from '../drain/memory-balancing.ts'
import { OLD } from './world.ts'

/** One entry of the interrupted instance in a CLB group. */
export function member(groupId: string, given: Partial<Backend> = {}): Membership {
  return { group: { kind: 'clb', role: 'group', groupId }, backend: backend(OLD, given) }
}

/** A record of a replacement, as the journal gives it back. */
export function entry(given: Partial<JournalEntry>): JournalEntry {
  return {
    ...{ atMs: 1, action: 'replace', step: 's', decision: 'done', reason: 'bought', attempt: 1 },
    ...{ instanceId: OLD, causedBy: 'notice-1', target: '', content: {} },
    ...given
  }
}
