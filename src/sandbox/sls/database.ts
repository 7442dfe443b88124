import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import PQueue from 'p-queue'
import { PRESTO_MACROS } from './presto-macros.ts'
import { SlsError } from './sls-error.ts'

/** Reads at a time. Each holds one of Node's four worker threads; the others are left to writes and files. */
const PARALLEL_READS = 2
/** Reads that may wait; more are told that the server is busy. */
const WAITING_READS = 100

/**
 * The DuckDB under the logstores. Tables live in the schema `store`, which is on nobody's search path: SQL from outside
 * can't name them. After opening, DuckDB may neither touch files (but its own) nor load extensions nor change settings.
 */
export class Database {
  readonly #instance: DuckDBInstance
  readonly #writer: DuckDBConnection
  readonly #writes = new PQueue({ concurrency: 1 })
  readonly #reads = new PQueue({ concurrency: PARALLEL_READS })
  readonly #open = new Set<DuckDBConnection>()
  readonly #onDisk: boolean
  #closing: Promise<void> | undefined

  private constructor(instance: DuckDBInstance, writer: DuckDBConnection, onDisk: boolean) {
    this.#instance = instance
    this.#writer = writer
    this.#onDisk = onDisk
  }

  /** @param dataDir directory for the file `sls.duckdb`, made when missing; undefined: in memory */
  static async open(dataDir: string | undefined): Promise<Database> {
    if (dataDir !== undefined) await mkdir(dataDir, { recursive: true })
    const instance = await DuckDBInstance.create(dataDir === undefined ? ':memory:' : join(dataDir, 'sls.duckdb'), {
      // DuckDB's own checkpoints hold the JavaScript thread for a second or two.
      checkpoint_threshold: '100GB',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false'
    })
    const writer = await instance.connect()
    await writer.run('create schema if not exists store')
    for (const macro of PRESTO_MACROS) await writer.run(`create or replace macro ${macro}`)
    for (const setting of [
      `global TimeZone = 'UTC'`,
      'global integer_division = true',
      `temp_directory = ''`,
      'enable_external_access = false',
      'lock_configuration = true'
    ]) {
      await writer.run(`set ${setting}`)
    }
    return new Database(instance, writer, dataDir !== undefined)
  }

  /** Runs `work` alone on the one connection that writes, in a transaction: it is committed or nothing has changed. */
  write<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    return this.#writes.add(async () => {
      await this.#writer.run('begin')
      try {
        const result = await work(this.#writer)
        await this.#writer.run('commit')
        return result
      } catch (fault) {
        await this.#writer.run('rollback')
        throw fault
      }
    })
  }

  /**
   * Runs `work` on a connection of its own, and interrupts it after `timeoutMs` or when `signal` aborts.
   *
   * @throws SlsError RequestTimeout, or ServerBusy when too many reads wait
   */
  async read<Result>(
    work: (connection: DuckDBConnection) => Promise<Result>,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined }
  ): Promise<Result> {
    if (this.#reads.size >= WAITING_READS) throw new SlsError('ServerBusy', 'Too many queued queries')
    return this.#reads.add(async () => {
      const connection = await this.#instance.connect()
      const interrupt = (): void => connection.interrupt()
      const timer = setTimeout(interrupt, timeoutMs)
      signal?.addEventListener('abort', interrupt)
      this.#open.add(connection)
      try {
        return await work(connection)
      } catch (fault) {
        if (!(fault instanceof Error && fault.message.startsWith('INTERRUPT'))) throw fault
        throw new SlsError('RequestTimeout', `Query exceeded maximum time limit of ${timeoutMs / 1000}s`)
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', interrupt)
        this.#open.delete(connection)
        connection.disconnectSync()
      }
    })
  }

  /** Interrupts reads, lets writes end, and leaves a data file that opens fast. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#reads.clear()
    for (const connection of this.#open) connection.interrupt()
    await Promise.all([this.#reads.onIdle(), this.#writes.onIdle()])
    if (this.#onDisk) await this.#writer.run('checkpoint')
    this.#writer.disconnectSync()
    this.#instance.closeSync()
  }
}

/** A text as a SQL literal. DuckDB knows no escape but the doubled quote. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as a SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
