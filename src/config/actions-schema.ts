import { z } from 'zod'
import { count, DAY, duration, HOUR, MINUTE, SECOND } from './units.ts'
import { flag, text } from './values.ts'

/** Which instances a rule is for: all that are given must hold; without any, none. */
const matchSchema = z
  .strictObject({
    all: flag().optional().meta({ description: 'every instance' }),
    tag: z
      .record(z.string(), z.string(), { error: 'expected tags, such as { ecs-audit: restart }' })
      .optional()
      .meta({ description: 'instances with all of these tags' }),
    ids: z.array(z.string()).optional().meta({ description: 'instances with one of these ids' }),
    regions: z.array(z.string()).optional().meta({ description: 'instances in one of these regions' }),
    name: z.string().optional().meta({ description: 'instances whose name matches this pattern; * and ? are wild' })
  })
  .meta({ opaque: true })

const restart = z.strictObject({
  enabled: flag().default(false).meta({ description: 'restart instances that stopped unexpectedly' }),
  match: matchSchema
    .prefault({ tag: { 'ecs-audit': 'restart' } })
    .meta({ description: 'which instances: `all`, `tag`, `ids`, `regions`, `name`', opaque: true }),
  maxPerHour: count({ min: 0, max: 1_000 })
    .default(3)
    .meta({ description: 'starts of one instance in an hour; more is a restart loop' }),
  settle: duration({ min: 0, max: 10 * MINUTE })
    .default(10 * SECOND)
    .meta({ description: 'wait after a stop before the instance is looked at' }),
  checkAfter: duration({ min: SECOND, max: DAY })
    .default(60 * SECOND)
    .meta({ description: 'when to look whether it runs' }),
  maxAttempts: count({ min: 1, max: 100 }).default(3).meta({ description: 'tries before giving up' }),
  deadline: duration({ min: MINUTE, max: DAY })
    .default(30 * MINUTE)
    .meta({ description: 'give up when it does not run this long after its first stop' }),
  expiryMargin: duration({ min: 0, max: 30 * DAY })
    .default(HOUR)
    .meta({ description: 'leave alone what expires or is to be released within this time' }),
  respectPeople: flag().default(false).meta({
    description:
      'ask ActionTrail whether a person stopped it, and leave it alone then; needs a `settle` of some minutes'
  }),
  storm: z
    .strictObject({
      stops: count({ min: 1, max: 100_000 })
        .default(20)
        .meta({ description: 'restart nothing when more instances than this stopped within the window' }),
      percent: count({ min: 1, max: 100 })
        .default(50)
        .meta({ description: 'or more than this share of the instances of its region, when they are five or more' }),
      window: duration({ min: SECOND, max: HOUR })
        .default(5 * MINUTE)
        .meta({ description: 'the window' })
    })
    .prefault({})
})

const drain = z.strictObject({
  enabled: flag().default(false).meta({ description: 'take interrupted spot instances out of their load balancers' }),
  match: matchSchema.prefault({ all: true }).meta({ description: 'which instances', opaque: true }),
  groups: z
    .union([z.literal('discover'), z.array(z.string())], { error: 'expected discover, or a list of server groups' })
    .default('discover')
    .meta({ description: 'server groups, or `discover`', opaque: true }),
  groupsTag: z
    .string()
    .default('ecs-audit:server-groups')
    .meta({ description: 'tag of an instance that names its server groups, parted by blanks; it wins over `groups`' }),
  grace: duration({ min: 0, max: HOUR })
    .default(60 * SECOND)
    .meta({ description: 'wait between weight 0 and removal' }),
  reserve: duration({ min: SECOND, max: 4 * MINUTE })
    .default(45 * SECOND)
    .meta({ description: 'time kept for the removal before the deadline: `grace` is cut to it' }),
  notice: duration({ min: 10 * SECOND, max: HOUR })
    .default(5 * MINUTE)
    .meta({ description: "from an interruption notice's own time to the release" }),
  refresh: duration({ min: 10 * SECOND, max: DAY })
    .default(5 * MINUTE)
    .meta({ description: 'how often the map of server groups is brought up to date' })
})

