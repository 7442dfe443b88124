import { z } from 'zod'
import { isLoopback } from '../lib/loopback.ts'
import { LOG_LEVELS } from '../telemetry/log.ts'
import { actionsSchema } from './actions-schema.ts'
import { count, DAY, duration, HOUR, KIB, MIB, MINUTE, SECOND, size } from './units.ts'
import { flag, text } from './values.ts'

const url = (what: string): z.ZodString => origin(text(`${what}, such as https://host`), what)
/** The names that the service takes (Simple Log Service, CreateProject and CreateLogstore). */
const slsName = (what: string, form: RegExp): z.ZodType<string, string> =>
  z
    .string({ error: `expected ${what}` })
    .regex(form, { error: `expected ${what}: lower-case letters, digits and hyphens` })

const optionalUrl = (what: string): z.ZodString => origin(z.string({ error: `expected ${what}, or nothing` }), what)

function origin(schema: z.ZodString, what: string): z.ZodString {
  return schema
    .refine((value) => !PLACEHOLDER.test(value), {
      error: ({ input }) => `expected ${what} with ${inPlaceOf(PLACEHOLDER.exec(String(input))?.[0] ?? '')}`
    })
    .refine((value) => value === '' || PLACEHOLDER.test(value) || isOrigin(value), {
      error: `expected ${what}: https:// and a host, without a path, user or query`
    })
    .refine((value) => !isOrigin(value) || !value.startsWith('http://') || isLoopback(new URL(value).hostname), {
      error: `expected ${what} with https:// (plain http:// only for a loopback address)`
    })
}

/** What the documents write for what only the reader knows: `<account>`. */
const PLACEHOLDER = /<[^<>]*>/

function inPlaceOf(placeholder: string): string {
  return `${placeholder === '<account>' ? 'your account id' : 'your own value'} in the place of ${placeholder}`
}

/** `https://host:port`, with a slash at the end or without. */
function isOrigin(value: string): boolean {
  return /^https?:\/\/[^\s/?#@\\]+\/?$/.test(value) && URL.canParse(value)
}

/** Makes a missing group report its missing options one by one. */
const NOTHING_GIVEN: never = {} as never

/** One queue. The same keys serve `queue`, each entry of `queues`, and the defaults from the environment. */
export const queueSchema = z.strictObject({
  endpoint: url('the MNS endpoint').meta({
    description:
      'MNS endpoint: `https://<account>.mns.<region>.aliyuncs.com`; plain `http://` only for a loopback address'
  }),
  name: z
    .string({ error: 'expected the name of the queue' })
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,119}$/, {
      error: 'expected the name of the queue: 1 to 120 letters, digits and hyphens'
    })
    .meta({ description: 'queue that CloudMonitor or EventBridge sends events to' }),
  urgent: flag().default(false).meta({ description: 'its messages go before those of other queues' }),
  receivers: count({ min: 1, max: 64 }).default(4).meta({ description: 'long-poll loops on this queue' }),
  waitSeconds: count({ min: 1, max: 30 })
    .default(30)
    .meta({ description: 'how long one poll waits for messages, seconds' }),
  visibility: duration({ min: SECOND, max: 12 * HOUR })
    .default(60 * SECOND)
    .meta({
      description: 'how long a held message stays invisible to others; renewed at half time'
    })
})

