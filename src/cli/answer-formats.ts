import type { AnswerRow, AnswerValue } from '../audit/ask-question.ts'
import type { ColumnKind, Question, QuestionColumn } from '../audit/question.ts'
import { answerTable } from './answer-table.ts'
import { csvText } from './csv.ts'
import type { Format } from './format.ts'
import { span, type TimeText } from './times.ts'

/** What answers look like. */
export interface Look {
  readonly format: Format
  readonly time: TimeText
  /** A moment in CSV, with its offset: in UTC unless a zone was asked for. */
  readonly stamp: TimeText
  /** The date of a moment that begins a day, as the question's days are cut. */
  readonly date: TimeText
  /** Width of the terminal; 0 when it is none. */
  readonly columns: number
}

/** The whole answer as text, without a line end; '' for a table without rows. Numbers stay numbers in json and ndjson, times epoch ms. */
export function formatAnswer(question: Question, rows: readonly AnswerRow[], look: Look): string {
  switch (look.format) {
    case 'json':
      return JSON.stringify(rows, null, 2)
    case 'ndjson':
      return rows.map((row) => JSON.stringify(row)).join('\n')
    case 'csv':
      return csv(question, rows, look)
    case 'table':
      return rows.length === 0 ? '' : table(question, rows, look)
    default: {
      const never: never = look.format
      return never
    }
  }
}

function table({ columns }: Question, rows: readonly AnswerRow[], { time, date, columns: width }: Look): string {
  const head = columns.map(({ title }) => title.en.toUpperCase())
  const cells = rows.map((row) =>
    columns.map(({ name, kind, day }) => cell(row[name] ?? null, kind, day === true ? date : time))
  )
  return answerTable(head, cells, width)
}

function cell(value: AnswerValue, kind: ColumnKind, time: TimeText): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  switch (kind) {
    case 'time':
      return time(value)
    case 'duration':
      return span(value)
    case 'percent':
      return `${Number(value.toFixed(1))} %`
    case 'number':
      return String(Number(value.toFixed(3)))
    case 'count':
    case 'text':
    case 'id':
    case 'json':
      return String(value)
    default: {
      const never: never = kind
      return never
    }
  }
}

/** Times as ISO 8601 with their offset, days as dates. */
function csv({ columns }: Question, rows: readonly AnswerRow[], { stamp, date }: Look): string {
  const text = (value: AnswerValue, { kind, day }: QuestionColumn): string => {
    if (value === null || typeof value === 'string' || kind !== 'time') return String(value ?? '')
    return day === true ? date(value) : stamp(value)
  }
  return csvText(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map((column) => text(row[column.name] ?? null, column)))
  )
}
