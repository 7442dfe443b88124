/**
 * What a fault does to one request. `error` is the service's own error answer by its code; the others break the
 * transport, or (the last five) what a service does: those strike only the operations of `STRIKES`.
 */
export const FAULT_KINDS = [
  'error', // the service's own error answer; the rule's `code` says which; nothing is executed
  'html', // an HTML page with `status` (502), as a proxy in front of the service sends; nothing is executed
  'empty', // `status` (503) and no body; nothing is executed
  'text', // `status` (429) and a line of plain text; nothing is executed
  'reset-before', // the connection is reset before anything is executed
  'reset-after', // executed, then reset before the answer
  'reset-mid-body', // executed, then reset in the middle of the answer's body
  'truncate', // executed; the answer's body ends early under a matching content-length
  'stall-before', // nothing is executed and no answer ever comes
  'stall-after', // executed, and no answer ever comes
  'stall-body', // executed; the answer's headers come, its body stops half-way
  'slow', // executed after `ms`
  'no-host-id', // MNS: an error answer that lacks the HostId element; nothing is executed
  'duplicate', // MNS: what this receive hands out stays visible, so that it is delivered twice
  'lost-ack', // MNS: a delete answers 204 and deletes nothing
  'early-empty', // MNS: a long poll answers MessageNotExist at once
  'partial-delete', // MNS: a batch delete deletes every other message and lists the rest as InternalError
  'incomplete' // SLS: a query answers Incomplete, and lacks half of its rows
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

const RECEIVES: readonly string[] = ['ReceiveMessage', 'BatchReceiveMessage']
const DELETES: readonly string[] = ['DeleteMessage', 'BatchDeleteMessage']

/** The kinds that mean nothing but on some operations; a rule of such a kind passes over the others. */
const STRIKES: Partial<Record<FaultKind, readonly string[]>> = {
  duplicate: RECEIVES,
  'early-empty': RECEIVES,
  'lost-ack': DELETES,
  'partial-delete': ['BatchDeleteMessage'],
  incomplete: ['GetLogs', 'GetLogsV2']
}

export interface FaultRule {
  /** `mns`, `sls`, `ecs`, `slb`, `alb`, `nlb`, `actiontrail` or `*`. */
  readonly service: string
  /** Operation name (`PutLogs`, `BatchReceiveMessage`) or `*`. */
  readonly operation: string
  readonly kind: FaultKind
  /** For `error`: the service's error code. */
  readonly code: string
  /** For `error`, `html`, `empty`, `text`: the HTTP status; 0 means the code's or kind's own. */
  readonly status: number
  /** Milliseconds that the request is held before the fault strikes (a throttled service holds before it refuses). */
  readonly ms: number
  /** Chance that a matching request is hit, 0 to 1. */
  readonly rate: number
  /** Hits until the rule is used up. */
  readonly count: number
  /** Matching requests that pass before the first hit. */
  readonly skip: number
}

const RULE_DEFAULTS: FaultRule = {
  service: '*',
  operation: '*',
  kind: 'slow',
  code: '',
  status: 0,
  ms: 0,
  rate: 1,
  count: Number.POSITIVE_INFINITY,
  skip: 0
}

interface LiveRule {
  readonly rule: FaultRule
  hits: number
  seen: number
}

/** One request that a fault struck. */
export interface FaultHit {
  readonly service: string
  readonly operation: string
  readonly rule: FaultRule
}

/** The fault switches of a sandbox. The first matching rule that hits wins. */
export class Faults {
  #rules: LiveRule[] = []
  readonly #random: () => number
  readonly #listeners = new Set<(hit: FaultHit) => void>()
  /** Hits so far, by `service.operation:kind`. */
  readonly hits = new Map<string, number>()

  /** @param random uniform in [0, 1); pass a seeded one for repeatable runs */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Switches a fault on; the returned function switches it off again. */
  add(rule: Partial<FaultRule> & Pick<FaultRule, 'kind'>): () => void {
    const live: LiveRule = { rule: { ...RULE_DEFAULTS, ...rule }, hits: 0, seen: 0 }
    this.#rules.push(live)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== live)
    }
  }

  clear(): void {
    this.#rules = []
  }

  /** Calls `listener` for each hit, until the returned function is called. */
  onHit(listener: (hit: FaultHit) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The fault that hits this request, if any; counts as a hit. */
  take(service: string, operation: string): FaultRule | undefined {
    for (const live of this.#rules) {
      const { rule } = live
      if (rule.service !== '*' && rule.service !== service) continue
      if (rule.operation !== '*' && rule.operation !== operation) continue
      if (STRIKES[rule.kind]?.includes(operation) === false) continue
      live.seen += 1
      if (live.seen <= rule.skip || live.hits >= rule.count || this.#random() >= rule.rate) continue
      live.hits += 1
      const key = `${service}.${operation}:${rule.kind}`
      this.hits.set(key, (this.hits.get(key) ?? 0) + 1)
      for (const listener of this.#listeners) listener({ service, operation, rule })
      return rule
    }
    return undefined
  }
}

/**
 * Reads fault rules from text: `SERVICE[.OPERATION]:FAULT[@key=value]...`, parted by commas. FAULT is a kind, or an
 * error code of the service: `sls.PutLogs:ServerBusy@rate=0.2, mns:reset-before@count=3, mns:html@status=504`.
 *
 * @throws Error that names the part, what was expected and what was found
 */
export function parseFaults(spec: string): FaultRule[] {
  return spec
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRule)
}

/**
 * Refuses rules that could never strike: whoever rehearses a fault would take its absence for a service that bears it.
 *
 * @param operations what each service can do
 * @throws Error that names the rule and what there is
 */
export function checkFaults(
  rules: readonly FaultRule[],
  operations: Readonly<Record<string, readonly string[]>>
): void {
  for (const { service, operation, kind } of rules) {
    const served = service === '*' ? Object.values(operations).flat() : (operations[service] ?? [])
    const open = served.filter((name) => STRIKES[kind]?.includes(name) !== false)
    if (operation === '*' ? open.length > 0 : open.includes(operation)) continue
    const names = [...new Set(open)].sort().join(', ')
    const rule = `${service}${operation === '*' ? '' : `.${operation}`}:${kind}`
    const there = names === '' ? `no operation of ${service} that it could` : `one of ${names}`
    throw new Error(`Cannot play fault "${rule}": it would strike nothing; expected ${there}.`)
  }
}

const RULE = /^(mns|sls|ecs|slb|alb|nlb|actiontrail|\*)(?:\.([A-Za-z]+|\*))?:([A-Za-z0-9.-]+)((?:@[a-z]+=[0-9.]+)*)$/

function parseRule(text: string): FaultRule {
  const match = RULE.exec(text)
  if (match === null) {
    throw new Error(
      `Cannot read fault "${text}": expected SERVICE[.OPERATION]:FAULT[@key=value], for example sls.PutLogs:ServerBusy@rate=0.2`
    )
  }
  const [, service = '*', operation = '*', name = '', options = ''] = match
  const kind = FAULT_KINDS.find((known) => known === name)
  if (kind === undefined && !/^[A-Z]/.test(name)) {
    throw new Error(
      `Cannot read fault "${text}": "${name}" is neither an error code nor one of ${FAULT_KINDS.join(', ')}`
    )
  }
  return {
    ...RULE_DEFAULTS,
    service,
    operation,
    ...(kind === undefined ? { kind: 'error', code: name } : { kind }),
    ...readOptions(text, options.split('@').slice(1))
  }
}

/** The numbers that a rule takes, each with its range. */
const OPTION_RANGES: Readonly<Record<string, { low: number; high: number; whole: boolean }>> = {
  status: { low: 200, high: 599, whole: true },
  ms: { low: 0, high: 600_000, whole: false },
  rate: { low: 0, high: 1, whole: false },
  count: { low: 1, high: Number.MAX_SAFE_INTEGER, whole: true },
  skip: { low: 0, high: Number.MAX_SAFE_INTEGER, whole: true }
}

function readOptions(text: string, options: readonly string[]): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const option of options) {
    const [key = '', value = ''] = option.split('=')
    const range = OPTION_RANGES[key]
    if (range === undefined) {
      throw new Error(
        `Cannot read fault "${text}": expected one of ${Object.keys(OPTION_RANGES).join(', ')}; found "${key}"`
      )
    }
    const number = Number(value)
    if (!(number >= range.low && number <= range.high) || (range.whole && !Number.isInteger(number))) {
      const kind = range.whole ? 'a whole number' : 'a number'
      throw new Error(
        `Cannot read fault "${text}": ${key} is ${kind} from ${range.low} to ${range.high}; found "${value}"`
      )
    }
    numbers[key] = number
  }
  return numbers
}
