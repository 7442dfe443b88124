/** What a path asks for: the operation, and the names that the path holds. */
export interface SlsRoute {
  /** Operation name as the vendor's API reference spells it; `Unknown` when no operation has this form. */
  readonly operation: string
  /** Empty for operations on the project. */
  readonly logstore: string
  /** Of a saved search, dashboard or alert; empty for operations on others, and on all of them. */
  readonly resource: string
}

const PROJECT_RESOURCES: Readonly<Record<string, string>> = {
  savedsearches: 'SavedSearch',
  dashboards: 'Dashboard',
  alerts: 'Alert',
  scheduledsqls: 'ScheduledSQL'
}

/** The vendor names only these lists in the plural. */
const LISTS: Readonly<Record<string, string>> = { Alert: 'ListAlerts', ScheduledSQL: 'ListScheduledSQLs' }

const ROUTES: ReadonlyArray<readonly [method: string, path: RegExp, operation: string]> = [
  ['GET', /^\/$/, 'GetProject'],
  ['POST', /^\/$/, 'CreateProject'],
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
    return { operation: asked ?? operation, logstore: decodeSegment(match[1] ?? ''), resource: '' }
  }
  return { ...resourceRoute(method, path, query), logstore: '' }
}

const ACTIONS: Readonly<Record<string, string>> = { enable: 'Enable', disable: 'Disable' }
const VERBS: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Update', DELETE: 'Delete' }
const LIST_VERBS: Readonly<Record<string, string>> = { GET: 'List', POST: 'Create' }

function resourceRoute(method: string, path: string, query: URLSearchParams): Omit<SlsRoute, 'logstore'> {
  const [, collection = '', name = '', ...more] = path.split('/')
  const kind = PROJECT_RESOURCES[collection]
  const verb = (name === '' ? LIST_VERBS : VERBS)[method]
  if (kind === undefined || verb === undefined || more.length > 0) return { operation: 'Unknown', resource: '' }
  const resource = decodeSegment(name)
  if (verb === 'List') return { operation: LISTS[kind] ?? `List${kind}`, resource }
  // PUT is two operations: with an `action`, only an alert's switch is turned.
  const action = verb === 'Update' ? ACTIONS[query.get('action') ?? ''] : undefined
  return { operation: `${action ?? verb}${kind}`, resource }
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
