import type { SandboxAnswer, SandboxRequest } from '../loopback-server.ts'
import { compressBody } from './compression.ts'
import type { LogQuery, LogQueryResult } from './log-query.ts'
import { answerBytes, answerJson } from './sls-answer.ts'
import { SlsError } from './sls-error.ts'

/** How an answer is labelled besides its rows. */
export interface AnswerMeta {
  readonly progress: 'Complete' | 'Incomplete'
  readonly elapsedMs: number
}

const MAX_LINES = 100

/**
 * The query of a GetLogs (URL parameters) or GetLogsV2 (JSON body) request.
 *
 * @throws SlsError InvalidTimeRange, InvalidLine, InvalidOffset, InvalidReverse
 */
export function readQuery(parameters: Readonly<Record<string, unknown>>): LogQuery {
  const text = (name: string): string => (parameters[name] === undefined ? '' : String(parameters[name]))
  return {
    from: wholeNumber(text('from'), 'InvalidTimeRange'),
    to: wholeNumber(text('to'), 'InvalidTimeRange'),
    query: text('query') || '*',
    topic: text('topic'),
    line: wholeNumber(text('line') || String(MAX_LINES), 'InvalidLine', MAX_LINES),
    offset: wholeNumber(text('offset') || '0', 'InvalidOffset'),
    reverse: flag(text('reverse'))
  }
}

function wholeNumber(text: string, code: string, max = 2 ** 40): number {
  if (/^\d{1,13}$/.test(text) && Number(text) <= max) return Number(text)
  throw new SlsError(code, `${code.replace('Invalid', '')} is invalid.`)
}

function flag(text: string): boolean {
  const value = text.toLowerCase()
  if (value === 'true') return true
  if (value === 'false' || value === '') return false
  throw new SlsError('InvalidReverse', 'Reverse value is invalid.')
}

/** GetLogs: the rows as a JSON array, everything else in headers. */
export function answerGetLogs(result: LogQueryResult, { progress, elapsedMs }: AnswerMeta): SandboxAnswer {
  const info = { keys: result.keys, terms: [], limited: '0', mode: 0 }
  return answerJson(result.rows, {
    'x-log-progress': progress,
    'x-log-count': String(result.rows.length),
    'x-log-processed-rows': String(result.processedRows),
    'x-log-elapsed-millisecond': String(elapsedMs),
    'x-log-has-sql': String(result.hasSql),
    'x-log-query-info': asciiJson(info)
  })
}

/** GetLogsV2: rows and `meta` in one JSON object, compressed as the client accepts it. */
export async function answerGetLogsV2(
  result: LogQueryResult,
  { progress, elapsedMs }: AnswerMeta,
  { headers }: Pick<SandboxRequest, 'headers'>
): Promise<SandboxAnswer> {
  const body = {
    meta: {
      progress,
      aggQuery: result.sql,
      whereQuery: result.search,
      hasSQL: result.hasSql,
      processedRows: result.processedRows,
      elapsedMillisecond: elapsedMs,
      cpuSec: 0,
      cpuCores: 0,
      limited: 0,
      count: result.rows.length,
      processedBytes: 0,
      isAccurate: true,
      telementryType: '',
      mode: 0,
      keys: result.keys,
      columnTypes: result.columnTypes,
      terms: [],
      highlights: []
    },
    data: result.rows
  }
  const accepted = (headers['accept-encoding'] ?? '').split(',').map((name) => name.trim())
  const type = ['lz4', 'gzip', 'deflate'].find((name) => accepted.includes(name))
  if (type === undefined) return answerJson(body)
  const raw = Buffer.from(JSON.stringify(body))
  return answerBytes(await compressBody(raw, type), {
    'content-type': 'application/json',
    'x-log-compresstype': type,
    'x-log-bodyrawsize': String(raw.length)
  })
}

/** Headers hold Latin-1 at most. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
