// What the page's server answers: types alone, shared by the server and the page.

/** A text in both languages of the page. */
export interface Bilingual {
  readonly en: string
  readonly zh: string
}

/**
 * - `text`: as it is; `id`: an instance, account or other id
 * - `time`: epoch ms; `duration`: ms
 * - `count`, `number`, `percent` (0 to 100)
 * - `json`: a JSON text
 */
export type ValueKind = 'text' | 'id' | 'time' | 'duration' | 'count' | 'number' | 'percent' | 'json'

export interface DashboardSummary {
  readonly name: string
  readonly title: Bilingual
}

/** A dashboard in one language. */
export interface DashboardView {
  readonly name: string
  readonly title: string
  readonly description: string
  /** In the order of reading: by row, then by column. */
  readonly charts: readonly ChartView[]
}

/** One chart: where it stands on the grid of 24 columns, and how it is drawn. */
export interface ChartView {
  /** Unique in its dashboard. */
  readonly id: string
  readonly title: string
  readonly showTitle: boolean
  readonly description: string
  readonly place: Place
  /** Does not follow the page's time range. */
  readonly fixedTime: boolean
  readonly spec: ChartSpec
  /** False for what is drawn without asking the logstore. */
  readonly asks: boolean
}

/** Units of the grid. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface NumberStyle {
  /** The console's `standardOption.format`: none, KMB, percent, percent_decimal, ms, s, ... */
  readonly format: string
  readonly decimals: number | undefined
  /** The last one that holds gives a value its tone. */
  readonly thresholds: readonly Threshold[]
}

export interface Threshold {
  readonly rule: string
  readonly value: number
  readonly tone: 'good' | 'warn' | 'bad'
}

/** Where columns of one chart are written in different ways: by column. */
export type ColumnStyles = Readonly<Record<string, NumberStyle>>

export interface SeriesStyle {
  readonly stacked: boolean
  readonly legend: boolean
  readonly xLabel: string
  readonly yLabel: string
}

/** How a chart is drawn: what the console's display options say, read once. Columns are named as in the answer. */
export type ChartSpec =
  | {
      readonly kind: 'line'
      readonly x: string
      readonly ys: readonly string[]
      readonly time: boolean
      readonly draw: 'line' | 'area' | 'bar'
      readonly style: SeriesStyle
      readonly number: NumberStyle
    }
  | {
      readonly kind: 'aggregate'
      readonly draw: 'line' | 'area' | 'bar'
      readonly x: string
      readonly y: string
      readonly series: string
      readonly time: boolean
      readonly style: SeriesStyle
      readonly number: NumberStyle
    }
  | {
      readonly kind: 'bar'
      readonly x: string
      readonly ys: readonly string[]
      readonly series: string
      readonly horizontal: boolean
      readonly style: SeriesStyle
      readonly number: NumberStyle
    }
  | {
      readonly kind: 'pie'
      readonly label: string
      readonly value: string
      readonly hole: boolean
      readonly legend: boolean
      readonly number: NumberStyle
    }
  | {
      readonly kind: 'stat'
      readonly fields: readonly string[]
      readonly compare: string
      readonly pick: 'first' | 'last'
      readonly number: NumberStyle
      readonly columns: ColumnStyles
    }
  | {
      readonly kind: 'table'
      readonly pageSize: number
      readonly hidden: readonly string[]
      readonly sort: { readonly column: string; readonly descending: boolean } | undefined
      readonly number: NumberStyle
      readonly columns: ColumnStyles
    }
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'section'; readonly collapsed: boolean }
  | ControlSpec
  /** A chart of the console that this page does not draw. */
  | { readonly kind: 'unknown'; readonly type: string }

/** A control above the charts: a filter narrows every chart, a token stands in their queries. */
export interface ControlSpec {
  readonly kind: 'control'
  readonly form: 'filter' | 'token'
  /** The field, or the token's name. */
  readonly key: string
  readonly choices: ReadonlyArray<{ readonly value: string; readonly label: string }>
  readonly defaults: readonly string[]
  readonly many: boolean
  /** Other values than the choices may be typed. */
  readonly free: boolean
  /** While nothing is chosen the server finds a value that suits the range of time. */
  readonly auto: boolean
  /** Its choices come from the logstore as well. */
  readonly asks: boolean
}

