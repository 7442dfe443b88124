import { z } from 'zod'
import type { SandboxAnswer, SandboxRequest } from '../loopback-server.ts'
import type { Catalog } from './catalog.ts'
import { type Logstore, requireIndex } from './logstore.ts'
import { readBody } from './read-body.ts'
import { answerEmpty, answerJson } from './sls-answer.ts'

/** A request to an operation on a project's logstores. */
export interface AdminRequest {
  readonly request: SandboxRequest
  readonly project: string
  /** Empty for operations on the project. */
  readonly logstore: string
  readonly region: string
}

type AdminOperation = (catalog: Catalog, request: AdminRequest) => Promise<SandboxAnswer> | SandboxAnswer

/** The operations on projects, logstores and indexes, by the vendor's names. */
export const ADMIN_OPERATIONS: Readonly<Record<string, AdminOperation>> = {
  CreateProject: async (catalog, { request }) => {
    const { projectName } = readBody(request, newProject, 'ParameterInvalid')
    await catalog.createProject(projectName)
    return answerEmpty()
  },
  GetProject: (catalog, { project, region }) => {
    catalog.project(project)
    return answerJson({ projectName: project, description: '', region, status: 'Normal', owner: '' })
  },
  ListLogStores: (catalog, { project, request: { query } }) => {
    const wanted = query.get('logstoreName') ?? ''
    const names = [...catalog.project(project).keys()].filter((name) => name.includes(wanted)).sort()
    const offset = Number(query.get('offset') ?? 0) || 0
    const page = names.slice(offset, offset + (Number(query.get('size') ?? 500) || 500))
    return answerJson({ count: page.length, total: names.length, logstores: page })
  },
  CreateLogStore: async (catalog, { project, request }) => {
    const { logstoreName, ttl, shardCount, ...options } = readBody(request, newLogstore, 'LogStoreInfoInvalid')
    await catalog.createLogstore(project, logstoreName, { ttl, shards: shardCount, options })
    return answerEmpty()
  },
  GetLogStore: (catalog, { project, logstore }) => answerJson(describe(catalog.logstore(project, logstore))),
  UpdateLogStore: async (catalog, { project, logstore, request }) => {
    // The number of shards changes by splitting and merging only, the name never.
    const {
      logstoreName: _,
      shardCount: __,
      ttl,
      ...options
    } = readBody(request, changedLogstore, 'LogStoreInfoInvalid')
    await catalog.updateLogstore(project, logstore, { ...(ttl !== undefined && { ttl }), options })
    return answerEmpty()
  },
  DeleteLogStore: async (catalog, { project, logstore }) => {
    await catalog.deleteLogstore(project, logstore)
    return answerEmpty()
  },
  CreateIndex: async (catalog, { project, logstore, request }) => {
    await catalog.setIndex(project, logstore, readBody(request, anyObject, 'IndexInfoInvalid'), 'create')
    return answerEmpty()
  },
  UpdateIndex: async (catalog, { project, logstore, request }) => {
    await catalog.setIndex(project, logstore, readBody(request, anyObject, 'IndexInfoInvalid'), 'update')
    return answerEmpty()
  },
  GetIndex: (catalog, { project, logstore }) => {
    const found = catalog.logstore(project, logstore)
    const { document, modifiedS } = requireIndex(found)
    return answerJson({ ...document, index_mode: 'v2', storage: 'pg', ttl: found.ttl, lastModifyTime: modifiedS })
  },
  DeleteIndex: async (catalog, { project, logstore }) => {
    await catalog.deleteIndex(project, logstore)
    return answerEmpty()
  }
}

const newProject = z.object({ projectName: z.string(), description: z.string() })
const furtherSettings = {
  enable_tracking: z.boolean().optional(),
  autoSplit: z.boolean().optional(),
  maxSplitShard: z.number().int().optional(),
  appendMeta: z.boolean().optional(),
  hot_ttl: z.number().int().optional(),
  mode: z.string().optional(),
  telemetryType: z.string().optional()
}
const newLogstore = z.object({
  logstoreName: z.string(),
  ttl: z.number().int(),
  shardCount: z.number().int(),
  ...furtherSettings
})
const changedLogstore = newLogstore.partial()
const anyObject = z.record(z.string(), z.unknown())

function describe({ name, ttl, shards, options, createdS, modifiedS }: Logstore): Record<string, unknown> {
  const defaults = { enable_tracking: false, autoSplit: false, maxSplitShard: 0, appendMeta: false, mode: 'standard' }
  return {
    ...defaults,
    telemetryType: '',
    ...options,
    logstoreName: name,
    ttl,
    shardCount: shards,
    createTime: createdS,
    lastModifyTime: modifiedS
  }
}
