/**
 * What a fault does to one request. `error` is the service's own error answer by its code; the others break the
 * transport, or (the last three) the queue's behaviour.
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
  'early-empty' // MNS: a long poll answers MessageNotExist at once
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface FaultRule {
  /** `mns`, `sls` or `*`. */
  readonly service: string
  /** Operation name (`PutLogs`, `BatchReceiveMessage`) or `*`. */
  readonly operation: string
  readonly kind: FaultKind
  /** For `error`: the service's error code. */
  readonly code: string
  /** For `html`, `empty`, `text`: the HTTP status; 0 means the kind's own default. */
  readonly status: number
  /** For `slow`: milliseconds. */
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

/** The fault switches of a sandbox. The first matching rule that hits wins. */
export class Faults {
  #rules: LiveRule[] = []
  readonly #random: () => number
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

  /** The fault that hits this request, if any; counts as a hit. */
  take(service: string, operation: string): FaultRule | undefined {
    for (const live of this.#rules) {
      const { rule } = live
      if (rule.service !== '*' && rule.service !== service) continue
      if (rule.operation !== '*' && rule.operation !== operation) continue
      live.seen += 1
      if (live.seen <= rule.skip || live.hits >= rule.count || this.#random() >= rule.rate) continue
      live.hits += 1
      const key = `${service}.${operation}:${rule.kind}`
      this.hits.set(key, (this.hits.get(key) ?? 0) + 1)
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

function parseRule(text: string): FaultRule {
  const match = /^(mns|sls|\*)(?:\.([A-Za-z]+|\*))?:([A-Za-z0-9-]+)((?:@[a-z]+=[0-9.]+)*)$/.exec(text)
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
  const numbers: Partial<Record<'status' | 'ms' | 'rate' | 'count' | 'skip', number>> = {}
  for (const option of options.split('@').slice(1)) {
    const [key = '', value = ''] = option.split('=')
    if (key !== 'status' && key !== 'ms' && key !== 'rate' && key !== 'count' && key !== 'skip') {
      throw new Error(`Cannot read fault "${text}": expected one of status, ms, rate, count, skip; found "${key}"`)
    }
    numbers[key] = Number(value)
  }
  return {
    ...RULE_DEFAULTS,
    service,
    operation,
    ...(kind === undefined ? { kind: 'error', code: name } : { kind }),
    ...numbers
  }
}
