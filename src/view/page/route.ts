/** The page's time picker: `default` leaves every chart its own range. */
export type PickedRange =
  | { readonly kind: 'default' }
  | { readonly kind: 'last'; readonly lastMs: number }
  | { readonly kind: 'window'; readonly fromMs: number; readonly toMs: number }

/** What the page shows. All of it is in the address, so that it can be sent to somebody, and the back button works. */
export type Route =
  | {
      readonly page: 'dashboard'
      /** '' is the first one. */
      readonly name: string
      readonly range: PickedRange
      readonly filters: Readonly<Record<string, readonly string[]>>
      readonly tokens: Readonly<Record<string, string>>
    }
  | { readonly page: 'instance'; readonly id: string }

/** Reads the part of an address behind `#`. What it can't understand is left out. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  const [page, name = ''] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  if (page === 'instances' && name !== '') return { page: 'instance', id: name }
  const parameters = new URLSearchParams(query)
  const filters: Record<string, string[]> = {}
  const tokens: Record<string, string> = {}
  for (const [key, value] of parameters) {
    if (key.startsWith('f.')) filters[key.slice(2)] = [...(filters[key.slice(2)] ?? []), value]
    if (key.startsWith('t.')) tokens[key.slice(2)] = value
  }
  return { page: 'dashboard', name: page === 'dashboards' ? name : '', range: parseRange(parameters), filters, tokens }
}

/** The other way: `#/dashboards/released?last=3600000&f.region_id=cn-hangzhou`. */
export function formatRoute(route: Route): string {
  if (route.page === 'instance') return `#/instances/${encodeURIComponent(route.id)}`
  const parameters = new URLSearchParams()
  const { range } = route
  if (range.kind === 'last') parameters.set('last', String(range.lastMs))
  if (range.kind === 'window') {
    parameters.set('from', String(range.fromMs))
    parameters.set('to', String(range.toMs))
  }
  for (const [key, values] of Object.entries(route.filters)) {
    for (const value of values) parameters.append(`f.${key}`, value)
  }
  for (const [key, value] of Object.entries(route.tokens)) parameters.set(`t.${key}`, value)
  const query = parameters.toString()
  return `#/dashboards/${encodeURIComponent(route.name)}${query === '' ? '' : `?${query}`}`
}

function parseRange(parameters: URLSearchParams): PickedRange {
  const whole = (name: string): number | undefined => {
    const text = parameters.get(name) ?? ''
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  }
  const [lastMs, fromMs, toMs] = [whole('last'), whole('from'), whole('to')]
  if (lastMs !== undefined && lastMs > 0) return { kind: 'last', lastMs }
  if (fromMs !== undefined && toMs !== undefined && fromMs < toMs) return { kind: 'window', fromMs, toMs }
  return { kind: 'default' }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
