import { consoleQuestion } from '../../audit/console-question.ts'
import type { Question, QuestionColumn } from '../../audit/question.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../config/units.ts'
import { AuditError } from '../../lib/errors.ts'
import type { AskingDefinition, ControlDefinition, Language, Threshold } from './dashboard-definition.ts'
import type { ChartQuery, ChartSearch } from './dashboard-form.ts'

export interface BuildContext {
  /** The catalogue, by name. */
  readonly questions: ReadonlyMap<string, Question>
  readonly lang: Language
}

export interface ChartContext extends BuildContext {
  /** How far back the dashboard looks. */
  readonly rangeMs: number
}

/** What every chart that asks a question has. */
export function asking(chart: AskingDefinition, context: ChartContext) {
  const question = questionOf(chart, context)
  const { lang } = context
  const fixedTime = chart.fixedTime ?? false
  const rangeMs = fixedTime ? question.range : Math.max(question.range, context.rangeMs)
  return {
    search: { chartQueries: [chartQuery(question)], ...rollingTime(rangeMs), ...ONE_STORE } satisfies ChartSearch,
    display: {
      version: 2,
      basicOptions: {
        displayName: (chart.title ?? question.title)[lang],
        description: question.question[lang],
        ...{ showTitle: true, showBorder: true, showBackground: true, showTime: true, fixedTime }
      }
    }
  }
}

/** The search of a chart that asks nothing. */
export function silentSearch({ rangeMs }: Pick<ChartContext, 'rangeMs'>): ChartSearch {
  return { chartQueries: [], ...rollingTime(rangeMs), ...ONE_STORE }
}

const ONE_STORE = { dataSourceType: 'mixed', transformers: [] } as const

/** A question's query for the console: its variables stay in it, for the controls. */
export function chartQuery(question: Question): ChartQuery {
  const query = question.query.join(' ')
  return {
    ...{ name: 'A', datasource: 'logstore' },
    ...{ project: PROJECT, logstore: LOGSTORE, region: REGION },
    ...{ query, tokenQuery: query }
  }
}

// What setup puts the target in for.
const PROJECT = '$' + '{project}'
const LOGSTORE = '$' + '{logstore}'
const REGION = '$' + '{region}'

/** The rolling ranges that the console offers; any other is a custom one. */
const ROLLING_MS = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 1 * HOUR, 4 * HOUR, 1 * DAY, 7 * DAY, 30 * DAY]

export function rollingTime(rangeMs: number): Pick<ChartSearch, 'start' | 'end' | 'timeSpanType'> {
  const timeSpanType = ROLLING_MS.includes(rangeMs) ? '' : 'custom'
  return { start: `-${rangeMs / SECOND}s`, end: 'now', timeSpanType }
}

/**
 * The question of a chart or control. A table shows it as the console can: with its times as text.
 *
 * @throws AuditError `internal` when the catalogue has no such question
 */
export function questionOf(
  { question: name, kind }: AskingDefinition | ControlDefinition,
  { questions }: BuildContext
): Question {
  const question = questions.get(name)
  if (question === undefined) throw new AuditError('internal', `Cannot draw ${name}: no such question in the catalogue`)
  return kind === 'table' ? consoleQuestion(question) : question
}

/** The columns of these names. @throws AuditError `internal` when the question has no such column */
export function checkColumns(
  chart: AskingDefinition,
  names: readonly string[],
  context: BuildContext
): readonly QuestionColumn[] {
  const { columns } = questionOf(chart, context)
  return names.map((name) => {
    const column = columns.find((each) => each.name === name)
    if (column === undefined)
      throw new AuditError('internal', `Cannot draw ${chart.question}: it has no column ${name}`)
    return column
  })
}

/** The name of a column that is there. @throws AuditError `internal` when it is not */
export function namedField(chart: AskingDefinition, name: string, context: BuildContext): string {
  checkColumns(chart, [name], context)
  return name
}

/** How numbers are written, by what the columns tell; where they differ, by column. */
export function standardOption(columns: readonly QuestionColumn[], thresholds: readonly Threshold[] = []) {
  const formats = new Set(columns.map(formatOf))
  const [format = 'none'] = formats.size === 1 ? formats : []
  return {
    format,
    unit: { unit: 'none' },
    ...(format === 'percent' ? { decimals: 1 } : {}),
    colorSchame: { schema: thresholds.length > 0 ? 'threshold' : 'builtin' }
  }
}

/** Headings, formats and colours by column. */
export function fieldOptions(
  columns: readonly QuestionColumn[],
  { lang }: Pick<BuildContext, 'lang'>,
  thresholds: Readonly<Record<string, readonly Threshold[]>> = {}
) {
  return {
    fieldOptions: columns.map((column) => ({
      queryName: 'A',
      name: column.name,
      overrides: [
        override(['standardOption', 'displayName'], column.title[lang]),
        override(['standardOption', 'format'], formatOf(column)),
        ...colours(thresholds[column.name] ?? [])
      ]
    }))
  }
}

function colours(thresholds: readonly Threshold[]) {
  if (thresholds.length === 0) return []
  return [
    override(['standardOption', 'colorSchame'], { schema: 'threshold' }),
    override(['thresholdOption', 'thresholds'], thresholdField(thresholds))
  ]
}

function override(optionKeys: readonly [string, string], value: unknown) {
  return { optionKeys, value }
}

const COLOURS = { good: 'rgb(82, 158, 92)', warning: 'rgb(214, 137, 16)', bad: 'rgb(208, 74, 90)' } as const

export function thresholdField(thresholds: readonly Threshold[]) {
  return thresholds.map(({ rule, value, colour }) => ({ rule, value, color: COLOURS[colour] }))
}

/**
 * The console's format of a kind of column (SLS "Standard options"). Its times are of seconds: one of milliseconds stays
 * a number, which is why tables have them as text.
 */
function formatOf({ kind }: QuestionColumn): 'none' | 'KMB' | 'percent' | 'ms' {
  switch (kind) {
    case 'count':
      return 'KMB'
    case 'percent':
      return 'percent'
    case 'duration':
      return 'ms'
    case 'number':
    case 'time':
    case 'text':
    case 'id':
    case 'json':
      return 'none'
  }
}
