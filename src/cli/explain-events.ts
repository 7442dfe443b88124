import { readFileSync } from 'node:fs'
import { type ExplainOptions, type Explanation, explainEvent } from '../actions/explain/explain-event.ts'
import type { Instance } from '../cloud/compute.ts'
import { readInstances } from '../cloud/ecs/read-instance.ts'
import { type ActionsConfig, actionsSchema } from '../config/actions-schema.ts'
import { hasConfig, loadConfig } from '../config/load.ts'
import { decode } from '../events/decode.ts'
import { describeEvent } from '../events/event-catalogue.ts'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { eventRecord, undecodableRecord } from '../logstore/record.ts'
import type { LogRecord } from '../logstore/sink.ts'
import { EXIT, type Invocation, textOption } from './command.ts'
import { explanationJson, explanationLines } from './explain-actions.ts'
import { readLines } from './lines.ts'

/** Prints what would be recorded and done for each line. Resolves with the exit status. */
export async function explainEvents(invocation: Invocation): Promise<number> {
  const { argument = '-', stdin, json, print, say, stop } = invocation
  const { configFile: file, environment } = invocation
  const configured = hasConfig({ file, environment })
  const config = configured ? loadConfig({ file, environment }).actions : everything()
  const options = { config, instances: instancesOf(textOption(invocation, 'instances')) }
  let line = 0
  let undecodable = 0
  let assumed = false
  for await (const body of readLines(argument, stdin, stop)) {
    if (stop.aborted) break
    line += 1
    const { record, heading, explanations } = await explainBody(body, line, options)
    if (record.topic === 'undecodable') undecodable += 1
    assumed ||= explanations.some((explanation) => explanation.assumed)
    const fields = pairs(record)
    if (json) {
      const actions = explanations.map(explanationJson)
      print(JSON.stringify({ ...Object.fromEntries(fields), ...(actions.length > 0 && { actions }) }))
    } else {
      const recorded = fields.map(([key, value]) => `  ${key.padEnd(16)} ${cut(value)}`)
      print(`${[heading, ...recorded, ...explanations.flatMap(explanationLines)].join('\n')}\n`)
    }
  }
  if (stop.aborted) return EXIT.done
  say(`${line} ${line === 1 ? 'message' : 'messages'}, ${undecodable} undecodable.`)
  if (assumed) say('Instances that --instances does not tell of are taken to be as the rules want them.')
  if (!configured) say('Without a configuration: the actions are shown as if they were switched on.')
  return EXIT.done
}

/** The default rules, with everything switched on. */
function everything(): ActionsConfig {
  const enabled = true
  const launchTemplate = 'lt-of-your-own'
  return actionsSchema.parse({ restart: { enabled }, drain: { enabled }, replace: { enabled, launchTemplate } })
}

/** @throws AuditError `input` for a file that is no answer of DescribeInstances */
function instancesOf(file: string): ReadonlyMap<string, Instance> {
  if (file === '') return new Map()
  const refusal = (problem: string, cause?: unknown): AuditError =>
    new AuditError('input', `Cannot read instances from ${file}: ${problem}`, { cause })
  let answer: unknown
  try {
    answer = JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    throw refusal(thrown instanceof SyntaxError ? 'expected JSON' : errorMessage(thrown), thrown)
  }
  const page = typeof answer === 'object' && answer !== null ? readInstances({ ...answer }) : undefined
  if (page === undefined)
    throw refusal('expected what DescribeInstances answers: { "Instances": { "Instance": [...] } }')
  return new Map(page.instances.map((instance) => [instance.instanceId, instance]))
}

interface Explained {
  readonly record: LogRecord
  readonly heading: string
  readonly explanations: readonly Explanation[]
}

async function explainBody(body: string, line: number, options: ExplainOptions): Promise<Explained> {
  const nowMs = Date.now()
  const delivery = { queue: '(none)', messageId: `line-${line}`, dequeueCount: 1, receivedMs: nowMs }
  const decoded = decode(body, { messageId: delivery.messageId })
  if (decoded.kind === 'undecodable') {
    return {
      record: undecodableRecord(decoded, delivery, nowMs),
      heading: `${line}: undecodable (${decoded.reason}): ${decoded.detail}`,
      explanations: []
    }
  }
  const { event } = decoded
  const known = describeEvent(event.name)
  const test = event.test ? ' (a test event: never acted upon)' : ''
  return {
    record: eventRecord(event, delivery, nowMs),
    heading: `${line}: ${event.name}: ${known?.title ?? 'an event that the catalogue does not know'}${test}`,
    explanations: await explainEvent(event, options)
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
