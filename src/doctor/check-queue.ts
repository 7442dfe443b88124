import { advice } from '../cloud/advice.ts'
import { describeFault, type Fault } from '../cloud/fault.ts'
import { actionsEnabled } from '../config/enabled-actions.ts'
import type { Config, QueueConfig } from '../config/schema.ts'
import { formatDuration } from '../config/units.ts'
import { resourcesOf } from '../provision/permissions/permission-resources.ts'
import type { MnsSource, QueueDescription } from '../queue/mns-source.ts'
import { MAX_MESSAGE_BYTES } from '../queue/source.ts'
import { type Finding, gathered, ok, problem, skipped, warning } from './finding.ts'

/** Outages that people sleep through must not cost events. */
const GOOD_RETENTION_MS = 24 * 3_600_000
const LEAST_RETENTION_MS = 3_600_000
/** Under this a message comes back before its record can be stored. */
const LEAST_VISIBILITY_MS = 5_000

/** No receipt handle of any service. */
const NO_HANDLE = 'ecs-audit-doctor'

/** A queue's attributes, and what the credentials may do with it. Nothing is received, deleted or sent. */
export async function checkQueue(source: MnsSource, queue: QueueConfig, config: Config): Promise<Finding[]> {
  const check = `queue ${source.name}`
  const description = await source.describe()
  if (description.kind === 'found') {
    return [attributes(check, description, queue, config), await permissions(source, config)]
  }
  const { fault } = description
  if (!isDenied(fault)) return [unusable(check, fault, source)]
  const found = `its attributes can not be read (${fault.code})`
  const todo = `The service does without; to have them looked at, allow mns:GetQueueAttributes on ${resourcesOf('queue', config).join(', ')}.`
  return [warning(check, found, todo), await permissions(source, config)]
}

type Attributes = Extract<QueueDescription, { kind: 'found' }>

function attributes(
  check: string,
  { visibilityMs, retentionMs, pollingMs, maxMessageBytes }: Attributes,
  queue: QueueConfig,
  config: Config
): Finding {
  const remarks: Finding[] = []
  if (visibilityMs < LEAST_VISIBILITY_MS) {
    const found = 'the visibility timeout is too short: messages come back before they can be stored'
    remarks.push(problem(check, found, `Set the queue's visibility timeout to ${formatDuration(queue.visibility)}.`))
  } else if (visibilityMs < config.logstore.batch.linger + config.logstore.timeout) {
    const found = 'the visibility timeout is shorter than a put may take (logstore.batch.linger and logstore.timeout)'
    remarks.push(warning(check, found, "Set the queue's visibility timeout to 60 s."))
  }
  if (visibilityMs > 2_000 * queue.waitSeconds) {
    const found =
      'the visibility timeout is longer than two polls: run --until-empty may miss what a killed process holds'
    remarks.push(warning(check, found, 'Raise queue.waitSeconds, or lower the visibility timeout to twice its value.'))
  }
  if (retentionMs < GOOD_RETENTION_MS) {
    const found = 'a longer outage would lose events: the queue is the only buffer'
    const state = retentionMs < LEAST_RETENTION_MS ? problem : warning
    remarks.push(state(check, found, "Set the queue's message retention to 4 days or more."))
  }
  if (maxMessageBytes > 0 && maxMessageBytes < MAX_MESSAGE_BYTES) {
    const found = `it takes messages of ${maxMessageBytes} bytes at the most`
    remarks.push(warning(check, found, `Set the queue's maximum message size to ${MAX_MESSAGE_BYTES} bytes.`))
  }
  const texts = [`visibility ${formatDuration(visibilityMs)}`, `retention ${formatDuration(retentionMs)}`]
  return gathered(check, [...texts, `polling ${formatDuration(pollingMs)}`].join(', '), remarks)
}

async function permissions(source: MnsSource, config: Config): Promise<Finding> {
  const check = `permissions on ${source.name}`
  const followUps = actionsEnabled(config.actions)
  const [received, deleted, extended, sent] = [
    await source.probe('receive'),
    await source.acknowledge([NO_HANDLE]),
    await source.extend(NO_HANDLE, 1_000),
    followUps ? await source.probe('send') : undefined
  ]
  const faults: ReadonlyArray<readonly [string, Fault | undefined]> = [
    ['mns:ReceiveMessage, mns:BatchReceiveMessage', received],
    ['mns:DeleteMessage, mns:BatchDeleteMessage', deleted.kind === 'failed' ? deleted.fault : undefined],
    ['mns:ChangeMessageVisibility', extended.kind === 'failed' ? extended.fault : undefined],
    ['mns:SendMessage', sent]
  ]
  const denied = faults.filter(([, fault]) => fault !== undefined && isDenied(fault)).map(([action]) => action)
  if (denied.length > 0) {
    const todo = `Allow it on ${resourcesOf('messages', config).join(', ')} in a RAM policy of this user or role (ecs-audit permissions).`
    return problem(check, `refused: ${denied.join(', ')}`, todo)
  }
  const broken = faults.map(([, fault]) => fault).find((fault) => fault !== undefined && isTrouble(fault))
  if (broken !== undefined) return unusable(check, broken, source)
  return ok(check, `receive, delete, extend${followUps ? ' and send' : ''} are not refused`)
}

function unusable(check: string, fault: Fault, { name, endpoint }: MnsSource): Finding {
  if (fault.class === 'aborted') return skipped(check, 'given up')
  return problem(check, describeFault(fault), advice(fault, { service: 'queue', name, endpoint }))
}

/** The key is good, and may not. */
function isDenied({ class: cls, code }: Fault): boolean {
  return cls === 'credentials' && code === 'AccessDenied'
}

/** What no refusal of a probe's content is. */
function isTrouble({ class: cls }: Fault): boolean {
  return cls !== 'rejected'
}
