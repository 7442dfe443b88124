import { z } from 'zod'
import { SlsError } from '../sls-error.ts'

/** A project's resource as its GET answers it, less the times of an alert. */
export type ResourceDocument = Readonly<Record<string, unknown>>

/** What the service knows of one kind of resource. The texts are its own words as far as they are known. */
export interface ResourceKind {
  /** As operations name it: `CreateSavedSearch`. */
  readonly name: 'SavedSearch' | 'Dashboard' | 'Alert'
  /** The member of the document that holds the resource's name. */
  readonly nameKey: string
  /** The document that a body stands for. @throws SlsError when it is none */
  readonly read: (body: Readonly<Record<string, unknown>>, name: string) => ResourceDocument
  /** @throws SlsError for a name that this kind cannot have */
  readonly checkName: (name: string) => void
  readonly missing: (name: string) => SlsError
  readonly exists: (name: string) => SlsError
  readonly full: () => SlsError
}

/** Of each kind, in one project (SLS "Limits", basic resources). */
export const MAX_RESOURCES = 100

/**
 * A body in the form of a schema.
 *
 * @throws SlsError PostBodyInvalid, with the path of the first wrong member
 */
export function readForm<Form>(body: unknown, schema: z.ZodType<Form>): Form {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new SlsError('PostBodyInvalid', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`)
}

/** A JSON object whose members are kept as they are. */
export const anyObject = z.record(z.string(), z.unknown())
