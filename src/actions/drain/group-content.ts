import { z } from 'zod'
import type { JournalEntry } from '../journal.ts'
import type { ServerGroup } from './server-group.ts'
import { storedBackend, storedGroup } from './stored-membership.ts'

/** What a record about a group keeps in its `content`: enough to put the same entries back, or others in their place. */
export type GroupContent = Pick<ServerGroup, 'backends'> & Pick<ServerGroup['group'], 'kind' | 'role'>

/** A group's entries as a record's content. */
export function groupContent({ group: { kind, role }, backends }: ServerGroup): GroupContent {
  return { kind, role, backends }
}

/** The group that a record is about; undefined for a record that tells of none. */
export function groupOf({ target, content }: Pick<JournalEntry, 'target' | 'content'>): ServerGroup | undefined {
  const read = CONTENT.safeParse(content)
  if (!read.success || target === '') return undefined
  const { kind, role, backends } = read.data
  return { group: { kind, role, groupId: target }, backends }
}

const CONTENT = storedGroup.pick({ kind: true, role: true }).extend({ backends: z.array(storedBackend) })