export interface ColumnView {
  readonly name: string
  readonly title: Bilingual
  readonly kind: ValueKind
}

/** Values are text as the logstore writes them; null is SQL's null. */
export type Cells = ReadonlyArray<string | null>

export interface Failed {
  readonly kind: 'failed'
  /** What the service said. */
  readonly message: string
  /** What a person can do. */
  readonly advice: string
}

export interface ChartRows {
  readonly kind: 'rows'
  readonly columns: readonly ColumnView[]
  readonly rows: readonly Cells[]
  /** The service had read everything. */
  readonly complete: boolean
  /** There may be more rows than these. */
  readonly cut: boolean
  /** The window that was asked for, epoch ms. */
  readonly fromMs: number
  readonly toMs: number
  readonly tookMs: number
  /** The query as it was run, for people who want to ask it in the console. */
  readonly query: string
}

export type ChartAnswer = ChartRows | Failed

export type CandidatesAnswer =
  | { readonly kind: 'candidates'; readonly values: readonly string[]; readonly cut: boolean }
  | Failed

/** An instance that a search found. */
export interface FoundInstance {
  readonly instanceId: string
  readonly regionId: string
  /** Its latest state, '' when not told. */
  readonly state: string
  readonly lastMs: number | undefined
}

export type FoundAnswer = { readonly kind: 'found'; readonly instances: readonly FoundInstance[] } | Failed

/** A state from its beginning to the next one. */
export interface StateSpan {
  readonly state: string
  readonly fromMs: number
  /** Undefined for the state that it is in. */
  readonly toMs: number | undefined
}

export type RecordFamily = 'state' | 'notice' | 'maintenance' | 'action' | 'snapshot' | 'event'

/** One happening of an instance's life. Absent texts are ''. */
export interface InstanceRecord {
  readonly key: string
  readonly family: RecordFamily
  /** When it happened; undefined when the message told no time. */
  readonly atMs: number | undefined
  /** The event's name, or `restart`, `drain`, ... */
  readonly name: string
  /** What that means, in English: '' for what no vendor page lists. */
  readonly meaning: string
  readonly level: string
  readonly status: string
  readonly state: string
  /** How long that state lasted, ms; undefined while it lasts. */
  readonly lastedMs: number | undefined
  /** Records of one maintenance, or of one run of an action, bear the same. */
  readonly group: string
  readonly step: string
  readonly decision: string
  readonly reason: string
  readonly reasonMeaning: string
  readonly detail: string
  readonly target: string
  readonly attempt: number | undefined
  readonly durationMs: number | undefined
  readonly marginMs: number | undefined
  readonly lostMs: number | undefined
  readonly lagMs: number | undefined
  /** The record is another instance's, and this one is its target: it was bought to replace that one. */
  readonly ofInstance: string
  readonly content: string
}

/** What is known of an instance from the last snapshot that was taken while it lived. Absent texts are ''. */
export type InstanceFacts = ReadonlyArray<{ readonly field: string; readonly value: string }>

export interface InstanceLife {
  readonly kind: 'life'
  readonly instanceId: string
  readonly regionId: string
  readonly accountId: string
  readonly createdMs: number | undefined
  readonly releasedMs: number | undefined
  /** When the log was read, epoch ms. */
  readonly nowMs: number
  readonly facts: InstanceFacts
  readonly states: readonly StateSpan[]
  /** Oldest first; those without a time at the end. */
  readonly records: readonly InstanceRecord[]
  readonly complete: boolean
  readonly cut: boolean
  readonly tookMs: number
}

export type InstanceAnswer = InstanceLife | { readonly kind: 'nothing' } | Failed

/** What the page needs to know at its start. */
export interface ViewSetup {
  readonly dashboards: readonly DashboardSummary[]
  /** `project/logstore`. */
  readonly logstore: string
  readonly version: string
  /** How often the page refreshes itself unless its reader has chosen, seconds; 0: never. */
  readonly refreshS: number
}

/** A request that the server does not serve. */
export interface Refused {
  readonly error: string
}
