import { z } from 'zod'

/** A text that is not empty. */
export const text = (what: string): z.ZodString =>
  z.string({ error: `expected ${what}` }).min(1, { error: `expected ${what}` })

export const flag = (): z.ZodBoolean => z.boolean({ error: 'expected true or false' })
