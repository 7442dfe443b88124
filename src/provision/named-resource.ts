import { isObject } from '../lib/is-object.ts'
import { differences } from './differences.ts'
import type { Document, Resource, ResourceKind } from './resource.ts'

/** What the API calls a kind of resource. */
interface KindNames {
  readonly kind: ResourceKind
  /** In the names of operations: `CreateDashboard`. */
  readonly operations: string
  readonly collection: string
}

const SAVED_SEARCH: KindNames = { kind: 'saved search', operations: 'SavedSearch', collection: '/savedsearches' }
const DASHBOARD: KindNames = { kind: 'dashboard', operations: 'Dashboard', collection: '/dashboards' }
const ALERT: KindNames = { kind: 'alert', operations: 'Alert', collection: '/alerts' }

/** A saved search, by its body as CreateSavedSearch takes it. */
export function savedSearchResource(wanted: Document & { readonly savedsearchName: string }): Resource {
  return namedResource(SAVED_SEARCH, wanted.savedsearchName, wanted)
}

/** A dashboard, by its body as CreateDashboard takes it. */
export function dashboardResource(wanted: Document & { readonly dashboardName: string }): Resource {
  return namedResource(DASHBOARD, wanted.dashboardName, wanted)
}

/**
 * An alert, by its body as CreateAlert takes it. What people have added to it stays: a mute, an action policy. One that
 * they have switched off stays off, and that is told.
 */
export function alertResource(wanted: Document & { readonly name: string }): Resource {
  const resource = namedResource(ALERT, wanted.name, wanted)
  return {
    ...resource,
    update: (actual) => {
      const { status: _, createTime: __, lastModifiedTime: ___, ...theirs } = actual
      return { ...resource.update(actual), body: { ...theirs, ...wanted, ...withTheirs(wanted, theirs) } }
    },
    compare: (actual) => {
      const remarks = actual['status'] === 'DISABLED' ? ['is switched off in the project'] : []
      return { ...resource.compare(actual), remarks }
    }
  }
}

function namedResource({ kind, operations, collection }: KindNames, name: string, wanted: Document): Resource {
  const path = `${collection}/${name}`
  return {
    kind,
    name,
    wanted,
    read: { operation: `Get${operations}`, method: 'GET', path, answer: 'json' },
    create: { operation: `Create${operations}`, method: 'POST', path: collection, body: wanted, answer: 'none' },
    update: () => ({ operation: `Update${operations}`, method: 'PUT', path, body: wanted, answer: 'none' }),
    compare: (actual) => ({ changes: differences(wanted, actual), obstacles: [], remarks: [] })
  }
}

/** The nested objects of an alert, with what only the actual ones have. */
function withTheirs(wanted: Document, theirs: Document): Document {
  const nested = (['schedule', 'configuration'] as const).flatMap((key) => {
    const [own, other] = [wanted[key], theirs[key]]
    if (!isObject(own) || !isObject(other)) return []
    const policy = 'policyConfiguration'
    const policies = isObject(own[policy]) &&
      isObject(other[policy]) && { [policy]: { ...other[policy], ...own[policy] } }
    return [[key, { ...other, ...own, ...policies }] as const]
  })
  return Object.fromEntries(nested)
}
