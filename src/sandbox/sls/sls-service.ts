import type { SandboxAnswer, SandboxRequest, SandboxService } from '../loopback-server.ts'
import { Catalog, type Logstore, type LogstoreSettings } from './catalog.ts'
import { Database } from './database.ts'
import { type AnswerMeta, answerGetLogs, answerGetLogsV2, readQuery } from './get-logs.ts'
import { type LogQuery, type LogQueryResult, runLogQuery } from './log-query.ts'
import { LogReader } from './log-reader.ts'
import { insertLogs } from './log-table.ts'
import { ADMIN_OPERATIONS, readJson } from './logstore-admin.ts'
import { readPut } from './put-logs.ts'
import { PutWatch, type StoredPut } from './put-watch.ts'
import { checkSignature, type SignatureRules } from './signature.ts'
import { answerEmpty, answerError } from './sls-answer.ts'
import { SlsError } from './sls-error.ts'
import { slsRoute } from './sls-routes.ts'
import type { StoredLog } from './stored-log.ts'

export interface SlsServiceOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** When set, requests must carry this token, as with temporary credentials. */
  readonly securityToken?: string
  /** Signature v4 is over it. */
  readonly region: string
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number
  /** Directory of the data file; default: in memory, gone with the process. */
  readonly dataDir?: string
  /** A log for which this says true makes the whole PutLogs answer 400 PostBodyInvalid. Default: none. */
  readonly refuse?: (fields: Readonly<Record<string, string>>) => boolean
  /** Answers a PutLogs without content-length with 411. Default false: chunked bodies are taken. */
  readonly refuseChunked?: boolean
  /** The code for a request clock that is off by more than 15 minutes. Default RequestTimeExpired. */
  readonly clockSkewCode?: SignatureRules['clockSkewCode']
  /** Longest that a query may run, ms. Default 55 s, as the service's. */
  readonly queryTimeoutMs?: number
}

/** A query as `SlsService.query` takes it: what is left out is as in GetLogs. */
export type SlsQuery = Pick<LogQuery, 'from' | 'to'> & Partial<LogQuery>

/** Simple Log Service on this machine, and what a test or a demo may see of it without the wire. */
export interface SlsService extends SandboxService {
  /** @throws SlsError ProjectAlreadyExist */
  createProject(name: string): Promise<void>
  hasProject(name: string): boolean
  /** @throws SlsError ProjectNotExist, LogStoreAlreadyExist, LogStoreInfoInvalid, IndexInfoInvalid */
  createLogstore(
    project: string,
    name: string,
    settings: LogstoreSettings,
    index?: Readonly<Record<string, unknown>>
  ): Promise<void>
  hasLogstore(project: string, name: string): boolean
  /** Sets a logstore's index, for logs that come in from now on. @throws SlsError IndexInfoInvalid */
  updateIndex(project: string, logstore: string, index: Readonly<Record<string, unknown>>): Promise<void>
  /** Every stored log in the order of storing. */
  logs(project: string, logstore: string): Promise<StoredLog[]>
  count(project: string, logstore: string): Promise<number>
  /** How many stored logs hold each value of a field; logs without the field are not counted. */
  valueCounts(project: string, logstore: string, field: string): Promise<Map<string, number>>
  /** What GetLogs answers. @throws SlsError as it does */
  query(project: string, logstore: string, query: SlsQuery): Promise<LogQueryResult>
  /** Calls `listener` after every put that was stored, before its client has the answer; the result ends it. */
  onPut(listener: (put: StoredPut) => void): () => void
  /**
   * Resolves with a stored log for which `predicate` says true: one that is there, or the first that comes.
   *
   * @throws Error after `timeoutMs`, or when the service closes
   */
  waitForLog(predicate: (log: StoredLog) => boolean, options: { timeoutMs: number }): Promise<StoredLog>
  /** The next `count` query answers say Incomplete and lack half of their rows. */
  answerIncomplete(count: number): void
  close(): Promise<void>
}

/** Opens the service. It answers requests once a loopback server carries it. */
export async function createSlsService(options: SlsServiceOptions): Promise<SlsService> {
  const settings = { ...DEFAULTS, securityToken: undefined, dataDir: undefined, ...options }
  const database = await Database.open(settings.dataDir)
  const catalog = await Catalog.open(database, () => Math.floor(settings.now() / 1000))
  return new LocalSls(settings, database, catalog)
}

const DEFAULTS = {
  now: Date.now,
  refuse: () => false,
  refuseChunked: false,
  clockSkewCode: 'RequestTimeExpired',
  queryTimeoutMs: 55_000
} as const

type Settings = Required<Omit<SlsServiceOptions, 'securityToken' | 'dataDir'>> & {
  readonly securityToken: string | undefined
}

class LocalSls implements SlsService {
  readonly name = 'sls'
  readonly #settings: Settings
  readonly #database: Database
  readonly #catalog: Catalog
  readonly #reader: LogReader
  readonly #watch = new PutWatch()
  readonly #closed = new AbortController()
  #incomplete = 0

  constructor(settings: Settings, database: Database, catalog: Catalog) {
    this.#settings = settings
    this.#database = database
    this.#catalog = catalog
    this.#reader = new LogReader(database)
  }

  operationOf({ method, path, query }: Omit<SandboxRequest, 'fault'>): string {
    return slsRoute(method, path, query).operation
  }

  errorAnswer(code: string): SandboxAnswer {
    return answerError(new SlsError(code))
  }

