import PQueue from 'p-queue'
import { type Database, sqlText } from './database.ts'
import { keptDocument, readIndexConfig } from './index-config.ts'
import { addColumnSql, columnsFor, createTableSql, type LogColumn } from './log-table.ts'
import { checkedSettings, type Logstore, type LogstoreIndex, type LogstoreSettings, requireIndex } from './logstore.ts'
import { SlsError } from './sls-error.ts'

const MAX_LOGSTORES = 200
const LOGSTORE_NAME = /^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/
const PROJECT_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

/** What of a logstore is kept in the database; the rest follows from it. */
type Definition = Omit<Logstore, 'index'> & {
  readonly index: Pick<LogstoreIndex, 'document' | 'modifiedS'> | undefined
}

/** Projects and logstores: in memory for reading, in the database to outlive the process. */
export class Catalog {
  readonly #database: Database
  readonly #nowS: () => number
  readonly #projects = new Map<string, Map<string, Logstore>>()
  /** Changes come one at a time: each starts from what the one before it left. */
  readonly #changes = new PQueue({ concurrency: 1 })
  #nextTable = 1

  private constructor(database: Database, nowS: () => number) {
    this.#database = database
    this.#nowS = nowS
  }

  /** Reads what an earlier process left in the database. */
  static async open(database: Database, nowS: () => number): Promise<Catalog> {
    const catalog = new Catalog(database, nowS)
    await database.write(async (connection) => {
      await connection.run('create table if not exists store.projects (name VARCHAR not null)')
      await connection.run(
        'create table if not exists store.logstores (name VARCHAR not null, definition VARCHAR not null)'
      )
      const projects = await connection.runAndReadAll('select name from store.projects')
      for (const [name] of projects.getRowsJson()) catalog.#projects.set(String(name), new Map())
      const logstores = await connection.runAndReadAll('select definition from store.logstores')
      for (const [text] of logstores.getRowsJson()) catalog.#restore(JSON.parse(String(text)) as Definition)
    })
    return catalog
  }

