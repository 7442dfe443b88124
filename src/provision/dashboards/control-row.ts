import type { RowDefinition, TokenDefinition } from './dashboard-definition.ts'

/** The controls on top of a dashboard: region, account and instance, then its own. */
export function controlRow(...tokens: readonly TokenDefinition[]): RowDefinition {
  const filters = ['filter-regions', 'filter-accounts', 'filter-instances'] as const
  const controls = [...filters.map((question) => ({ kind: 'filter', question }) as const), ...tokens]
  return { height: 2, charts: controls.map((control) => [4, control] as const) }
}
