/** What the queue of the replay server holds. */
export type Supply =
  /** As many messages as are asked for, until `warmup` and then `events` more have been deleted. */
  | { readonly kind: 'endless'; readonly warmup: number; readonly events: number }
  /** So many and no more; done when all of them have been deleted. */
  | { readonly kind: 'counted'; readonly events: number }

/** Messages that are followed from the answer that carries them to the calls that they cause. */
export interface ProbePlan {
  /** With a supply: one message of each so many is a probe. */
  readonly every?: number
  /** Without: one probe after another, with this long between them, ms. */
  readonly pauseMs?: number
  /** Probes altogether, when they come one after another. */
  readonly count?: number
}

/** How the replay server is to behave from now on. */
export interface Order {
  readonly supply: Supply
  /** How long PutLogs takes, ms. */
  readonly putLatencyMs: number
  readonly probes?: ProbePlan
}

/** What the replay server is started with. */
export interface ReplayOptions {
  /** JSON of one event, bytes; the least is what an event has by itself. */
  readonly eventBytes: number
  /** How long ago the events happened, ms. */
  readonly ageMs: number
  /** Different messages, a multiple of 16: more than are in flight, so that no receipt handle is out twice. */
  readonly pool: number
}

/** What the server has counted since its order. */
export interface Tally {
  /** On the server's own clock, ms. */
  readonly atMs: number
  readonly receives: number
  readonly emptyPolls: number
  readonly handedOut: number
  readonly deletes: number
  readonly deleted: number
  readonly puts: number
  /** Encoded log groups, before compression. */
  readonly rawBytes: number
  /** Bodies of PutLogs as sent. */
  readonly sentBytes: number
  /** Calls to ECS and the load balancers, and queries to the logstore. */
  readonly otherCalls: number
}

/** How long one probe took, ms; undefined where the call never came. */
export interface ProbeTimes {
  /** To the call of a user's own action. */
  readonly hookMs: number | undefined
  /** To the first call to the control plane that names its instance. */
  readonly cloudMs: number | undefined
  /** To the PutLogs that carries its record. */
  readonly storedMs: number | undefined
}

/** What the server tells its parent. */
export type News =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'polled' }
  | { readonly kind: 'warm'; readonly tally: Tally }
  | { readonly kind: 'done'; readonly tally: Tally; readonly probes: readonly ProbeTimes[] }
  | { readonly kind: 'tally'; readonly tally: Tally }

/** What its parent asks of the server. */
export type Question = { readonly kind: 'order'; readonly order: Order } | { readonly kind: 'tally' }
