import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { AuditError } from '../lib/errors.ts'
import type { Document } from './resource.ts'
import type { ConsoleText, Target } from './target.ts'

/** Beside the sources and beside what is built of them alike. */
const DASHBOARDS = new URL('../../dashboards/', import.meta.url)

/** A dashboard as CreateDashboard takes it, in which `${project}`, `${logstore}` and `${region}` stand for the target's. */
export interface DashboardFile extends Document {
  readonly dashboardName: string
}

const form = z.looseObject({
  dashboardName: z.string().min(2),
  displayName: z.string().min(1),
  charts: z.array(z.unknown())
})

/**
 * Every dashboard of `dashboards/`, in the order of their names; in Chinese those of `dashboards/zh/`.
 *
 * @throws AuditError `internal` for a file that is no dashboard: the package is damaged
 */
export function loadDashboardFiles({ lang }: ConsoleText, folder: URL = DASHBOARDS): DashboardFile[] {
  const own = lang === 'en' ? folder : new URL(`${lang}/`, folder)
  const files = readdirSync(own).filter((file) => file.endsWith('.json'))
  return files.sort().flatMap((file) => {
    const content = JSON.parse(readFileSync(new URL(file, own), 'utf8')) as unknown
    // The logstore's index lies beside them.
    if (typeof content !== 'object' || content === null || !('charts' in content)) return []
    const read = form.safeParse(content)
    if (read.success) return [read.data]
    const path = fileURLToPath(new URL(file, own))
    throw new AuditError('internal', `Cannot read ${path}: ${z.prettifyError(read.error)}`)
  })
}

/** A dashboard with the target in every place that is left for it. */
export function filledDashboard(dashboard: DashboardFile, { region, project, logstore }: Target): DashboardFile {
  const places = new Map(Object.entries({ region, project, logstore }).map(([name, value]) => [`\${${name}}`, value]))
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return places.get(value) ?? value
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member)]))
  }
  return fill(dashboard) as DashboardFile
}
