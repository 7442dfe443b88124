import PQueue from 'p-queue'
import { advice } from '../cloud/advice.ts'
import { describeFault } from '../cloud/fault.ts'
import { loadConfig } from '../config/load.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import type { BatchSendOutcome, MnsSource } from '../queue/mns-source.ts'
import { MAX_MESSAGE_BYTES, QUEUE_BATCH } from '../queue/source.ts'
import { createLog } from '../telemetry/log.ts'
import { EXIT, type Invocation, textOption } from './command.ts'
import { readLines } from './lines.ts'

/** What one batch may hold; the service takes 64 KiB. */
const BATCH_BYTES = 60 * 1024
/** Batches on their way at a time. */
const PARALLEL_SENDS = 8

/** Puts each line on the queue. Resolves with the exit status. */
export async function sendEvents(invocation: Invocation): Promise<number> {
  const config = loadConfig({ file: invocation.configFile, environment: invocation.environment })
  const name = textOption(invocation, 'queue') || config.queues[0]?.name
  const queue = config.queues.find((candidate) => candidate.name === name)
  if (queue === undefined) {
    const known = config.queues.map((candidate) => candidate.name).join(', ')
    throw new AuditError('usage', `Cannot send to the queue "${name}": expected one of ${known}.`)
  }
  const [{ chooseCredentials }, { createMnsSource }] = await Promise.all([
    import('../cloud/choose-credentials.ts'),
    import('../queue/mns-source.ts')
  ])
  const credentials = chooseCredentials(config, systemClock, createLog({ level: config.log.level }))
  const { visibility, ...rest } = queue
  const source = createMnsSource({ ...rest, visibilityMs: visibility, credentials, clock: systemClock })
  try {
    const { sent, failure } = await sendLines(source, invocation)
    if (invocation.json) invocation.print(JSON.stringify({ queue: queue.name, sent }))
    else invocation.say(`${sent} ${sent === 1 ? 'message' : 'messages'} sent to ${queue.name}`)
    if (failure !== undefined) throw failure
    if (!invocation.stop.aborted) return EXIT.done
    invocation.say('Stopped before the end of the input: the rest was not sent.')
    return EXIT.failed
  } finally {
    await source.close()
  }
}

/** Sends until the input ends, the command is stopped or something fails; what is on its way then is still counted. */
async function sendLines(
  source: MnsSource,
  { argument = '-', stdin, options, stop }: Invocation
): Promise<{ sent: number; failure: unknown }> {
  const lane = new PQueue({ concurrency: PARALLEL_SENDS })
  let sent = 0
  let failure: unknown
  const fail = (thrown: unknown): void => {
    failure ??= thrown
  }
  try {
    for await (const bodies of batches(readLines(argument, stdin, stop), options['raw'] === true)) {
      if (stop.aborted || failure !== undefined) break
      const sendNext = async (): Promise<void> => {
        const outcome = await source.sendBatch(bodies)
        if (outcome.kind === 'sent') sent += outcome.sent
        fail(failureOf(outcome, bodies.length, source))
      }
      lane.add(sendNext).catch(fail)
      await lane.onSizeLessThan(PARALLEL_SENDS)
    }
  } catch (thrown) {
    fail(thrown)
  }
  await lane.onIdle()
  return { sent, failure }
}

/** Bodies by what one call may carry. */
async function* batches(lines: AsyncIterable<string>, raw: boolean): AsyncGenerator<string[]> {
  let batch: string[] = []
  let bytes = 0
  let count = 0
  for await (const line of lines) {
    count += 1
    const body = raw ? line : Buffer.from(line).toString('base64')
    const size = Buffer.byteLength(body)
    if (size > MAX_MESSAGE_BYTES) {
      if (batch.length > 0) yield batch
      const what = `expected at most ${MAX_MESSAGE_BYTES} bytes${raw ? '' : ' in base64'}, found ${size}`
      throw new AuditError('input', `Cannot send message ${count} of the input: ${what}.`)
    }
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

function failureOf(outcome: BatchSendOutcome, size: number, { name, endpoint }: MnsSource): AuditError | undefined {
  if (outcome.kind === 'sent') {
    const [code] = outcome.refused
    if (code === undefined) return undefined
    const what = `Cannot send ${outcome.refused.length} of ${size} messages`
    return new AuditError('rejected', `${what}: the queue ${name} refused them: ${code}.`)
  }
  const { fault } = outcome
  const place = { service: 'queue', name, endpoint } as const
  return new AuditError(
    'unavailable',
    `Cannot send to the queue ${name}: ${describeFault(fault)}. ${advice(fault, place)}`
  )
}
