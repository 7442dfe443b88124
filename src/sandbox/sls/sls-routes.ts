/** What a path asks for: the operation, and the names that the path holds. */
export interface SlsRoute {
  /** Operation name as the vendor's API reference spells it; `Unknown` when no operation has this form. */
  readonly operation: string
  /** Empty for operations on the project. */
  readonly logstore: string
}

const PROJECT_RESOURCES: Readonly<Record<string, string>> = {
  savedsearches: 'SavedSearch',
  dashboards: 'Dashboard',
  alerts: 'Alert',
  scheduledsqls: 'ScheduledSQL'
}

const ROUTES: ReadonlyArray<readonly [method: string, path: RegExp, operation: string]> = [
  ['GET', /^\/$/, 'GetProject'],
  ['GET', /^\/logstores\/?$/, 'ListLogStores'],
  ['POST', /^\/logstores\/?$/, 'CreateLogStore'],
  ['POST', /^\/logstores\/([^/]+)\/shards\/(?:lb|route)$/, 'PutLogs'],
  ['POST', /^\/logstores\/([^/]+)$/, 'PutLogs'],
  ['POST', /^\/logstores\/([^/]+)\/logs$/, 'GetLogsV2'],
  ['GET', /^\/logstores\/([^/]+)$/, 'GetLogStore'],
  ['PUT', /^\/logstores\/([^/]+)$/, 'UpdateLogStore'],
  ['DELETE', /^\/logstores\/([^/]+)$/, 'DeleteLogStore'],
  ['POST', /^\/logstores\/([^/]+)\/index$/, 'CreateIndex'],
  ['GET', /^\/logstores\/([^/]+)\/index$/, 'GetIndex'],
  ['PUT', /^\/logstores\/([^/]+)\/index$/, 'UpdateIndex'],
  ['DELETE', /^\/logstores\/([^/]+)\/index$/, 'DeleteIndex']
]

const QUERY_BY_TYPE: Readonly<Record<string, string>> = { log: 'GetLogs', histogram: 'GetHistograms' }

/** The operation that a request's method, path and query ask for. Total. */
export function slsRoute(method: string, path: string, query: URLSearchParams): SlsRoute {
  for (const [verb, pattern, operation] of ROUTES) {
    const match = verb === method ? pattern.exec(path) : null
    if (match === null) continue
    // GET /logstores/X is three operations: its `type` parameter says which.
    const asked = operation === 'GetLogStore' ? QUERY_BY_TYPE[query.get('type') ?? ''] : undefined
    return { operation: asked ?? operation, logstore: decodeSegment(match[1] ?? '') }
  }
  return { operation: resourceOperation(method, path), logstore: '' }
}

function resourceOperation(method: string, path: string): string {
  const [, collection = '', name] = path.split('/')
  const resource = PROJECT_RESOURCES[collection]
  if (resource === undefined) return 'Unknown'
  if (name === undefined)
    return method === 'POST' ? `Create${resource}` : method === 'GET' ? `List${resource}` : 'Unknown'
  const verbs: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Update', DELETE: 'Delete' }
  const verb = verbs[method]
  return verb === undefined ? 'Unknown' : `${verb}${resource}`
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
