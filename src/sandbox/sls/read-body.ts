import type { z } from 'zod'
import { SlsError } from './sls-error.ts'

/**
 * A request's JSON body in the form that an operation takes.
 *
 * @param code of the error for a body of another form
 * @throws SlsError that code, or PostBodyInvalid for what is no JSON
 */
export function readBody<Body>({ body }: { readonly body: Buffer }, schema: z.ZodType<Body>, code: string): Body {
  const parsed = schema.safeParse(readJson(body))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new SlsError(code, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`)
}

/** @throws SlsError PostBodyInvalid */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new SlsError('PostBodyInvalid', 'The body is not JSON.')
  }
}
