/** A chart as CreateDashboard takes it and the console's export writes it. */
export interface Chart {
  /** Stable and unique in its dashboard; what people read is `display.basicOptions.displayName`. */
  readonly title: string
  readonly type: string
  readonly search: ChartSearch
  readonly display: Readonly<Record<string, unknown>>
  readonly action: Readonly<Record<string, never>>
}

/** A chart but for its name and its place. */
export type BuiltChart = Pick<Chart, 'type' | 'search' | 'display'>

export interface ChartSearch {
  readonly chartQueries: readonly ChartQuery[]
  readonly start: string
  readonly end: 'now'
  readonly timeSpanType: '' | 'custom'
  /** Each query names its own store. */
  readonly dataSourceType: 'mixed'
  readonly transformers: readonly never[]
  readonly isInheritFilter?: boolean
}

export interface ChartQuery {
  readonly name: 'A'
  readonly datasource: 'logstore'
  readonly project: string
  readonly logstore: string
  readonly region: string
  readonly query: string
  /** Wins over `query`; where the console puts the values of variables in. */
  readonly tokenQuery: string
}

/** A dashboard as CreateDashboard takes it, with `${project}`, `${logstore}` and `${region}` left to be filled. */
export interface Dashboard {
  readonly dashboardName: string
  readonly displayName: string
  readonly description: string
  readonly attribute: { readonly type: 'grid' }
  readonly charts: readonly Chart[]
}
