import { z } from 'zod'

// The console's form of a dashboard (SLS CreateDashboard and "Import a dashboard"). Keys that are not drawn pass unread.

const chartQuery = z.object({
  name: z.string(),
  query: z.string().default(''),
  /** Wins over `query` when it is not empty. */
  tokenQuery: z.string().default(''),
  hide: z.boolean().default(false)
})

const search = z.object({
  chartQueries: z.array(chartQuery).default([]),
  start: z.union([z.string(), z.number()]).default('-3600s'),
  end: z.union([z.string(), z.number()]).default('now'),
  isInheritFilter: z.boolean().default(true)
})

const basicOptions = z.object({
  displayName: z.string().default(''),
  description: z.string().default(''),
  showTitle: z.boolean().default(true),
  fixedTime: z.boolean().default(false)
})

const gridUnit = z.number().int().min(0).max(10_000)

/** What every chart's display has; the rest is read by its kind. */
const display = z.looseObject({
  xPos: gridUnit,
  yPos: gridUnit,
  width: gridUnit.min(1),
  height: gridUnit.min(1),
  basicOptions: basicOptions.default(basicOptions.parse({}))
})

const chart = z.object({
  title: z.string().min(1).max(128),
  type: z.string().min(1).max(64),
  display,
  search: search.default(search.parse({}))
})

export const dashboardSchema = z.object({
  dashboardName: z.string().min(1).max(128).optional(),
  displayName: z.string().max(256).default(''),
  description: z.string().default(''),
  charts: z.array(chart).max(100)
})

export type Dashboard = z.output<typeof dashboardSchema>
export type Chart = z.output<typeof chart>
export type ChartSearch = z.output<typeof search>