  #restore(definition: Definition): void {
    const { index, ...rest } = definition
    const logstore = { ...rest, index: index && withColumns(index, rest.columns) }
    this.#projects.get(logstore.project)?.set(logstore.name, logstore)
    this.#nextTable = Math.max(this.#nextTable, Number(logstore.table.replace('log_', '')) + 1)
  }

  /** @throws SlsError ProjectAlreadyExist, ParameterInvalid */
  createProject(name: string): Promise<void> {
    return this.#changes.add(async () => {
      if (!PROJECT_NAME.test(name)) throw new SlsError('ParameterInvalid', `The project name ${name} is invalid.`)
      if (this.#projects.has(name)) throw new SlsError('ProjectAlreadyExist', `Project ${name} already exists.`)
      await this.#database.write((connection) => connection.run(`insert into store.projects values (${sqlText(name)})`))
      this.#projects.set(name, new Map())
    })
  }

  /** Names of all projects. */
  projects(): string[] {
    return [...this.#projects.keys()]
  }

  /**
   * The logstores of a project, by name.
   *
   * @throws SlsError ProjectNotExist
   */
  project(name: string): ReadonlyMap<string, Logstore> {
    const project = this.#projects.get(name)
    if (project === undefined) throw new SlsError('ProjectNotExist', `The Project does not exist : ${name}`)
    return project
  }

  /** @throws SlsError ProjectNotExist, LogStoreNotExist */
  logstore(project: string, name: string): Logstore {
    const logstore = this.project(project).get(name)
    if (logstore === undefined) throw new SlsError('LogStoreNotExist', `logstore ${name} does not exist.`)
    return logstore
  }

  /** @throws SlsError ProjectNotExist, LogStoreAlreadyExist, LogStoreInfoInvalid, ProjectQuotaExceed */
  createLogstore(project: string, name: string, settings: LogstoreSettings): Promise<void> {
    return this.#changes.add(async () => {
      const siblings = this.project(project)
      if (siblings.has(name)) throw new SlsError('LogStoreAlreadyExist', `logstore ${name} already exists.`)
      if (!LOGSTORE_NAME.test(name)) throw new SlsError('LogStoreInfoInvalid', `store name ${name} is invalid`)
      if (siblings.size >= MAX_LOGSTORES) throw new SlsError('ProjectQuotaExceed', 'Project Quota Exceed.')
      const table = `log_${this.#nextTable++}`
      const createdS = this.#nowS()
      const times = { createdS, modifiedS: createdS }
      const empty = { columns: [], index: undefined }
      await this.#save({ project, name, ...checkedSettings(settings), table, ...times, ...empty }, [
        createTableSql(table)
      ])
    })
  }

  /** @throws SlsError ProjectNotExist, LogStoreNotExist, LogStoreInfoInvalid */
  updateLogstore(project: string, name: string, change: Partial<LogstoreSettings>): Promise<void> {
    return this.#changes.add(async () => {
      const logstore = this.logstore(project, name)
      const { ttl = logstore.ttl, shards = logstore.shards, options = {} } = change
      const settings = checkedSettings({ ttl, shards, options: { ...logstore.options, ...options } })
      await this.#save({ ...logstore, ...settings, modifiedS: this.#nowS() })
    })
  }

  /** @throws SlsError ProjectNotExist, LogStoreNotExist */
  deleteLogstore(project: string, name: string): Promise<void> {
    return this.#changes.add(async () => {
      const logstore = this.logstore(project, name)
      await this.#database.write(async (connection) => {
        await connection.run(`drop table store.${logstore.table}`)
        await connection.run(`delete from store.logstores where name = ${sqlText(storedName(logstore))}`)
      })
      this.#projects.get(project)?.delete(name)
    })
  }

  /**
   * Sets a logstore's index. It applies to logs that come in from now on.
   *
   * @param wanted what must be there before: an index (`update`), none (`create`), or either
   * @throws SlsError IndexInfoInvalid, IndexAlreadyExist, IndexConfigNotExist
   */
  setIndex(
    project: string,
    name: string,
    document: Readonly<Record<string, unknown>>,
    wanted: 'create' | 'update' | 'either' = 'either'
  ): Promise<void> {
    return this.#changes.add(async () => {
      const logstore = this.logstore(project, name)
      if (wanted === 'update') requireIndex(logstore)
      if (wanted === 'create' && logstore.index !== undefined) {
        throw new SlsError('IndexAlreadyExist', 'log store index is already created.')
      }
      const config = readIndexConfig(document)
      const { active, added } = columnsFor(config, logstore.columns)
      const columns = [...logstore.columns, ...added]
      const index = { document: keptDocument(document), config, columns: active, modifiedS: this.#nowS() }
      const additions = added.map((column) => addColumnSql(logstore.table, column))
      await this.#save({ ...logstore, columns, index }, additions)
    })
  }

  /** @throws SlsError IndexConfigNotExist */
  deleteIndex(project: string, name: string): Promise<void> {
    return this.#changes.add(async () => {
      const logstore = this.logstore(project, name)
      requireIndex(logstore)
      await this.#save({ ...logstore, index: undefined })
    })
  }

  async #save(logstore: Logstore, statements: readonly string[] = []): Promise<void> {
    const { index, ...rest } = logstore
    const definition: Definition = {
      ...rest,
      index: index && { document: index.document, modifiedS: index.modifiedS }
    }
    const name = sqlText(storedName(logstore))
    await this.#database.write(async (connection) => {
      for (const statement of statements) await connection.run(statement)
      await connection.run(`delete from store.logstores where name = ${name}`)
      await connection.run(`insert into store.logstores values (${name}, ${sqlText(JSON.stringify(definition))})`)
    })
    this.#projects.get(logstore.project)?.set(logstore.name, logstore)
  }
}

function storedName({ project, name }: Logstore): string {
  return `${project}/${name}`
}

function withColumns(
  index: Pick<LogstoreIndex, 'document' | 'modifiedS'>,
  columns: readonly LogColumn[]
): LogstoreIndex {
  const config = readIndexConfig(index.document)
  return { ...index, config, columns: columnsFor(config, columns).active }
}
