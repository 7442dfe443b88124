import { z } from 'zod'
import type { JournalEntry } from '../journal.ts'
import type { ServerGroup } from './server-group.ts'

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
  return { group: { kind, role, groupId: target }, backends: backends.map((entry) => ({ ...entry, port: entry.port })) }
}

const CONTENT = z.object({
  kind: z.enum(['clb', 'alb', 'nlb']),
  role: z.enum(['group', 'default', 'primary-secondary']),
  backends: z.array(
    z.object({
      serverId: z.string(),
      serverType: z.string(),
      serverIp: z.string(),
      // A default group's entries have no port, and JSON leaves out what is undefined.
      port: z.number().optional(),
      weight: z.number(),
      description: z.string()
    })
  )
})
