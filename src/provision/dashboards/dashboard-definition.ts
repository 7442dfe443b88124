/** A text in the two languages of the console. */
export interface Bilingual {
  readonly en: string
  readonly zh: string
}

export type Language = keyof Bilingual

/** From `value` upwards (`>=`) or below it (`<`) a number has this colour. */
export interface Threshold {
  readonly rule: '<' | '>='
  readonly value: number
  readonly colour: 'good' | 'warning' | 'bad'
}

interface Asking {
  /** A question of the catalogue. */
  readonly question: string
  /** The chart's stable name; the question's unless a dashboard asks it twice. */
  readonly id?: string
  /** The question's own title unless told. */
  readonly title?: Bilingual
  /** Looks back as far as the question does, whatever the dashboard's time picker says. */
  readonly fixedTime?: boolean
}

/** One or more numbers of an answer with one row. */
export interface StatDefinition extends Asking {
  readonly kind: 'stat'
  readonly fields: readonly string[]
  /** By column. */
  readonly thresholds?: Readonly<Record<string, readonly Threshold[]>>
}

/** Columns over time: rows of one moment each. */
export interface LineDefinition extends Asking {
  readonly kind: 'line'
  readonly x: string
  readonly y: readonly string[]
  readonly style?: 'lines' | 'bars'
}

/** One column over time, parted by a category: rows of one moment and category each, stacked. */
export interface StackDefinition extends Asking {
  readonly kind: 'stack'
  readonly x: string
  readonly y: string
  readonly category: string
}

/** Numbers by category. */
export interface BarDefinition extends Asking {
  readonly kind: 'bar'
  readonly x: string
  readonly y: readonly string[]
  /** Parts the only column of `y`. */
  readonly category?: string
}

/** Shares of a whole. */
export interface PieDefinition extends Asking {
  readonly kind: 'pie'
  readonly label: string
  readonly value: string
}

/** The answer as it is. */
export interface TableDefinition extends Asking {
  readonly kind: 'table'
  /** Columns that are asked for but not shown. */
  readonly hide?: readonly string[]
  readonly pageSize?: number
}

/** A control that narrows every chart of the dashboard to chosen values of a field. */
export interface FilterDefinition {
  readonly kind: 'filter'
  /** The question whose only column, named like the field, tells the values to choose from. */
  readonly question: string
}

/** A control that sets a parameter of every question of the dashboard that has one of this name. */
export interface TokenDefinition {
  readonly kind: 'token'
  /** One of the questions: tells the parameter's title and default. */
  readonly question: string
  readonly parameter: string
  readonly choices: ReadonlyArray<{ readonly value: string; readonly label: Bilingual }>
  /** Takes what is typed, too. */
  readonly free?: boolean
}

/** A heading across the whole width: what follows belongs to it. */
export interface SectionDefinition {
  readonly kind: 'section'
  readonly id: string
  readonly title: Bilingual
}

/** A text in Markdown. */
export interface NoteDefinition {
  readonly kind: 'note'
  readonly id: string
  readonly title: Bilingual
  readonly text: Bilingual
}

export type AskingDefinition =
  | StatDefinition
  | LineDefinition
  | StackDefinition
  | BarDefinition
  | PieDefinition
  | TableDefinition

export type ControlDefinition = FilterDefinition | TokenDefinition

export type ChartDefinition = AskingDefinition | ControlDefinition | SectionDefinition | NoteDefinition

/** Charts side by side, each with its width in columns: 24 at the most. */
export interface RowDefinition {
  /** In rows of the grid. */
  readonly height: number
  readonly charts: ReadonlyArray<readonly [width: number, chart: ChartDefinition]>
}

/** A dashboard, the most important first, before it is written for a language and a console. */
export interface DashboardDefinition {
  /** 2 to 100 lower-case letters, digits and hyphens; its file is called so without `ecs-audit-`. */
  readonly name: string
  readonly title: Bilingual
  readonly description: Bilingual
  /** How far back its charts look; one whose question looks back further does so. */
  readonly rangeMs: number
  readonly rows: readonly RowDefinition[]
}