export const configSchema = z.strictObject({
  region: text('a region id, such as cn-hangzhou').meta({
    description: 'region of the logstore and of the control plane'
  }),
  queues: z.array(queueSchema).min(1, { error: 'expected at least one queue' }).meta({ opaque: true }),
  logstore: z
    .strictObject({
      endpoint: url('the SLS endpoint').meta({
        description:
          'SLS endpoint: `https://<region>.log.aliyuncs.com`; a loopback address is a local server, with the project in the Host header'
      }),
      project: slsName('the name of the SLS project', /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/).meta({
        description: 'SLS project'
      }),
      name: slsName('the name of the logstore', /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/).meta({
        description: 'logstore for all records'
      }),
      ttlDays: count({ min: 1, max: 3_650 }).default(365).meta({
        description: 'how many days `setup` has the logs kept at the least; it never shortens that. 3650: for ever'
      }),
      shards: count({ min: 1, max: 100 })
        .default(2)
        .meta({ description: 'shards of a logstore that `setup` makes; they split by themselves under load' }),
      puts: count({ min: 1, max: 64 }).default(8).meta({ description: 'PutLogs calls in flight at a time' }),
      timeout: duration({ min: SECOND, max: 5 * MINUTE })
        .default(10 * SECOND)
        .meta({ description: 'how long one call may take' }),
      batch: z
        .strictObject({
          maxBytes: size({ min: 1 * KIB, max: 3 * MIB })
            .default(512 * KIB)
            .meta({ description: 'encoded size at which a batch is sent' }),
          maxCount: count({ min: 1, max: 4_096 })
            .default(4_096)
            .meta({ description: 'records at which a batch is sent' }),
          linger: duration({ min: 1, max: MINUTE })
            .default(2 * SECOND)
            .meta({ description: 'age at which a batch is sent' })
        })
        .prefault({}),
      breaker: z
        .strictObject({
          resetAfter: duration({ min: 100, max: 10 * MINUTE })
            .default(5 * SECOND)
            .meta({ description: 'wait between two tries while the logstore is down' })
        })
        .prefault({})
    })
    .prefault(NOTHING_GIVEN),
  alerts: z
    .strictObject({
      actionPolicy: z.string({ error: 'expected the id of an action policy, or nothing' }).default('').meta({
        description:
          'SLS action policy that tells people of the alerts that `setup` makes, by its id; empty: they only show in the console'
      })
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxMessages: count({ min: 1, max: 65_536 })
        .default(4_096)
        .meta({ description: 'messages in flight, at the most' }),
      maxBytes: size({ min: 64 * KIB, max: 1_024 * MIB })
        .default(64 * MIB)
        .meta({ description: 'bytes of message bodies in flight, at the most' })
    })
    .prefault({}),
  actions: actionsSchema,
  snapshots: z
    .strictObject({
      enabled: flag().default(false).meta({
        description: 'record type, zone, tags and addresses of instances while they exist; needs ecs:DescribeInstances'
      }),
      delay: duration({ min: 15 * SECOND, max: HOUR })
        .default(20 * SECOND)
        .meta({ description: 'from the event to the question' })
    })
    .prefault({}),
  endpoints: z
    .strictObject({
      ecs: optionalUrl('the ECS endpoint')
        .default('')
        .meta({ description: "ECS endpoint; empty: the region's public one" }),
      slb: optionalUrl('the CLB endpoint')
        .default('')
        .meta({ description: "CLB endpoint; empty: the region's public one" }),
      alb: optionalUrl('the ALB endpoint')
        .default('')
        .meta({ description: "ALB endpoint; empty: the region's public one" }),
      nlb: optionalUrl('the NLB endpoint')
        .default('')
        .meta({ description: "NLB endpoint; empty: the region's public one" }),
      actiontrail: optionalUrl('the ActionTrail endpoint')
        .default('')
        .meta({ description: "ActionTrail endpoint; empty: the region's public one" })
    })
    .prefault({}),
  http: z
    .strictObject({
      host: text('a host name or address')
        .default('127.0.0.1')
        .meta({ description: 'where `run` serves /healthz, /readyz and /metrics; `0.0.0.0` in a container' }),
      port: count({ min: 0, max: 65_535 }).default(9_464).meta({ description: 'their port; 0: not served' }),
      names: z
        .array(text('a host name'))
        .max(20, { error: 'expected at most 20 host names' })
        .default([])
        .meta({ description: 'host names that requests may be for, beside its own addresses', opaque: true })
    })
    .prefault({}),
  health: z
    .strictObject({
      interval: duration({ min: 0, max: DAY })
        .default(5 * MINUTE)
        .meta({ description: 'how often the service form writes a record of `kind: health`; `0s`: never' }),
      outageAfter: duration({ min: 0, max: DAY })
        .default(MINUTE)
        .meta({ description: 'not ready when a queue or the logstore has failed for longer than this' }),
      maxLag: duration({ min: SECOND, max: 15 * DAY })
        .default(5 * MINUTE)
        .meta({ description: 'not ready when new messages wait on their queue for longer than this' }),
      stuckAfter: duration({ min: MINUTE, max: DAY })
        .default(15 * MINUTE)
        .meta({ description: 'not healthy when no call has ended for longer than this' })
    })
    .prefault({}),
  traces: z
    .strictObject({
      enabled: flag().default(false).meta({
        description: 'a span of each receive, put and delete, by @opentelemetry/api; the SDK is yours to load'
      })
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      grace: duration({ min: 0, max: HOUR })
        .default(30 * SECOND)
        .meta({ description: 'how long a stop waits for what is in flight' })
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` })
        .default('info')
        .meta({ description: 'least level that is logged' }),
      interval: duration({ min: SECOND, max: HOUR })
        .default(30 * SECOND)
        .meta({ description: 'how often the counters are logged' })
    })
    .prefault({}),
  credentials: z
    .strictObject({
      accessKeyId: text('an AccessKey id'),
      accessKeySecret: text('an AccessKey secret')
    })
    .optional()
    .meta({ description: 'only for local servers: taken when every endpoint is a loopback address', opaque: true })
})

/** The complete configuration: durations in ms, sizes in bytes, every default filled in. */
export type Config = z.output<typeof configSchema>
export type QueueConfig = z.output<typeof queueSchema>
