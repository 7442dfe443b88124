import type { Question, QuestionColumn } from './question.ts'

/**
 * A question in the words of the log service's console, which shows a column of milliseconds as a bare number: its times
 * come as text, `2026-10-20 07:00:00`, on the clock of the parameter `zone`, under names that end in `_time` as the
 * record's `event_time` does. Rows and their order are the same. A question without times stays as it is.
 *
 * The offset is added before the time is written as one of UTC (SLS "Date and time functions": `from_unixtime` with a time
 * zone), so that neither the session's zone nor a name of a zone matters.
 *
 * @throws RangeError for a query whose list of columns is not the question's
 */
export function consoleQuestion(question: Question): Question {
  const times = new Set(question.columns.filter(isTime).map(({ name }) => name))
  if (times.size === 0) return question
  const query = question.query.join(' ')
  const { select, items, from, order, limit } = partsOf(query)
  const values = new Map(items.map((item) => splitAlias(item)))
  if ([...values.keys()].join() !== question.columns.map(({ name }) => name).join()) {
    throw new RangeError(`Cannot write ${question.name} for the console: its query brings ${[...values.keys()].join()}`)
  }
  const list = [...values].map(([name, value], at) => {
    return times.has(name) ? `${timeText(value)} as ${timeName(name)}` : (items[at] ?? name)
  })
  // What a sort key names is no column any more: its value takes its place.
  const keys = order.map((key) =>
    key.replace(/^[a-z_]+/, (name) => (times.has(name) ? (values.get(name) ?? name) : name))
  )
  const ordered = keys.length === 0 ? '' : ` order by ${keys.join(', ')}`
  const zone = question.parameters.some(({ name }) => name === ZONE.name) ? [] : [ZONE]
  return {
    ...question,
    query: [`${select}${list.join(', ')}${from}${ordered}${limit}`],
    columns: question.columns.map((column) => {
      return isTime(column) ? { ...column, name: timeName(column.name), kind: 'text' as const } : column
    }),
    parameters: [...question.parameters, ...zone]
  }
}

/** The parameter that such a question has besides its own. */
const ZONE = {
  name: 'zone',
  title: { en: 'Offset from UTC', zh: '与 UTC 的时差' },
  kind: 'time-zone',
  default: '+00:00',
  required: false
} as const

function isTime({ kind }: QuestionColumn): boolean {
  return kind === 'time'
}

function timeName(name: string): string {
  return `${name.replace(/_ms$/, '')}_time`
}

/** SQL: epoch ms as text on the clock of the zone. */
function timeText(ms: string): string {
  const offset = '$' + '{{zone|+00:00}}'
  const minutes = `cast(substr('${offset}', 2, 2) as bigint) * 60 + cast(substr('${offset}', 5, 2) as bigint)`
  const offsetMs = `if(substr('${offset}', 1, 1) = '-', -60000, 60000) * (${minutes})`
  return `date_format(from_unixtime((${ms} + ${offsetMs}) / 1000, 'UTC'), '%Y-%m-%d %H:%i:%s')`
}

/** The outermost SELECT of a query, taken apart. Put together again, with commas, it is the query. */
interface QueryParts {
  /** Everything up to the list of columns. */
  readonly select: string
  readonly items: readonly string[]
  /** From ` from` to the order. */
  readonly from: string
  readonly order: readonly string[]
  /** From ` limit` on. */
  readonly limit: string
}

function partsOf(query: string): QueryParts {
  const bare = withoutNested(query)
  const begin = bare.indexOf(' select ') + ' select '.length
  const from = bare.indexOf(' from ', begin)
  const limit = bare.lastIndexOf(' limit ')
  const order = bare.lastIndexOf(' order by ')
  const end = order < from ? limit : order
  return {
    select: query.slice(0, begin),
    items: splitList(query, bare, begin, from),
    from: query.slice(from, end),
    order: order < from ? [] : splitList(query, bare, order + ' order by '.length, limit),
    limit: query.slice(limit)
  }
}

/** The query with everything in parentheses and quotes blotted out: all places stay the same. */
function withoutNested(query: string): string {
  let depth = 0
  let quoted = false
  return Array.from(query, (char) => {
    if (char === "'") quoted = !quoted
    else if (!quoted && char === '(') depth += 1
    else if (!quoted && char === ')') depth -= 1
    return quoted || depth > 0 ? '_' : char
  }).join('')
}

function splitList(query: string, bare: string, from: number, to: number): string[] {
  const commas = [...bare.slice(from, to).matchAll(/,/g)].map(({ index }) => from + index)
  return [from - 1, ...commas].map((before, at) => query.slice(before + 1, commas[at] ?? to).trim())
}

/** The name of a column in the list, and its value. */
function splitAlias(item: string): [name: string, value: string] {
  const [, value = item, name = item] = /^(.*) as ([a-z0-9_]+)$/s.exec(item) ?? []
  return [name, value]
}
