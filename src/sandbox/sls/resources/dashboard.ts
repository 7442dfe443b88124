import { z } from 'zod'
import { SlsError } from '../sls-error.ts'
import { readCharts } from './chart.ts'
import { type ResourceKind, readForm } from './resource-kind.ts'

const form = z.object({
  displayName: z.string().min(1),
  description: z.string().default(''),
  attribute: z.record(z.string(), z.string()).default({}),
  charts: z.array(z.unknown())
})

/** SLS "Limits", basic resources. */
const MAX_CHARTS = 100

/**
 * Dashboards (SLS "CreateDashboard"). Where the service leaves the looks of charts to its console, this one refuses what
 * the console could not draw: a chart outside of the grid or on top of another.
 */
export const DASHBOARD: ResourceKind = {
  name: 'Dashboard',
  nameKey: 'dashboardName',
  read: (body, name) => {
    const { displayName, description, attribute, charts } = readForm(body, form)
    if (charts.length > MAX_CHARTS) throw new SlsError('ExceedQuota', 'You have too many charts in your dashboard')
    const layout = attribute['type'] === 'grid' ? 'grid' : 'free'
    return { dashboardName: name, displayName, description, attribute, charts: readCharts(charts, layout) }
  },
  checkName: (name) => {
    if (name.length > 128) {
      throw new SlsError('InvalidDashboardName', 'The length of dashboard name must be less than or equal to 128')
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*[A-Za-z0-9]$/.test(name)) {
      throw new SlsError('InvalidDashboardName', `The dashboard name is invalid: ${name}`)
    }
  },
  missing: () => new SlsError('DashboardNotExist', 'specified dashboard does not exist'),
  exists: () => new SlsError('ParameterInvalid', 'specified dashboard already exists'),
  full: () => new SlsError('ExceedQuota', 'dashboard quota exceed')
}
