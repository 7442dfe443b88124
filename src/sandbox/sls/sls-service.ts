import type { SandboxKey } from '../address.ts'
import type { SandboxService } from '../loopback-server.ts'
import { Catalog } from './catalog.ts'
import { Database } from './database.ts'
import { readQuery } from './get-logs.ts'
import type { LogQuery, LogQueryResult } from './log-query.ts'
import { LogReader } from './log-reader.ts'
import type { LogstoreSettings } from './logstore.ts'
import { PutWatch, type StoredPut } from './put-watch.ts'
import { ResourceStore } from './resources/resource-store.ts'
import type { SignatureRules } from './signature.ts'
import { type EndpointParts, type EndpointRules, SlsEndpoint } from './sls-endpoint.ts'
import type { StoredLog } from './stored-log.ts'

export interface SlsServiceOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** When set, requests must carry this token, as with temporary credentials. */
  readonly securityToken?: string
  /** The key where it changes, asked for at each request: `accessKeyId` and what belongs to it are not looked at then. */
  readonly keyNow?: (() => SandboxKey) | undefined
  /** Signature v4 is over it. */
  readonly region: string
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number
  /** Directory of the data file; default: in memory, gone with the process. */
  readonly dataDir?: string
  /** A log for which this says true makes the whole PutLogs answer 400 PostBodyInvalid. Default: none. */
  readonly refuse?: (fields: Readonly<Record<string, string>>) => boolean
  /** Logs are checked, announced and then forgotten, so that no query finds any: for tests that look at puts only. Default false. */
  readonly forgetful?: boolean
  /** Answers a PutLogs without content-length with 411. Default false: chunked bodies are taken. */
  readonly refuseChunked?: boolean
  /** The code for a request clock that is off by more than 15 minutes. Default RequestTimeExpired. */
  readonly clockSkewCode?: SignatureRules['clockSkewCode']
  /** Longest that a query may run, ms. Default 55 s, as the service's. */
  readonly queryTimeoutMs?: number
  /**
   * Time zone in which SQL tells and cuts times that have none of their own. Default Asia/Shanghai, as in the vendor's pages;
   * a query that should give the same answer everywhere must not depend on it.
   */
  readonly timeZone?: string
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

const DEFAULTS = {
  securityToken: undefined,
  keyNow: undefined,
  now: Date.now,
  refuse: () => false,
  forgetful: false,
  refuseChunked: false,
  clockSkewCode: 'RequestTimeExpired'
} as const

const QUERY_TIMEOUT_MS = 55_000
const TIME_ZONE = 'Asia/Shanghai'

/** Opens the service. It answers requests once a loopback server carries it. */
export async function createSlsService(options: SlsServiceOptions): Promise<SlsService> {
  const { dataDir, queryTimeoutMs = QUERY_TIMEOUT_MS, timeZone: zone = TIME_ZONE, ...given } = options
  const rules = { ...DEFAULTS, ...given }
  const database = await Database.open(dataDir)
  const nowS = (): number => Math.floor(rules.now() / 1000)
  const catalog = await Catalog.open(database, nowS)
  const resources = await ResourceStore.open(database, nowS)
  const logstores = (project: string) => catalog.project(project)
  const reader = new LogReader(database, { queryTimeoutMs, zone, nowMs: rules.now, logstores })
  return new LocalSls(rules, { database, catalog, reader, resources, watch: new PutWatch() })
}

class LocalSls extends SlsEndpoint implements SlsService {
  readonly #database: Database
  readonly #catalog: Catalog
  readonly #reader: LogReader
  readonly #watch: PutWatch
  readonly #closed = new AbortController()

  constructor(rules: EndpointRules, parts: EndpointParts) {
    super(rules, parts)
    this.#database = parts.database
    this.#catalog = parts.catalog
    this.#reader = parts.reader
    this.#watch = parts.watch
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
    return this.#reader.query(this.#catalog.logstore(project, logstore), readQuery({ ...query }))
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

  close(): Promise<void> {
    this.#closed.abort(new Error('The service was closed'))
    return this.#database.close()
  }
}
