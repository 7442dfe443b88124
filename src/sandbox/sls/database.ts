import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import PQueue from 'p-queue'
import { SlsError } from './sls-error.ts'
import { PRESTO_MACROS } from './sql/presto-macros.ts'

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
  readonly #closed = new AbortController()
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
      this.#requireOpen()
      await this.#writer.run('begin')
      try {
        const result = await work(this.#writer)
        await this.#writer.run('commit')
        return result
      } catch (fault) {
        await this.#writer.run('rollback').catch(() => undefined)
        throw fault
      }
    })
  }

  /**
   * Runs `work` on a connection of its own, and interrupts it after `timeoutMs`, when `signal` aborts, and on close.
   *
   * @throws SlsError RequestTimeout when interrupted, ServerBusy when closed or when too many reads wait
   */
  async read<Result>(
    work: (connection: DuckDBConnection) => Promise<Result>,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined }
  ): Promise<Result> {
    if (this.#reads.size >= WAITING_READS) throw new SlsError('ServerBusy', 'Too many queued queries')
    return this.#reads.add(async () => {
      this.#requireOpen()
      const connection = await this.#instance.connect()
      const interruption = new Interruption(connection, timeoutMs, [this.#closed.signal, ...(signal ? [signal] : [])])
      try {
        return await work(connection)
      } catch (fault) {
        if (!interruption.happened) throw fault
        throw new SlsError('RequestTimeout', `Query was ended; the maximum time limit is ${timeoutMs / 1000}s`)
      } finally {
        interruption.release()
        connection.disconnectSync()
      }
    })
  }

  #requireOpen(): void {
    if (this.#closed.signal.aborted) throw new SlsError('ServerBusy', 'The service is closed.')
  }

  /** Interrupts reads, lets writes end, and leaves a data file that opens fast. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#closed.abort()
    await Promise.all([this.#reads.onIdle(), this.#writes.onIdle()])
    if (this.#onDisk) await this.#writer.run('checkpoint')
    this.#writer.disconnectSync()
    this.#instance.closeSync()
  }
}

/** Interrupts what runs on a connection, after a time or when one of the signals aborts. */
class Interruption {
  readonly #connection: DuckDBConnection
  readonly #signals: readonly AbortSignal[]
  readonly #timer: NodeJS.Timeout
  #repeat: NodeJS.Timeout | undefined

  constructor(connection: DuckDBConnection, timeoutMs: number, signals: readonly AbortSignal[]) {
    this.#connection = connection
    this.#signals = signals
    this.#timer = setTimeout(this.#interrupt, timeoutMs)
    for (const signal of signals) {
      signal.addEventListener('abort', this.#interrupt)
      if (signal.aborted) this.#interrupt()
    }
  }

  get happened(): boolean {
    return this.#repeat !== undefined
  }

  /** Again and again: it stops the statement that runs at the moment, and none of those that follow. */
  readonly #interrupt = (): void => {
    this.#repeat ??= setInterval(() => this.#connection.interrupt(), 5)
  }

  release(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#repeat)
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#interrupt)
  }
}

/** A text as a SQL literal. DuckDB knows no escape but the doubled quote. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
