import type { SandboxKey } from '../address.ts'
import type { SandboxAnswer, SandboxRequest, SandboxService } from '../loopback-server.ts'
import type { Catalog } from './catalog.ts'
import type { Database } from './database.ts'
import { type AnswerMeta, answerGetLogs, answerGetLogsV2, readQuery } from './get-logs.ts'
import type { LogQueryResult } from './log-query.ts'
import type { LogReader } from './log-reader.ts'
import { insertLogs } from './log-table.ts'
import { ADMIN_OPERATIONS } from './logstore-admin.ts'
import { type PutRules, readPut } from './put-logs.ts'
import type { PutWatch } from './put-watch.ts'
import { readJson } from './read-body.ts'
import { RESOURCE_OPERATIONS } from './resources/resource-operations.ts'
import type { ResourceStore } from './resources/resource-store.ts'
import { checkSignature, type SignatureRules } from './signature.ts'
import { answerEmpty, answerError } from './sls-answer.ts'
import { SlsError } from './sls-error.ts'
import { slsRoute } from './sls-routes.ts'

/** Every operation that is served, by the vendor's names. */
export const SLS_OPERATIONS: readonly string[] = [
  ...['PutLogs', 'GetLogs', 'GetLogsV2'],
  ...Object.keys(ADMIN_OPERATIONS),
  ...Object.keys(RESOURCE_OPERATIONS)
]

/** What requests are checked against. */
export type EndpointRules = SignatureRules &
  Omit<PutRules, 'nowS'> & {
    /** The key where it changes. */
    readonly keyNow: (() => SandboxKey) | undefined
    /** Stored logs are not kept. */
    readonly forgetful: boolean
  }

/** What the endpoint works on. */
export interface EndpointParts {
  readonly database: Database
  readonly catalog: Catalog
  readonly reader: LogReader
  readonly resources: ResourceStore
  readonly watch: PutWatch
}

/** The service's side of the wire: requests to answers. */
export class SlsEndpoint implements SandboxService {
  readonly name = 'sls'
  readonly #rules: EndpointRules
  readonly #parts: EndpointParts
  #incomplete = 0

  constructor(rules: EndpointRules, parts: EndpointParts) {
    this.#rules = rules
    this.#parts = parts
  }

  operationOf({ method, path, query }: Omit<SandboxRequest, 'fault'>): string {
    return slsRoute(method, path, query).operation
  }

  errorAnswer(code: string): SandboxAnswer {
    return answerError(new SlsError(code))
  }

  /** The next `count` query answers say Incomplete and lack half of their rows. */
  answerIncomplete(count: number): void {
    this.#incomplete = count
  }

  async handle(request: SandboxRequest, operation: string): Promise<SandboxAnswer> {
    try {
      checkSignature(request, { ...this.#rules, ...this.#rules.keyNow?.() })
      const { logstore, resource } = slsRoute(request.method, request.path, request.query)
      const project = projectOf(request.headers['host'] ?? '')
      return await this.#execute(operation, { request, project, logstore, resource })
    } catch (fault) {
      if (fault instanceof SlsError) return answerError(fault)
      throw fault
    }
  }

  async #execute(operation: string, call: Call): Promise<SandboxAnswer> {
    const { request, project } = call
    switch (operation) {
      case 'PutLogs':
        return this.#put(call)
      case 'GetLogs': {
        const { result, meta } = await this.#query(call, Object.fromEntries(request.query))
        return answerGetLogs(result, meta)
      }
      case 'GetLogsV2': {
        const { result, meta } = await this.#query(call, readJson(request.body))
        return answerGetLogsV2(result, meta, request)
      }
    }
    const { catalog, resources } = this.#parts
    const admin = ADMIN_OPERATIONS[operation]
    if (admin !== undefined) return admin(catalog, { ...call, region: this.#rules.region })
    catalog.project(project)
    const own = RESOURCE_OPERATIONS[operation]
    if (own !== undefined) return own(resources, { request, project, name: call.resource })
    const asked = `${operation} (${request.method} ${request.path})`
    throw new SlsError('NotImplemented', `${asked} is not served by the sandbox yet.`)
  }

  async #put({ request, project, logstore }: Call): Promise<SandboxAnswer> {
    const { catalog, database, watch } = this.#parts
    catalog.logstore(project, logstore)
    const logs = await readPut(request, { ...this.#rules, nowS: Math.floor(this.#rules.now() / 1000) })
    if (!this.#rules.forgetful) {
      await database.write((connection) => {
        // Looked up again: it may have been changed or deleted while this put waited for its turn.
        const { table, index } = catalog.logstore(project, logstore)
        return insertLogs(connection, table, [...(index?.columns.values() ?? [])], logs)
      })
    }
    watch.announce({ project, logstore, logs, signal: request.signal })
    return answerEmpty()
  }

  async #query(
    { request, project, logstore }: Call,
    parameters: unknown
  ): Promise<{ result: LogQueryResult; meta: AnswerMeta }> {
    const startedMs = performance.now()
    const query = readQuery({ ...(typeof parameters === 'object' && parameters) })
    const result = await this.#parts.reader.query(
      this.#parts.catalog.logstore(project, logstore),
      query,
      request.signal
    )
    const elapsedMs = Math.round(performance.now() - startedMs)
    const incomplete = this.#incomplete > 0 || request.fault?.kind === 'incomplete'
    if (!incomplete) return { result, meta: { progress: 'Complete', elapsedMs } }
    this.#incomplete = Math.max(0, this.#incomplete - 1)
    const rows = result.rows.slice(0, Math.floor(result.rows.length / 2))
    return { result: { ...result, rows }, meta: { progress: 'Incomplete', elapsedMs } }
  }
}

/** A request and the names in it. */
interface Call {
  readonly request: SandboxRequest
  readonly project: string
  /** Empty for operations on the project. */
  readonly logstore: string
  /** The saved search, dashboard or alert. */
  readonly resource: string
}

/** The project is the first label of the host: `my-audit.cn-hangzhou.log.aliyuncs.com`, `my-audit.127.0.0.1:4000`. */
function projectOf(host: string): string {
  return host.split(/[.:]/, 1)[0] ?? ''
}
