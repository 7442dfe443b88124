import { isLoggedInstance } from '../audit/logged-instance.ts'
import { queryReleased, type ReleasedInstance } from '../audit/released.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { EXIT, type Invocation, textOption } from './command.ts'
import { csvText } from './csv.ts'
import { type Format, readFormat } from './format.ts'
import { openLogstore, queryFailure, readSince, tellProgress } from './logstore-questions.ts'
import { releasedTable } from './released-table.ts'
import { stampText, type TimeText, timeText } from './times.ts'

/** Prints the released instances. Resolves with the exit status. */
export async function answerReleased(invocation: Invocation): Promise<number> {
  const sinceMs = readSince(textOption(invocation, 'since'))
  const instanceId = readInstance(textOption(invocation, 'instance'))
  const format = readFormat(textOption(invocation, 'format'), invocation.json)
  const zone = textOption(invocation, 'timeZone')
  const time = timeText(zone)
  const stamp = stampText(zone)
  const { reader, place, close } = await openLogstore(invocation)
  try {
    const toMs = systemClock.now()
    const question = { fromMs: toMs - sinceMs, toMs, instanceId, signal: invocation.stop }
    const outcome = await queryReleased(reader, { ...question, onIncomplete: tellProgress(invocation.say) })
    if (outcome.kind === 'failed') throw queryFailure(outcome.fault, place)
    show(outcome.rows, { format, time, stamp, invocation })
    if (!outcome.complete) invocation.say('The service had not read everything: ask again, or for a shorter time.')
    return EXIT.done
  } finally {
    await close()
  }
}

function show(
  rows: readonly ReleasedInstance[],
  { format, time, stamp, invocation }: { format: Format; time: TimeText; stamp: TimeText; invocation: Invocation }
): void {
  const { print, say, columns } = invocation
  if (format === 'ndjson') for (const row of rows) print(JSON.stringify(row))
  else if (format === 'json') print(JSON.stringify(rows, null, 2))
  else if (format === 'csv') print(csv(rows, stamp))
  else if (rows.length > 0) print(releasedTable(rows, { time, columns }))
  if (invocation.json) return
  say(rows.length === 0 ? 'No instance was released in this time.' : `${rows.length} released`)
}

function csv(rows: readonly ReleasedInstance[], stamp: TimeText): string {
  const iso = (ms: number | undefined): string => (ms === undefined ? '' : stamp(ms))
  const head = ['instance_id', 'region_id', 'account_id', 'created', 'released', 'notice', 'last_state', 'events']
  return csvText(
    head,
    rows.map((row) => [
      ...[row.instanceId, row.regionId, row.accountId, iso(row.createdMs), iso(row.releasedMs), iso(row.noticeMs)],
      ...[row.lastState, String(row.events)]
    ])
  )
}

function readInstance(text: string): string | undefined {
  if (text === '') return undefined
  if (isLoggedInstance(text)) return text
  throw new AuditError(
    'usage',
    `Cannot use --instance ${JSON.stringify(text)}: expected an instance id such as i-bp1abc.`
  )
}
