import type { ChartRows, ChartSpec } from '../../answers.ts'

/** Where and what to draw. */
export interface Drawing<Kind extends ChartSpec['kind']> {
  /** Empty, and part of the document. */
  readonly container: HTMLElement
  readonly spec: Extract<ChartSpec, { kind: Kind }>
  readonly answer: ChartRows
  /** For readers who can't see it. */
  readonly title: string
}

/**
 * Draws a chart.
 *
 * @returns ends it; undefined when the answer lacks a column that the chart names
 */
export type Draw<Kind extends ChartSpec['kind']> = (drawing: Drawing<Kind>) => (() => void) | undefined

/** Nothing to end. */
export function nothingToEnd(): void {}
