import { z } from 'zod'
import { DAY, duration, MINUTE } from '../config/units.ts'
import { bilingual } from './definitions.ts'

/**
 * - `text`: as it is; `id`: an instance, account or other id
 * - `time`: epoch ms, shown in the reader's time zone
 * - `duration`: ms, shown as 3m 20s
 * - `count`, `number`, `percent` (0 to 100)
 * - `json`: a JSON text
 */
const COLUMN_KINDS = ['text', 'id', 'time', 'duration', 'count', 'number', 'percent', 'json'] as const

const column = z.strictObject({
  /** The SQL alias. */
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: bilingual,
  kind: z.enum(COLUMN_KINDS),
  /** A time that begins a day, as the parameter `zone` cuts days: text shows the date there, whatever the reader's zone. */
  day: z.literal(true).optional()
})

const parameter = z.strictObject({
  /** `${{name|default}}` in the query. */
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: bilingual,
  /** Checked before it becomes part of a query. */
  kind: z.enum(['instance', 'id', 'integer', 'hour', 'word', 'time-zone']),
  /** Must be the default that the query itself tells. */
  default: z.string(),
  /** Without a value there are no rows, and the command says so. The console and the dashboards have filters of their own. */
  required: z.boolean().default(false)
})

/**
 * One audit question: `dashboards/queries/<name>.json`. From it come the SLS saved search, `ecs-audit query`, the charts of the
 * dashboards and a page of the documentation.
 */
export const questionSchema = z.strictObject({
  /** The file's name without `.json`: 3 to 50 lower-case letters, digits and hyphens. */
  name: z.string().regex(/^[a-z][a-z0-9-]{1,48}[a-z0-9]$/),
  /** What the documentation and the command's list group by. */
  topic: z.enum([
    'life',
    'releases',
    'interruptions',
    'restarts',
    'drains',
    'replacements',
    'maintenance',
    'trust',
    'chart'
  ]),
  title: bilingual,
  /** The question in one sentence. */
  question: bilingual,
  /** How to read the answer: what counts, what does not. */
  notes: z.string().default(''),
  /**
   * Lines of `search | SQL`, joined by blanks. Only what SLS documents: Presto functions, always a search part, an explicit
   * `limit`, `from log` in SQL. `${{name|default}}` stands for a parameter (the console's own notation for variables).
   */
  query: z.array(z.string().min(1)).min(1),
  /** In the order of the query. */
  columns: z.array(column).min(1),
  parameters: z.array(parameter).default([]),
  /** How far back it looks unless told otherwise. */
  range: duration({ min: MINUTE, max: 3_650 * DAY }),
  /** True for one that needs `kind: instance` records: snapshots must be switched on. */
  needsSnapshots: z.boolean().default(false)
})

export type Question = z.output<typeof questionSchema>
export type QuestionColumn = z.output<typeof column>
export type QuestionParameter = z.output<typeof parameter>
export type ColumnKind = (typeof COLUMN_KINDS)[number]
