import { readFileSync } from 'node:fs'

/** The vendor's samples, one decoded message each; `sample(1)` is the first line. */
const SAMPLES = readFileSync(new URL('../../fixtures/events.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => object(JSON.parse(line)))

export type Fields = Readonly<Record<string, unknown>>

export function sample(line: number): Fields {
  const found = SAMPLES[line - 1]
  if (found === undefined) throw new RangeError(`Cannot take sample ${line}: there are ${SAMPLES.length}`)
  return found
}

/** What a message of the fleet tells, read without any of the product's or the simulation's code. */
export interface Told {
  readonly id: string
  /** Without the status suffix. */
  readonly name: string
  readonly instanceId: string
  readonly atMs: number
  /** state, eventStatus, action or status, whichever the content has. */
  readonly detail: string
  readonly content: Fields
}

/** Reads an event out of any of the fleet's envelopes but `bare-data`. */
export function readMessage(body: string): Told {
  const message = object(JSON.parse(body))
  if (typeof message['Message'] === 'string') return readMessage(message['Message'])
  if (typeof message['type'] === 'string') {
    return told(message['id'], message['type'].slice('ecs:'.length), message['time'], message['data'])
  }
  if (message['alert'] === undefined) {
    return told(message['id'], message['name'], message['eventTime'], message['content'])
  }
  const alert = typeof message['alert'] === 'string' ? JSON.parse(message['alert']) : message['alert']
  const meta = object(object(object(alert)['meta'])['sysEventMeta'])
  return told(meta['id'], meta['name'], meta['eventTime'], object(alert)['eventContentMap'])
}

function told(id: unknown, name: unknown, time: unknown, data: unknown): Told {
  const content = object(data)
  return {
    id: text(id),
    name: text(name).split(':').slice(0, 2).join(':'),
    instanceId: text(content['resourceId'] ?? content['instanceId'] ?? content['ecsInstanceId'] ?? ''),
    atMs: readTime(text(time)),
    detail: text(content['eventStatus'] ?? content['state'] ?? content['action'] ?? content['status'] ?? ''),
    content
  }
}

/** Every time form of CloudMonitor and EventBridge, epoch ms. */
function readTime(time: string): number {
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})\+0800$/.exec(time)
  const iso =
    compact === null
      ? time.replace(/(Asia\/Shanghai|PRC)$/, '+08:00')
      : `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}:${compact[5]}:${compact[6]}+08:00`
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) throw new TypeError(`Cannot read the time ${time}`)
  return ms
}

/** Key names and types at every depth; equal for two messages of one shape. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return ['array']
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, shapeOf(inner)])
  )
}

export function object(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('Expected an object')
  return value as Fields
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`Expected a text, found ${typeof value}`)
  return value
}
