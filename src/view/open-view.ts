import { loadCatalogue } from '../audit/catalogue.ts'
import type { Clock } from '../lib/clock.ts'
import { packageVersion } from '../lib/package-version.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import { columnBook } from './chart-columns.ts'
import { ChartDesk } from './chart-desk.ts'
import { loadDashboards, OWN_DASHBOARDS } from './dashboards.ts'
import { InstanceDesk } from './instance-desk.ts'
import { LogstoreDesk } from './logstore-desk.ts'
import { startViewServer, type ViewServer, type ViewServerOptions } from './view-server.ts'

export interface ViewOptions extends ViewServerOptions {
  readonly reader: SlsReader
  readonly clock: Clock
  /** `project/logstore` and its endpoint, for what the page says of it. */
  readonly logstore: string
  readonly endpoint: string
  /** How often the page refreshes itself unless its reader has chosen, seconds. Default 0: never. */
  readonly refreshS?: number
  /** Folder of the dashboards. Default: those of this package. */
  readonly dashboards?: URL | undefined
}

/**
 * Opens the page: the dashboards drawn from a logstore, and the life of every instance in it.
 *
 * @throws AuditError for a host or port that can't be used, or dashboards that can't be read
 */
export async function openView(options: ViewOptions): Promise<ViewServer> {
  const { reader, clock, logstore, endpoint, refreshS = 0, dashboards: folder = OWN_DASHBOARDS } = options
  const book = columnBook(loadCatalogue().values())
  const dashboards = loadDashboards(folder, book)
  const desk = new LogstoreDesk({ reader, clock, logstore, endpoint })
  const setup = {
    dashboards: Array.from(dashboards, ([name, { title }]) => ({ name, title })),
    logstore,
    version: packageVersion(),
    refreshS
  }
  const charts = new ChartDesk({ dashboards, book, desk, clock })
  const instances = new InstanceDesk(desk, clock)
  const server = await startViewServer({ setup, dashboards, charts, instances }, options)
  return {
    url: server.url,
    close: async () => {
      await server.close()
      await desk.close()
    }
  }
}
