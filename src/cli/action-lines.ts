import type { Clock } from '../lib/clock.ts'
import type { SlsReader } from '../logstore/sls-reader.ts'
import { span } from './times.ts'

/** Decisions worth a line in a show: what was done, and what failed. */
const QUERY = 'kind: action and (decision: done or decision: failed or decision: gave_up or decision: would_do)'
/** Records may become visible a little after their time, ms. */
const SLACK_MS = 10_000

/** Tells of the actions that were recorded since it was last asked, each once, as the logstore holds them. */
export class ActionLines {
  readonly #reader: SlsReader
  readonly #clock: Clock
  readonly #told = new Set<string>()
  #sinceMs: number

  constructor(reader: SlsReader, clock: Clock) {
    this.#reader = reader
    this.#clock = clock
    this.#sinceMs = clock.now()
  }

  async next(signal: AbortSignal): Promise<string[]> {
    const nowMs = this.#clock.now()
    const fromS = Math.floor((this.#sinceMs - SLACK_MS) / 1_000)
    const outcome = await this.#reader.queryLogs({ fromS, toS: Math.ceil(nowMs / 1_000) + 1, query: QUERY, signal })
    if (outcome.kind === 'failed') return []
    this.#sinceMs = nowMs
    const fresh = outcome.rows.filter((row) => !this.#told.has(row['event_key'] ?? ''))
    for (const row of fresh) this.#told.add(row['event_key'] ?? '')
    return [...fresh].sort((a, b) => Number(a['event_ms']) - Number(b['event_ms'])).map(actionLine)
  }
}

function actionLine(row: Readonly<Record<string, string>>): string {
  const { action = '', instance_id: id = '', decision = '', reason = '', target = '' } = row
  const verdict = decision === 'done' ? reason : `${decision}: ${reason}`
  const facts = [
    target === '' ? '' : `-> ${target}`,
    lasting('down for', row['lost_ms']),
    action === 'drain' ? lasting('ahead of its end by', row['deadline_margin_ms']) : ''
  ]
  return `>> ${action.padEnd(8)} ${id.padEnd(24)} ${[verdict, ...facts].filter((text) => text !== '').join('  ')}`
}

/** Below a minute with a tenth of a second: much of what is done here takes so long. */
function lasting(what: string, ms: string | undefined): string {
  if (ms === undefined || ms === '') return ''
  const number = Number(ms)
  return `${what} ${number < 60_000 ? `${(number / 1_000).toFixed(1)} s` : span(number)}`
}