  async handle(request: SandboxRequest, operation: string): Promise<SandboxAnswer> {
    try {
      checkSignature(request, this.#settings)
      const project = projectOf(request.headers['host'] ?? '')
      const { logstore } = slsRoute(request.method, request.path, request.query)
      return await this.#execute(operation, request, project, logstore)
    } catch (fault) {
      if (fault instanceof SlsError) return answerError(fault)
      throw fault
    }
  }

  async #execute(
    operation: string,
    request: SandboxRequest,
    project: string,
    logstore: string
  ): Promise<SandboxAnswer> {
    switch (operation) {
      case 'PutLogs':
        await this.#put(this.#catalog.logstore(project, logstore), request)
        return answerEmpty()
      case 'GetLogs': {
        const { result, meta } = await this.#answerQuery(
          project,
          logstore,
          Object.fromEntries(request.query),
          request.signal
        )
        return answerGetLogs(result, meta)
      }
      case 'GetLogsV2': {
        const { result, meta } = await this.#answerQuery(project, logstore, readJson(request.body), request.signal)
        return answerGetLogsV2(result, meta, request)
      }
    }
    const admin = ADMIN_OPERATIONS[operation]
    if (admin !== undefined) {
      return admin(this.#catalog, { request, project, logstore, region: this.#settings.region })
    }
    this.#catalog.project(project)
    throw new SlsError(
      'NotImplemented',
      `${operation} (${request.method} ${request.path}) is not served by the sandbox yet.`
    )
  }

  async #put({ project, name }: Logstore, request: SandboxRequest): Promise<void> {
    const { now, refuse, refuseChunked } = this.#settings
    const logs = await readPut(request, { nowS: Math.floor(now() / 1000), refuse, refuseChunked })
    await this.#database.write((connection) => {
      // Looked up again: it may have been changed or deleted while this put waited for its turn.
      const { table, index } = this.#catalog.logstore(project, name)
      return insertLogs(connection, table, [...(index?.columns.values() ?? [])], logs)
    })
    this.#watch.announce({ project, logstore: name, logs })
  }

  async #answerQuery(
    project: string,
    logstore: string,
    parameters: unknown,
    signal: AbortSignal
  ): Promise<{ result: LogQueryResult; meta: AnswerMeta }> {
    const startedMs = performance.now()
    const known = typeof parameters === 'object' && parameters !== null ? parameters : {}
    const result = await this.#run(project, logstore, readQuery({ ...known }), signal)
    const elapsedMs = Math.round(performance.now() - startedMs)
    if (this.#incomplete === 0) return { result, meta: { progress: 'Complete', elapsedMs } }
    this.#incomplete -= 1
    const rows = result.rows.slice(0, Math.floor(result.rows.length / 2))
    return { result: { ...result, rows }, meta: { progress: 'Incomplete', elapsedMs } }
  }

  #run(project: string, logstore: string, query: LogQuery, signal?: AbortSignal): Promise<LogQueryResult> {
    const { queryTimeoutMs: timeoutMs } = this.#settings
    const found = this.#catalog.logstore(project, logstore)
    return this.#database.read((connection) => runLogQuery(connection, found, query), { timeoutMs, signal })
  }

  createProject(name: string): Promise<void> {
    return this.#catalog.createProject(name)
  }

  hasProject(name: string): boolean {
    return this.#catalog.projects().includes(name)
  }

  async createLogstore(
    project: string,
    name: string,
    settings: LogstoreSettings,
    index?: Readonly<Record<string, unknown>>
  ): Promise<void> {
    await this.#catalog.createLogstore(project, name, settings)
    if (index !== undefined) await this.updateIndex(project, name, index)
  }

  hasLogstore(project: string, name: string): boolean {
    return this.hasProject(project) && this.#catalog.project(project).has(name)
  }

  updateIndex(project: string, logstore: string, index: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#catalog.setIndex(project, logstore, index)
  }

  logs(project: string, logstore: string): Promise<StoredLog[]> {
    return this.#reader.logs(this.#catalog.logstore(project, logstore))
  }

  count(project: string, logstore: string): Promise<number> {
    return this.#reader.count(this.#catalog.logstore(project, logstore))
  }

  valueCounts(project: string, logstore: string, field: string): Promise<Map<string, number>> {
    return this.#reader.valueCounts(this.#catalog.logstore(project, logstore), field)
  }

  async query(project: string, logstore: string, query: SlsQuery): Promise<LogQueryResult> {
    return this.#run(project, logstore, readQuery({ ...query }))
  }

  onPut(listener: (put: StoredPut) => void): () => void {
    return this.#watch.on(listener)
  }

  async waitForLog(predicate: (log: StoredLog) => boolean, { timeoutMs }: { timeoutMs: number }): Promise<StoredLog> {
    const found = new AbortController()
    const signal = AbortSignal.any([found.signal, this.#closed.signal])
    // Listening starts before the stored logs are read, so that none falls in between.
    const coming = this.#watch.next(predicate, timeoutMs, signal)
    const stored = this.#findStored(predicate)
    try {
      return await Promise.race([coming, stored.then((log) => log ?? coming)])
    } finally {
      coming.catch(() => undefined)
      stored.catch(() => undefined)
      found.abort(new Error('found'))
    }
  }

  async #findStored(predicate: (log: StoredLog) => boolean): Promise<StoredLog | undefined> {
    for (const project of this.#catalog.projects()) {
      for (const logstore of this.#catalog.project(project).values()) {
        const found = await this.#reader.find(logstore, predicate)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  answerIncomplete(count: number): void {
    this.#incomplete = count
  }

  close(): Promise<void> {
    this.#closed.abort(new Error('The service was closed'))
    return this.#database.close()
  }
}

/** The project is the first label of the host: `my-audit.cn-hangzhou.log.aliyuncs.com`, `my-audit.127.0.0.1:4000`. */
function projectOf(host: string): string {
  return host.split(/[.:]/, 1)[0] ?? ''
}
