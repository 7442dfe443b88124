import { decode } from '../events/decode.ts'
import { describeEvent } from '../events/event-catalogue.ts'
import { eventRecord, undecodableRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import { type Command, EXIT, type Invocation } from './command.ts'
import { readLines } from './lines.ts'

/** `explain`: what would be recorded for these events, without a cloud. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'Show what would be recorded for events, without a cloud',
  argument: { name: '<file>', description: 'one message body a line: JSON, or as it was on the queue; - reads stdin' },
  options: [],
  run: explain
}

async function explain(invocation: Invocation): Promise<number> {
  const { argument = '-', stdin, json, print, say, stop } = invocation
  let line = 0
  let undecodable = 0
  for await (const body of readLines(argument, stdin, stop)) {
    if (stop.aborted) break
    line += 1
    const { record, heading } = explainBody(body, line)
    if (record.topic === 'undecodable') undecodable += 1
    const fields = pairs(record)
    if (json) print(JSON.stringify(Object.fromEntries(fields)))
    else print(`${heading}\n${fields.map(([key, value]) => `  ${key.padEnd(16)} ${cut(value)}`).join('\n')}\n`)
  }
  if (stop.aborted) return EXIT.done
  say(
    `${line} ${line === 1 ? 'message' : 'messages'}, ${undecodable} undecodable. Actions are not part of this version.`
  )
  return EXIT.done
}

function explainBody(body: string, line: number): { record: LogRecord; heading: string } {
  const nowMs = Date.now()
  const delivery = { queue: '(none)', messageId: `line-${line}`, dequeueCount: 1, receivedMs: nowMs }
  const decoded = decode(body, { messageId: delivery.messageId })
  if (decoded.kind === 'undecodable') {
    return {
      record: undecodableRecord(decoded, delivery, nowMs),
      heading: `${line}: undecodable (${decoded.reason}): ${decoded.detail}`
    }
  }
  const { event } = decoded
  const known = describeEvent(event.name)
  const test = event.test ? ' (a test event: never acted upon)' : ''
  return {
    record: eventRecord(event, delivery, nowMs),
    heading: `${line}: ${event.name}: ${known?.title ?? 'an event that the catalogue does not know'}${test}`
  }
}

function pairs({ fields }: LogRecord): Array<[string, string]> {
  const list: Array<[string, string]> = []
  for (let at = 0; at < fields.length; at += 2) list.push([fields[at] ?? '', fields[at + 1] ?? ''])
  return list
}

function cut(value: string): string {
  return value.length > 160 ? `${value.slice(0, 157)}...` : value
}
