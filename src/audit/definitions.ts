import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { AuditError } from '../lib/errors.ts'

/** A text in both languages of the console. */
export const bilingual = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })

/**
 * Every definition of a folder, in the order of the files' names: `<name>.json` each.
 *
 * @throws AuditError `internal` for a file that does not fit the schema, or has another name than it tells: the package is damaged
 */
export function loadDefinitions<Definition extends { readonly name: string }>(
  folder: URL,
  schema: z.ZodType<Definition>
): Definition[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return files.sort().map((file) => readDefinition(new URL(file, folder), schema))
}

function readDefinition<Definition extends { readonly name: string }>(
  file: URL,
  schema: z.ZodType<Definition>
): Definition {
  const path = fileURLToPath(file)
  const read = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!read.success) throw new AuditError('internal', `Cannot read ${path}: ${z.prettifyError(read.error)}`)
  if (!path.endsWith(`/${read.data.name}.json`)) {
    throw new AuditError('internal', `Cannot read ${path}: its name is ${read.data.name}`)
  }
  return read.data
}
