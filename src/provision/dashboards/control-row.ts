import type { RowDefinition, TokenDefinition } from './dashboard-definition.ts'

/** The hours, days and times of all charts are those of this offset. */
const ZONE: TokenDefinition = {
  ...{ kind: 'token', question: 'releases-per-day', parameter: 'zone' },
  choices: ['-08:00', '-05:00', '+00:00', '+01:00', '+05:30', '+07:00', '+08:00', '+09:00', '+10:00'].map((value) => ({
    value,
    label: { en: `UTC${value}`, zh: `UTC${value}` }
  }))
}

/** The controls on top of a dashboard: region, account, instance and time zone, then its own. */
export function controlRow(...tokens: readonly TokenDefinition[]): RowDefinition {
  const filters = ['filter-regions', 'filter-accounts', 'filter-instances'] as const
  const controls = [...filters.map((question) => ({ kind: 'filter', question }) as const), ZONE, ...tokens]
  return { height: 2, charts: controls.map((control) => [4, control] as const) }
}
