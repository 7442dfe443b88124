import type { Bilingual, DashboardView, ViewSetup } from './answers.ts'
import { BadRequest } from './bad-request.ts'
import type { ChartDesk } from './chart-desk.ts'
import type { LoadedDashboard } from './dashboards.ts'
import type { InstanceDesk } from './instance-desk.ts'
import { readChartRequest } from './view-requests.ts'

/** One request to the page's server, its body read. */
export interface ViewRequest {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
  /** Aborts when the browser goes away. */
  readonly signal: AbortSignal
}

export interface ViewParts {
  readonly setup: ViewSetup
  readonly dashboards: ReadonlyMap<string, LoadedDashboard>
  readonly charts: ChartDesk
  readonly instances: InstanceDesk
}

/** `/api/...` and what it answers. Nothing here changes anything: POST only carries what is too long for an address. */
const ROUTES: ReadonlyArray<{
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly answer: (parts: ViewParts, request: ViewRequest, name: string) => unknown
}> = [
  { method: 'GET', path: /^\/api\/setup$/, answer: ({ setup }) => setup },
  {
    method: 'GET',
    path: /^\/api\/dashboards\/([^/]+)$/,
    answer: ({ dashboards }, { query }, name) => found(dashboards, name, query.get('language') === 'zh' ? 'zh' : 'en')
  },
  {
    method: 'POST',
    path: /^\/api\/chart$/,
    answer: ({ charts }, { body, signal }) => charts.chart(readChartRequest(body), signal)
  },
  {
    method: 'POST',
    path: /^\/api\/candidates$/,
    answer: ({ charts }, { body, signal }) => charts.candidates(readChartRequest(body), signal)
  },
  {
    method: 'GET',
    path: /^\/api\/instances$/,
    answer: ({ instances }, { query, signal }) => instances.find(query.get('text') ?? '', signal)
  },
  {
    method: 'GET',
    path: /^\/api\/instances\/([^/]+)$/,
    answer: ({ instances }, { signal }, id) => instances.life(id, signal)
  }
]

/**
 * What a request to the API is answered with, as JSON.
 *
 * @throws BadRequest for what does not exist (404), another method (405) or a request that is none (400)
 */
export async function answerRequest(parts: ViewParts, request: ViewRequest): Promise<unknown> {
  const ofPath = ROUTES.filter(({ path }) => path.test(request.path))
  const route = ofPath.find(({ method }) => method === request.method)
  if (route !== undefined) return await route.answer(parts, request, route.path.exec(request.path)?.[1] ?? '')
  throw ofPath.length === 0 ? new BadRequest('Not found.', 404) : new BadRequest('Another method, please.', 405)
}

function found(dashboards: ViewParts['dashboards'], name: string, language: keyof Bilingual): DashboardView {
  const dashboard = dashboards.get(name)
  if (dashboard === undefined) throw new BadRequest('No such dashboard.', 404)
  return dashboard.views[language]
}
