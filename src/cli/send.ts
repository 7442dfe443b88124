import { advice } from '../cloud/advice.ts'
import { describeFault } from '../cloud/fault.ts'
import { loadConfig } from '../config/load.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { QUEUE_BATCH, type QueueSource } from '../queue/source.ts'
import { createLog } from '../telemetry/log.ts'
import { type Command, EXIT, type Invocation, textOption } from './command.ts'
import { readLines } from './lines.ts'

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

async function sendLines(source: QueueSource, { argument = '-', stdin, options, stop }: Invocation): Promise<number> {
  const under = new Set<Promise<void>>()
  let sent = 0
  let batch: string[] = []
  const flush = async (): Promise<void> => {
    const bodies = batch
    batch = []
    const sending = sendBatch(source, bodies)
      .then(() => {
        sent += bodies.length
      })
      .finally(() => under.delete(sending))
    under.add(sending)
    if (under.size >= PARALLEL_SENDS) await Promise.race(under)
  }
  for await (const line of readLines(argument, stdin)) {
    if (stop.aborted) break
    batch.push(options['raw'] === true ? line : Buffer.from(line).toString('base64'))
    if (batch.length === QUEUE_BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await Promise.all(under)
  return sent
}

async function sendBatch(source: QueueSource, bodies: readonly string[]): Promise<void> {
  const outcomes = await Promise.all(bodies.map((body) => source.send(body, 0)))
  const outcome = outcomes.find((one) => one.kind === 'failed')
  if (outcome === undefined) return
  const place = { service: 'queue', name: source.name, endpoint: source.endpoint } as const
  throw new AuditError(
    'unavailable',
    `Cannot send to the queue ${source.name}: ${describeFault(outcome.fault)}. ${advice(outcome.fault, place)}`
  )
}
