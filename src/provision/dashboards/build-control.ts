import { AuditError } from '../../lib/errors.ts'
import { type ChartContext, chartQuery, questionOf, rollingTime, silentSearch } from './chart-parts.ts'
import type { ControlDefinition, FilterDefinition, TokenDefinition } from './dashboard-definition.ts'
import type { BuiltChart } from './dashboard-form.ts'

/** A control of a dashboard: what is chosen narrows or sets the queries of all its charts. */
export function buildControl(control: ControlDefinition, context: ChartContext): BuiltChart {
  return control.kind === 'filter' ? filterControl(control, context) : tokenControl(control, context)
}

/** Puts `and field: value` behind the search part of every query; several values are alternatives. */
function filterControl(control: FilterDefinition, context: ChartContext): BuiltChart {
  const question = questionOf(control, context)
  const [column] = question.columns
  if (column === undefined) throw new AuditError('internal', `Cannot filter by ${control.question}: no column`)
  const title = column.title[context.lang]
  return {
    type: 'droplistpro',
    search: {
      chartQueries: [chartQuery(question)],
      ...rollingTime(Math.max(question.range, context.rangeMs)),
      ...{ dataSourceType: 'mixed', transformers: [], isInheritFilter: true }
    },
    display: {
      ...controlDisplay(title),
      bindQuery: true,
      dropListOption: {
        ...{ type: 'filter', key: column.name, alias: title, list: [], listAlias: [], listDefault: [] },
        // An instance that was released long ago may be typed; candidates follow the time picker.
        ...{ logic: 'and', globalFilter: false, autoFilter: false, refresh: 2 }
      }
    }
  }
}

/** Stands in for a parameter, `${{name|default}}`. */
function tokenControl(control: TokenDefinition, context: ChartContext): BuiltChart {
  const { parameter: name, choices, free = false } = control
  const parameter = questionOf(control, context).parameters.find((each) => each.name === name)
  if (parameter === undefined) throw new AuditError('internal', `Cannot set ${name}: ${control.question} has none`)
  const title = parameter.title[context.lang]
  return {
    type: 'droplistpro',
    search: { ...silentSearch(context), isInheritFilter: false },
    display: {
      ...controlDisplay(title),
      bindQuery: false,
      dropListOption: {
        ...{ type: 'token', key: name, alias: title },
        list: choices.map((choice) => choice.value),
        listAlias: choices.map(({ label }) => label[context.lang]),
        tokenDefault: choices.map((choice) => choice.value === parameter.default),
        ...{ showType: free ? 'auto' : 'select', multiSelect: false, includeAll: false, logic: 'and' }
      }
    }
  }
}

function controlDisplay(displayName: string) {
  return {
    version: 2,
    showDropListChart: true,
    fixedTop: false,
    basicOptions: { displayName, showTitle: false, showTime: false, showBorder: false, showBackground: false }
  }
}