const replaceShape = z.strictObject({
  enabled: flag().default(false).meta({ description: 'buy and attach a replacement' }),
  match: matchSchema.prefault({ all: true }).meta({ description: 'which instances', opaque: true }),
  launchTemplate: z
    .string({ error: 'expected the id of a launch template' })
    .regex(/^(lt-[A-Za-z0-9-]{1,60})?$/, { error: 'expected the id of a launch template: lt-...' })
    .default('')
    .meta({ description: 'launch template of replacements: `lt-...`; needed when they are switched on' }),
  launchTemplateVersion: z.string().default('').meta({ description: 'its version; empty: its default version' }),
  candidates: z
    .array(
      z.strictObject({
        zone: z.string().default('').meta({ description: 'zone' }),
        vSwitch: z.string().default('').meta({ description: 'vSwitch of that zone' }),
        type: z.string().default('').meta({ description: 'instance type' })
      })
    )
    .max(50, { error: 'expected at most 50 candidates' })
    .default([])
    .meta({
      description:
        'where to buy, in this order, while there is no stock: `zone`, `vSwitch`, `type`; none: the template',
      opaque: true
    }),
  spotStrategy: z
    .enum(['SpotAsPriceGo', 'SpotWithPriceLimit', 'NoSpot'], {
      error: 'expected SpotAsPriceGo, SpotWithPriceLimit or NoSpot'
    })
    .default('SpotAsPriceGo')
    .meta({ description: 'how to bid' }),
  spotPriceLimit: z
    .number({ error: 'expected a price per hour' })
    .min(0, { error: 'expected a price per hour, 0 or more' })
    .default(0)
    .meta({ description: 'highest price per hour, for SpotWithPriceLimit' }),
  onDemand: flag().default(false).meta({ description: 'buy pay-as-you-go when no candidate has spot stock' }),
  maxPerHour: count({ min: 0, max: 1_000 })
    .default(5)
    .meta({ description: 'replacements bought in an hour, those that were lost among them' }),
  checkAfter: duration({ min: SECOND, max: HOUR })
    .default(10 * SECOND)
    .meta({ description: 'when to look whether it runs and is healthy' }),
  deadline: duration({ min: MINUTE, max: DAY })
    .default(15 * MINUTE)
    .meta({ description: 'give up when there is no healthy replacement this long after the notice' })
})

const replace = replaceShape
  .refine(({ enabled, launchTemplate }) => !enabled || launchTemplate !== '', {
    path: ['launchTemplate'],
    error: 'expected the id of a launch template (lt-...), which says what to buy'
  })
  .refine(({ spotStrategy, spotPriceLimit }) => spotStrategy !== 'SpotWithPriceLimit' || spotPriceLimit > 0, {
    path: ['spotPriceLimit'],
    error: 'expected a price per hour above 0, because of spotStrategy: SpotWithPriceLimit'
  })

const plugin = z.strictObject({
  module: text('the path or package name of a module').meta({ description: 'module that exports `createAction`' }),
  options: z.record(z.string(), z.unknown()).default({}).meta({ description: 'given to `createAction`' })
})

/** What may be done about events. Everything is off until it is switched on. */
export const actionsSchema = z
  .strictObject({
    dryRun: flag().default(true).meta({ description: 'decide and record, change nothing' }),
    paused: flag().default(false).meta({ description: 'decide that nothing is done: a pause for people' }),
    maxAge: duration({ min: MINUTE, max: DAY })
      .default(15 * MINUTE)
      .meta({ description: 'events older than this are recorded and never acted upon' }),
    maintenance: z
      .array(
        z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, {
          error: 'expected hours of a day in UTC, such as 22:00-02:30'
        })
      )
      .default([])
      .meta({ description: 'hours of the day, UTC, in which nothing is restarted', opaque: true }),
    holdTag: z
      .string()
      .default('ecs-audit:hold')
      .meta({ description: 'tag that keeps an instance from every restart: `off`, or an ISO 8601 time until when' }),
    restart: restart.prefault({}),
    drain: drain.prefault({}),
    replace: replace.prefault({}),
    plugins: z.array(plugin).max(20, { error: 'expected at most 20 plugins' }).default([]).meta({
      description: "your own actions: `module`, `options` (docs/actions.md, 'Your own actions')",
      opaque: true
    })
  })
  .prefault({})

export type ActionsConfig = z.output<typeof actionsSchema>
export type MatchConfig = z.output<typeof matchSchema>
