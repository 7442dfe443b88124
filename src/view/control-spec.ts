import { z } from 'zod'
import type { ControlSpec } from './answers.ts'
import type { Chart } from './dashboard.ts'

const texts = z.array(z.string()).catch([])
const marks = z.array(z.boolean()).catch([])

const dropList = z.object({
  bindQuery: z.boolean().catch(false),
  dropListOption: z.object({
    type: z.enum(['filter', 'token']),
    key: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]{0,127}$/),
    list: texts,
    listAlias: texts,
    listDefault: marks,
    tokenDefault: marks,
    showType: z.string().catch(''),
    multiSelect: z.boolean().optional().catch(undefined)
  })
})

/** The variable of our questions that says how many minutes one point of a chart stands for. */
export const MINUTES = 'minutes'

/** An offset from UTC: days are cut as the reader's clock cuts them. */
const ZONE = /^[+-]\d\d:\d\d$/

/** A control above the charts (`droplistpro`); undefined for a form that the page does not have. */
export function controlSpec({ display, search }: Chart): ControlSpec | undefined {
  const read = dropList.safeParse(display)
  if (!read.success) return undefined
  const {
    type: form,
    key,
    list,
    listAlias,
    listDefault,
    tokenDefault,
    showType,
    multiSelect
  } = read.data.dropListOption
  const chosen = form === 'token' ? tokenDefault : listDefault
  return {
    ...{ kind: 'control', form, key },
    choices: list.map((value, at) => ({ value, label: listAlias[at] || value })),
    defaults: list.filter((_, at) => chosen[at] === true),
    many: multiSelect ?? form === 'filter',
    free: form === 'filter' || showType !== 'select',
    auto: form === 'token' && (key === MINUTES || list.some((value) => ZONE.test(value))),
    asks: read.data.bindQuery && search.chartQueries.length > 0
  }
}
