import type {
  CandidatesAnswer,
  ChartAnswer,
  DashboardView,
  FoundAnswer,
  InstanceAnswer,
  Refused,
  ViewSetup
} from '../answers.ts'
import type { Language } from './format.ts'

/** The server could not be reached, or refused. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0: no answer. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** Which chart, and of what: times are epoch ms, and without a `range` it shows its own; `zone` is an offset: `+08:00`. */
export interface ChartAsk {
  readonly dashboard: string
  readonly chart: string
  readonly range?: { readonly lastMs: number } | { readonly fromMs: number; readonly toMs: number } | undefined
  readonly filters: Readonly<Record<string, readonly string[]>>
  readonly tokens: Readonly<Record<string, string>>
  readonly zone: string
}

/** Browsers open six connections to one server: some are left for what the reader does meanwhile. */
const AT_ONCE = 4
/** At first fewer, so that the first charts are there sooner than if all of them shared the logstore's attention. */
let allowed = 2
let running = 0
const waiting: Array<() => void> = []

/**
 * What the server serves: dashboards, logstore, version.
 *
 * @throws ApiError
 */
export function fetchSetup(): Promise<ViewSetup> {
  return ask<ViewSetup>('/api/setup')
}

/**
 * A dashboard: its charts, in a language, without their rows.
 *
 * @throws ApiError; an AbortError when `signal` aborts
 */
export function fetchDashboard(name: string, language: Language, signal: AbortSignal): Promise<DashboardView> {
  return ask<DashboardView>(`/api/dashboards/${encodeURIComponent(name)}?language=${language}`, { signal })
}

/** In the order of asking, a few at a time: the first charts are there first. */
export function fetchChart(asked: ChartAsk, signal: AbortSignal): Promise<ChartAnswer> {
  return inTurn(() => post<ChartAnswer>('/api/chart', asked, signal), signal)
}

/**
 * The values that a filter may take, in turn with the charts.
 *
 * @throws ApiError; an AbortError when `signal` aborts
 */
export function fetchCandidates(asked: ChartAsk, signal: AbortSignal): Promise<CandidatesAnswer> {
  return inTurn(() => post<CandidatesAnswer>('/api/candidates', asked, signal), signal)
}

/**
 * The instances that a text may mean: a part of an id, a name or an address.
 *
 * @throws ApiError; an AbortError when `signal` aborts
 */
export function fetchFound(text: string, signal: AbortSignal): Promise<FoundAnswer> {
  return ask<FoundAnswer>(`/api/instances?text=${encodeURIComponent(text)}`, { signal })
}

/**
 * The life of one instance as the log tells it.
 *
 * @throws ApiError; an AbortError when `signal` aborts
 */
export function fetchInstance(id: string, signal: AbortSignal): Promise<InstanceAnswer> {
  return ask<InstanceAnswer>(`/api/instances/${encodeURIComponent(id)}`, { signal })
}

function post<Answer>(path: string, content: object, signal: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return ask<Answer>(path, { method: 'POST', headers, body: JSON.stringify(content), signal })
}

/** @throws ApiError; an AbortError when `signal` aborts */
async function ask<Answer>(path: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, options).catch((thrown: unknown) => {
    if (options.signal?.aborted) throw thrown
    throw new ApiError('', 0)
  })
  const content = (await response.json().catch(() => ({ error: response.statusText }))) as Answer | Refused
  if (response.ok) return content as Answer
  throw new ApiError((content as Refused).error, response.status)
}

async function inTurn<Answer>(work: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  if (running >= allowed) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    signal.throwIfAborted()
    return await work()
  } finally {
    running -= 1
    allowed = Math.min(AT_ONCE, allowed + 1)
    for (let free = allowed - running; free > 0; free -= 1) waiting.shift()?.()
  }
}
