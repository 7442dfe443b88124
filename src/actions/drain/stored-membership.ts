import { z } from 'zod'

/** Longer than any id, address or description that the services allow. */
const text = z.string().max(512)

/** A server group as records and follow-ups hold it. */
export const storedGroup = z.object({
  kind: z.enum(['clb', 'alb', 'nlb']),
  role: z.enum(['group', 'default', 'primary-secondary']),
  groupId: text
})

/** An entry of a group as records and follow-ups hold it. */
export const storedBackend = z
  .object({
    serverId: text,
    serverType: text,
    serverIp: text,
    // A default group's entries have no port, and JSON leaves out what is undefined.
    port: z.number().optional(),
    weight: z.number(),
    description: text
  })
  .transform((backend) => ({ ...backend, port: backend.port }))
