import PQueue from 'p-queue'
import { advice } from '../cloud/advice.ts'
import { describeFault } from '../cloud/fault.ts'
import { loadConfig } from '../config/load.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import type { MnsSource } from '../queue/mns-source.ts'
import { QUEUE_BATCH } from '../queue/source.ts'
import { createLog } from '../telemetry/log.ts'
import { type Command, EXIT, type Invocation, textOption } from './command.ts'
import { readLines } from './lines.ts'

/** What one batch may hold; the service takes 64 KiB. */
const BATCH_BYTES = 60 * 1024
/** Batches on their way at a time. */
const PARALLEL_SENDS = 8

/** `send`: puts events on the queue, as CloudMonitor would. */
export const sendCommand: Command = {
  name: 'send',
  summary: 'Put events on the queue, one JSON a line',
  argument: { name: '[file]', description: 'one event a line; - or nothing reads stdin' },
  options: [
    { flags: '--raw', description: 'send the lines as they are, not base64-encoded as CloudMonitor does' },
    { flags: '--queue <name>', description: 'which of several configured queues' }
  ],
  run: send
}

async function send(invocation: Invocation): Promise<number> {
  const config = loadConfig({ file: invocation.configFile, environment: invocation.environment })
  const name = textOption(invocation, 'queue') || config.queues[0]?.name
  const queue = config.queues.find((candidate) => candidate.name === name)
  if (queue === undefined) {
    const known = config.queues.map((candidate) => candidate.name).join(', ')
    throw new AuditError('usage', `Cannot send to the queue "${name}": expected one of ${known}.`)
  }
  const [{ chooseCredentials }, { createMnsSource }] = await Promise.all([
    import('../service.ts'),
    import('../queue/mns-source.ts')
  ])
  const credentials = chooseCredentials(config, systemClock, createLog({ level: config.log.level }))
  const { visibility, ...rest } = queue
  const source = createMnsSource({ ...rest, visibilityMs: visibility, credentials, clock: systemClock })
  try {
    const sent = await sendLines(source, invocation)
    if (invocation.json) invocation.print(JSON.stringify({ queue: queue.name, sent }))
    else invocation.say(`${sent} ${sent === 1 ? 'message' : 'messages'} sent to ${queue.name}`)
    return EXIT.done
  } finally {
    await source.close()
  }
}

async function sendLines(
  source: MnsSource,
  { argument = '-', stdin, options, stop, say }: Invocation
): Promise<number> {
  const lane = new PQueue({ concurrency: PARALLEL_SENDS })
  let sent = 0
  let failure: unknown
  for await (const bodies of batches(readLines(argument, stdin), options['raw'] === true)) {
    if (stop.aborted || failure !== undefined) break
    lane
      .add(() => sendBatch(source, bodies))
      .then(
        () => {
          sent += bodies.length
        },
        (thrown: unknown) => {
          failure ??= thrown
        }
      )
    await lane.onSizeLessThan(PARALLEL_SENDS)
  }
  await lane.onIdle()
  if (failure === undefined) return sent
  if (sent > 0) say(`${sent} messages were sent before that`)
  throw failure
}

/** Bodies by what one call may carry. */
async function* batches(lines: AsyncIterable<string>, raw: boolean): AsyncGenerator<string[]> {
  let batch: string[] = []
  let bytes = 0
  for await (const line of lines) {
    const body = raw ? line : Buffer.from(line).toString('base64')
    const size = Buffer.byteLength(body)
    if (batch.length === QUEUE_BATCH || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(body)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

async function sendBatch(source: MnsSource, bodies: readonly string[]): Promise<void> {
  const outcome = await source.sendBatch(bodies)
  if (outcome.kind === 'sent') {
    const [code] = outcome.refused
    if (code === undefined) return
    const message = `Cannot send ${outcome.refused.length} of ${bodies.length} messages: the queue ${source.name} refused them: ${code}.`
    throw new AuditError('rejected', message)
  }
  const place = { service: 'queue', name: source.name, endpoint: source.endpoint } as const
  throw new AuditError(
    'unavailable',
    `Cannot send to the queue ${source.name}: ${describeFault(outcome.fault)}. ${advice(outcome.fault, place)}`
  )
}
