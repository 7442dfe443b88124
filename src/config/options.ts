import { z } from 'zod'
import { configSchema, queueSchema } from './schema.ts'
import { formatDuration, formatSize } from './units.ts'
import { unwrap } from './unwrap.ts'

/** One option of the configuration file, as the code's own schema knows it. */
export interface Option {
  /** `logstore.batch.maxBytes`, one word a step. */
  readonly path: readonly string[]
  /** `ECS_AUDIT_LOGSTORE_BATCH_MAX_BYTES`. */
  readonly variable: string
  readonly description: string
  /** Its default as one would write it; undefined for an option that must be given. */
  readonly default: string | undefined
  /** A plain text: the variable's value is taken as it is. All others are read as YAML. */
  readonly plainText: boolean
}

/** Every option that a file may hold and an environment variable may set, in the schema's order. */
export function listOptions(): Option[] {
  const { queues: _, credentials: __, ...shape } = configSchema.shape
  const [region, ...rest] = Object.entries(shape)
  return [
    ...(region === undefined ? [] : walk([region[0]], region[1])),
    ...walk(['queue'], queueSchema),
    ...rest.flatMap(([key, schema]) => walk([key], schema))
  ]
}

/** What environment variables may set: every option, and the list of queues. */
export function settableOptions(): Array<Pick<Option, 'path' | 'variable' | 'plainText'>> {
  return [...listOptions(), { path: ['queues'], variable: variableOf(['queues']), plainText: false }]
}

/** The environment variable of an option: `queue.waitSeconds` is `ECS_AUDIT_QUEUE_WAIT_SECONDS`. */
export function variableOf(path: readonly string[]): string {
  const words = path.map((word) => word.replace(/([A-Z])/g, '_$1').toUpperCase())
  return `ECS_AUDIT_${words.join('_')}`
}

function walk(path: readonly string[], schema: z.core.$ZodType): Option[] {
  const inner = unwrap(schema)
  const meta = z.globalRegistry.get(schema)
  if (inner instanceof z.ZodObject && meta?.['opaque'] !== true) {
    return Object.entries(inner.shape).flatMap(([key, child]) => walk([...path, key], child as z.core.$ZodType))
  }
  return [
    {
      path,
      variable: variableOf(path),
      description: meta?.description ?? '',
      default: defaultText(schema),
      plainText: inner instanceof z.ZodString
    }
  ]
}

function defaultText(schema: z.core.$ZodType): string | undefined {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return undefined
  const value = schema.def.defaultValue
  const kind = String(z.globalRegistry.get(unwrap(schema))?.['expected'] ?? '')
  if (typeof value === 'number' && kind.startsWith('a duration')) return formatDuration(value)
  if (typeof value === 'number' && kind.startsWith('a size')) return formatSize(value)
  if (value === '') return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
