import { z } from 'zod'
import { SlsError } from '../sls-error.ts'
import { anyObject, type ResourceKind, readForm } from './resource-kind.ts'

const INTERVAL_UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const
const DAY_S = INTERVAL_UNITS.d

/** `-5m`, `60s`; undefined for what is no length of time. */
function secondsOf(text: string): number | undefined {
  const [, number, unit = 's'] = /^-?(\d+)([smhd])$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * INTERVAL_UNITS[unit as keyof typeof INTERVAL_UNITS]
}

const within = (min: number, max: number) =>
  z.string().refine(
    (text) => {
      const seconds = secondsOf(text)
      return seconds !== undefined && seconds >= min && seconds <= max
    },
    { error: `expected ${min} s to ${max} s, with a unit` }
  )
const bytes = (min: number, max: number) =>
  z.string().refine((text) => Buffer.byteLength(text) >= min && Buffer.byteLength(text) <= max, {
    error: `expected ${min} to ${max} bytes`
  })
const pairs = z.array(z.object({ key: z.string().min(1), value: z.string() })).default([])

const schedule = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('FixedRate'), interval: within(60, 30 * DAY_S) }),
  z.looseObject({
    type: z.literal('Cron'),
    cronExpression: z.string().regex(/^\S+( \S+){4}$/),
    timeZone: z.string().regex(/^[+-]\d{4}$/)
  })
])

/** `=` compares nothing; it is `==`. */
const condition = z
  .string()
  .max(128)
  .refine((text) => !/(^|[^=!<>~])=([^=~]|$)/.test(text), { error: 'expected == for equality' })

const query = z.looseObject({
  storeType: z.enum(['log', 'metric', 'meta']),
  region: z.string().min(1),
  project: z.string().min(1),
  store: z.string().min(1),
  query: z.string().min(1),
  timeSpanType: z.enum(['Relative', 'Truncated', 'Custom', 'Today', 'Yesterday']),
  start: within(0, DAY_S),
  end: z.string()
})

const severity = z.object({
  severity: z.union([2, 4, 6, 8, 10].map((value) => z.literal(value))),
  evalCondition: z.object({ condition, countCondition: condition.default('') })
})

const configuration = z
  .looseObject({
    version: z.literal('2.0'),
    type: z.string().default('default'),
    dashboard: z.string(),
    queryList: z.array(query).min(1).max(3),
    joinConfigurations: z.array(anyObject).default([]),
    groupConfiguration: z.looseObject({ type: z.string(), fields: z.array(z.string()) }),
    severityConfigurations: z.array(severity).min(1),
    threshold: z.int().min(1),
    autoAnnotation: z.boolean(),
    sendResolved: z.boolean(),
    noDataFire: z.boolean(),
    noDataSeverity: z.int().default(6),
    labels: pairs,
    annotations: pairs,
    policyConfiguration: z.looseObject({
      alertPolicyId: z.string().min(1),
      actionPolicyId: z.string().default(''),
      repeatInterval: within(1, 30 * DAY_S)
    })
  })
  .refine(({ queryList, joinConfigurations }) => joinConfigurations.length === queryList.length - 1, {
    error: 'expected one joinConfiguration less than queries'
  })
  .refine(({ severityConfigurations: all }) => all.every((one, at) => one.severity <= (all[at - 1]?.severity ?? 10)), {
    error: 'expected severities in descending order'
  })

const form = z.object({
  displayName: bytes(4, 100),
  description: bytes(0, 256).default(''),
  schedule,
  configuration
})

/** Alert rules of version 2 (SLS "CreateAlert"). What a body leaves out comes back with its default. */
export const ALERT: ResourceKind = {
  name: 'Alert',
  nameKey: 'name',
  read: (body, name) => {
    const { schedule: times, ...rest } = readForm(body, form)
    return { name, ...rest, schedule: { delay: 0, runImmediately: false, ...times } }
  },
  checkName: (name) => {
    if (!/^[0-9a-z][0-9a-z_-]{2,62}[0-9a-z]$/.test(name)) {
      throw new SlsError('ParameterInvalid', `Invalid job name: ${name}`)
    }
  },
  // To the service an alert is a job.
  missing: (name) => new SlsError('JobNotExist', `Job ${name} does not exist`),
  exists: (name) => new SlsError('JobAlreadyExist', `Job ${name} already exists`),
  full: () => new SlsError('ExceedQuota', 'Alert count exceeds the quota of the project')
}
