import type { Database } from './database.ts'
import { type LogQuery, type LogQueryResult, runLogQuery } from './log-query.ts'
import { isOwnText, logSelection, readLog } from './log-table.ts'
import type { Logstore } from './logstore.ts'
import { memberSql } from './search/search-scope.ts'
import type { StoredLog } from './stored-log.ts'

/** Reading everything is bounded as a query is, only longer. */
const TIMEOUT_MS = 120_000

export interface ReaderSettings {
  readonly queryTimeoutMs: number
  /** Time zone of the service's SQL. */
  readonly zone: string
  /** Epoch ms. */
  readonly nowMs: () => number
  /** The logstores of a project, by name. */
  readonly logstores: (project: string) => ReadonlyMap<string, Logstore>
}

/** Reads logstores: by query, as clients do, and whole, for those who check what was stored. */
export class LogReader {
  readonly #database: Database
  readonly #settings: ReaderSettings

  constructor(database: Database, settings: ReaderSettings) {
    this.#database = database
    this.#settings = settings
  }

  /**
   * Runs a query; `signal` ends it.
   *
   * @throws SlsError as the service would answer
   */
  query(logstore: Logstore, query: LogQuery, signal?: AbortSignal): Promise<LogQueryResult> {
    const { queryTimeoutMs: timeoutMs, zone, nowMs, logstores } = this.#settings
    const sibling = (name: string): Logstore | undefined => logstores(logstore.project).get(name)
    const surroundings = { zone, nowMs: nowMs(), sibling }
    return this.#database.read((connection) => runLogQuery(connection, logstore, query, surroundings), {
      timeoutMs,
      signal
    })
  }

  /** Every log, in the order of storing. */
  async logs(logstore: Logstore): Promise<StoredLog[]> {
    const logs: StoredLog[] = []
    await this.find(logstore, (log) => {
      logs.push(log)
      return false
    })
    return logs
  }

  /** The first log, in the order of storing, for which `predicate` says true. */
  find({ table, columns }: Logstore, predicate: (log: StoredLog) => boolean): Promise<StoredLog | undefined> {
    return this.#database.read(
      async (connection) => {
        const result = await connection.stream(`select ${logSelection(columns)} from store.${table} order by rowid`)
        for await (const rows of result.yieldRows()) {
          const found = rows.map((row) => readLog(row, columns)).find(predicate)
          if (found !== undefined) return found
        }
        return undefined
      },
      { timeoutMs: TIMEOUT_MS }
    )
  }

  async count({ table }: Logstore): Promise<number> {
    const rows = await this.#rows(`select count(*) from store.${table}`)
    return Number(rows[0]?.[0])
  }

  /** How many logs hold each value of a field. */
  async valueCounts({ table, columns }: Logstore, field: string): Promise<Map<string, number>> {
    const texts = columns.filter((column) => column.key === field && isOwnText(column)).map(({ name }) => name)
    const value = `coalesce(${[...texts, memberSql('rest', field)].join(', ')})`
    const rows = await this.#rows(
      `select ${value} as value, count(*) from store.${table} where value is not null group by value`
    )
    return new Map(rows.map(([text, count]) => [String(text), Number(count)]))
  }

  #rows(sql: string): Promise<readonly unknown[][]> {
    return this.#database.read(async (connection) => (await connection.runAndReadAll(sql)).getRows(), {
      timeoutMs: TIMEOUT_MS
    })
  }
}
