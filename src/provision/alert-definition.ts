import { z } from 'zod'
import { bilingual, loadDefinitions } from '../audit/definitions.ts'

/** Beside the sources and beside what is built of them alike. */
const ALERTS = new URL('../../dashboards/alerts/', import.meta.url)

/** A length of time as alerts write it: `5m`. */
const period = z.string().regex(/^[1-9]\d*[smhd]$/)

/** One alert: `dashboards/alerts/<name>.json`. */
const alertDefinitionSchema = z.strictObject({
  /** The file's name without `.json`. */
  name: z.string().regex(/^[a-z][a-z0-9-]{1,48}[a-z0-9]$/),
  title: bilingual,
  /** What it means and what to do. */
  description: bilingual,
  /** A question of the catalogue, by name. */
  question: z.string(),
  /** Values of the question's parameters. */
  parameters: z.record(z.string(), z.string()).default({}),
  /** How often it asks. */
  every: period,
  /** How far back it looks: a day at the most. */
  window: period,
  /** Over the question's columns, the most severe first. Severities: 10 critical, 8 high, 6 medium, 4 low, 2 report. */
  severities: z
    .array(
      z.strictObject({
        severity: z.union([2, 4, 6, 8, 10].map((value) => z.literal(value))),
        when: z.string().min(1).max(128)
      })
    )
    .min(1),
  /** What people read; `${column}` stands for the value of a column. */
  message: bilingual,
  /** How long it waits before it tells the same again. */
  repeat: period
})

export type AlertDefinition = z.output<typeof alertDefinitionSchema>

/**
 * Every alert of `dashboards/alerts/`, in the order of their names.
 *
 * @throws AuditError `internal` for a file that is no alert: the package is damaged
 */
export function loadAlertDefinitions(folder: URL = ALERTS): AlertDefinition[] {
  return loadDefinitions(folder, alertDefinitionSchema)
}
