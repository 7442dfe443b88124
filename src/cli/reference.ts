import { REASON_TABLES } from '../actions/reason-meaning.ts'
import { loadCatalogue } from '../audit/catalogue.ts'
import { listOptions } from '../config/options.ts'
import { FIELDS } from '../logstore/fields.ts'
import { indexConfiguration } from '../logstore/index-configuration.ts'
import { HEALTH_REASONS } from '../monitor/health-reasons.ts'
import { allMetrics } from '../telemetry/metrics.ts'
import { TOTALS } from '../telemetry/totals.ts'
import type { Command } from './command.ts'
import { markdownTable } from './markdown-table.ts'
import { permissionDocs } from './permission-docs.ts'
import { questionTables } from './question-tables.ts'

/** The tables of the documentation, made from the code's own tables. Keys are the names of their places in the documents. */
export function referenceTables(commands: readonly Command[]): Readonly<Record<string, string>> {
  return {
    commands: markdownTable(
      ['command', 'does'],
      commands.map((command) => [usage(command), command.summary])
    ),
    options: markdownTable(
      ['option', 'environment variable', 'default', 'meaning'],
      listOptions().map(({ path, variable, default: value, description }) => [
        `\`${path.join('.')}\``,
        `\`${variable}\``,
        value === undefined ? '**required**' : value === '' ? '' : `\`${value}\``,
        description
      ])
    ),
    counters: markdownTable(
      ['counter', 'counts'],
      Object.entries(TOTALS).map(([name, meaning]) => [`\`${name}\``, meaning])
    ),
    ...permissionDocs(),
    metrics: markdownTable(
      ['metric', 'type', 'labels', 'meaning'],
      [...allMetrics()].map(([name, { type, labels, help }]) => [
        `\`${name}\``,
        type,
        labels.map((label) => `\`${label}\``).join(' '),
        help
      ])
    ),
    'health-reasons': markdownTable(
      ['reason', 'means', 'do'],
      Object.entries(HEALTH_REASONS).map(([reason, { means, do: what }]) => [`\`${reason}\``, means, what])
    ),
    ...reasonTables(),
    ...questionTables(loadCatalogue().values()),
    fields: markdownTable(
      ['field', 'type', 'meaning'],
      Object.entries(FIELDS).map(([name, { type, description }]) => [`\`${name}\``, type, description])
    )
  }
}

/** Every reason that a record of an action may give, by the table that it is from. */
function reasonTables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(REASON_TABLES).map(([name, reasons]) => [
      `${name}-reasons`,
      markdownTable(
        ['reason', 'meaning'],
        Object.entries(reasons).map(([reason, meaning]) => [`\`${reason}\``, meaning])
      )
    ])
  )
}

/** The index that the logstore needs, as the file that people import: `dashboards/index.json`. */
export function indexFile(): string {
  return `${JSON.stringify(indexConfiguration(), null, 2)}\n`
}

/** Puts each table between its two markers, `<!-- begin NAME -->` and `<!-- end NAME -->`, wherever a document has them. */
export function withTables(document: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, content]) => {
    const begin = `<!-- begin ${name} -->`
    const end = `<!-- end ${name} -->`
    const from = text.indexOf(begin)
    const to = text.indexOf(end)
    if (from < 0 || to < from) return text
    return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
  }, document)
}

function usage({ name, argument, options }: Command): string {
  const flags = options.map(({ flags: text }) => `[${text}]`)
  return `\`${[name, argument?.name, ...flags].filter((part) => part !== undefined).join(' ')}\``.replaceAll('|', '\\|')
}
