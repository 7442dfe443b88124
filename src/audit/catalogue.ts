import { loadDefinitions } from './definitions.ts'
import { type Question, questionSchema } from './question.ts'

/** Beside the sources and beside what is built of them alike. */
const QUERIES = new URL('../../dashboards/queries/', import.meta.url)

/**
 * Every audit question of `dashboards/queries/`, by name.
 *
 * @throws AuditError `internal` for a file that is no question: the package is damaged
 */
export function loadCatalogue(folder: URL = QUERIES): ReadonlyMap<string, Question> {
  return new Map(loadDefinitions(folder, questionSchema).map((question) => [question.name, question]))
}
