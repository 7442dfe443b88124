import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { AuditError } from '../lib/errors.ts'
import { type Question, questionSchema } from './question.ts'

/** Beside the sources and beside what is built of them alike. */
const QUERIES = new URL('../../dashboards/queries/', import.meta.url)

/**
 * Every audit question of `dashboards/queries/`, by name.
 *
 * @throws AuditError `internal` for a file that is no question: the package is damaged
 */
export function loadCatalogue(folder: URL = QUERIES): ReadonlyMap<string, Question> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  const questions = files.sort().map((file) => readQuestion(new URL(file, folder)))
  return new Map(questions.map((question) => [question.name, question]))
}

function readQuestion(file: URL): Question {
  const path = fileURLToPath(file)
  const read = questionSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!read.success) throw new AuditError('internal', `Cannot read ${path}: ${z.prettifyError(read.error)}`)
  if (!path.endsWith(`/${read.data.name}.json`)) {
    throw new AuditError('internal', `Cannot read ${path}: its name is ${read.data.name}`)
  }
  return read.data
}
