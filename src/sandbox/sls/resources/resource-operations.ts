import type { SandboxAnswer, SandboxRequest } from '../../loopback-server.ts'
import { readBody } from '../read-body.ts'
import { answerEmpty, answerJson } from '../sls-answer.ts'
import { SlsError } from '../sls-error.ts'
import { ALERT } from './alert.ts'
import { DASHBOARD } from './dashboard.ts'
import { anyObject, type ResourceKind } from './resource-kind.ts'
import type { Resource, ResourceStore } from './resource-store.ts'
import { SAVED_SEARCH } from './saved-search.ts'

/** A request to an operation on a project's saved searches, dashboards or alerts. */
export interface ResourceRequest {
  readonly request: Pick<SandboxRequest, 'body' | 'query'>
  readonly project: string
  /** The resource's; empty for operations on all of them. */
  readonly name: string
}

type ResourceOperation = (store: ResourceStore, request: ResourceRequest) => Promise<SandboxAnswer> | SandboxAnswer

/** The operations on saved searches, dashboards and alerts, by the vendor's names. */
export const RESOURCE_OPERATIONS: Readonly<Record<string, ResourceOperation>> = {
  ...common(SAVED_SEARCH),
  ...common(DASHBOARD),
  ...common(ALERT),
  CreateAlert: async (store, asked) => {
    checkDashboard(store, asked)
    return create(store, ALERT, asked)
  },
  UpdateAlert: async (store, asked) => {
    checkDashboard(store, asked)
    return update(store, ALERT, asked)
  },
  EnableAlert: (store, asked) => enable(store, asked, true),
  DisableAlert: (store, asked) => enable(store, asked, false),
  ListSavedSearch: (store, asked) => {
    const { page, total } = pageOf(store.list(asked.project, SAVED_SEARCH), asked, { size: 500, most: 500 })
    return answerJson({ count: page.length, total, savedsearchItems: page.map(describe) })
  },
  ListDashboard: (store, asked) => {
    const { page, total } = pageOf(store.list(asked.project, DASHBOARD), asked, { size: 500, most: 500 })
    const dashboardItems = page.map(({ document: { dashboardName, displayName, description } }) => {
      return { dashboardName, displayName, description }
    })
    return answerJson({ count: page.length, total, dashboards: page.map(({ name }) => name), dashboardItems })
  },
  ListAlerts: (store, asked) => {
    const { page, total } = pageOf(store.list(asked.project, ALERT), asked, { size: 10, most: 200 })
    return answerJson({ count: page.length, total, results: page.map(describe) })
  }
}

function common(kind: ResourceKind): Record<string, ResourceOperation> {
  return {
    [`Create${kind.name}`]: (store, asked) => create(store, kind, asked),
    [`Update${kind.name}`]: (store, asked) => update(store, kind, asked),
    [`Get${kind.name}`]: (store, { project, name }) => answerJson(describe(store.get(project, kind, name))),
    [`Delete${kind.name}`]: async (store, { project, name }) => {
      await store.delete(project, kind, name)
      return answerEmpty()
    }
  }
}

async function create(
  store: ResourceStore,
  kind: ResourceKind,
  { project, request }: ResourceRequest
): Promise<SandboxAnswer> {
  const body = readBody(request, anyObject, 'PostBodyInvalid')
  const name = body[kind.nameKey]
  if (typeof name !== 'string') throw new SlsError('PostBodyInvalid', `${kind.nameKey}: expected a name`)
  kind.checkName(name)
  await store.create(project, kind, name, kind.read(body, name))
  return answerEmpty()
}

async function update(
  store: ResourceStore,
  kind: ResourceKind,
  { project, name, request }: ResourceRequest
): Promise<SandboxAnswer> {
  store.get(project, kind, name)
  const document = kind.read(readBody(request, anyObject, 'PostBodyInvalid'), name)
  await store.update(project, kind, name, { document })
  return answerEmpty()
}

async function enable(
  store: ResourceStore,
  { project, name }: ResourceRequest,
  enabled: boolean
): Promise<SandboxAnswer> {
  await store.update(project, ALERT, name, { enabled })
  return answerEmpty()
}

/** An alert shows its history on a dashboard of its project, or on the one that the service itself keeps for that. */
function checkDashboard(store: ResourceStore, { project, request }: ResourceRequest): void {
  const { configuration } = readBody(request, anyObject, 'PostBodyInvalid')
  const dashboard = anyObject.safeParse(configuration).data?.['dashboard']
  if (typeof dashboard !== 'string' || dashboard === 'internal-alert-analysis') return
  if (store.list(project, DASHBOARD).some(({ name }) => name === dashboard)) return
  throw new SlsError('ParameterInvalid', `Dashboard does not exist: ${dashboard}`)
}

function describe({ kind, document, enabled, createdS, modifiedS }: Resource): Record<string, unknown> {
  if (kind !== 'Alert') return document
  return {
    ...document,
    status: enabled ? 'ENABLED' : 'DISABLED',
    createTime: createdS,
    lastModifiedTime: modifiedS
  }
}

function pageOf(
  all: readonly Resource[],
  { request: { query } }: ResourceRequest,
  { size, most }: { size: number; most: number }
): { page: Resource[]; total: number } {
  const offset = Number(query.get('offset') ?? 0) || 0
  const wanted = Math.min(Number(query.get('size') ?? size) || size, most)
  return { page: all.slice(offset, offset + wanted), total: all.length }
}
