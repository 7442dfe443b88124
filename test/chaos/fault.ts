import type { FaultRule } from '../../src/sandbox/faults.ts'

/** A rule of the sandbox's fault switches, as far as it is not the default. */
export type Rule = Partial<FaultRule> & Pick<FaultRule, 'kind'>

/** A way between the service and what it depends on. */
export type PathName = 'mns' | 'sls' | 'control'

/** What is done to the world. Everything but `kill`, `terminate` and `cut` lasts for a while, and is then undone. */
export type Trouble =
  /** Requests are struck by a rule. */
  | { readonly type: 'rule'; readonly rule: Rule }
  /** SIGKILL to a process of the service; it is started again after `downMs`. */
  | { readonly type: 'kill'; readonly replica: number; readonly downMs: number }
  /** The same with SIGTERM, and `twice` with a second one. */
  | { readonly type: 'terminate'; readonly replica: number; readonly downMs: number; readonly twice: boolean }
  /** SIGSTOP, and SIGCONT at the end. */
  | { readonly type: 'pause'; readonly replica: number }
  /** Every connection of a path is reset. */
  | { readonly type: 'cut'; readonly path: PathName }
  /** The connections of a path go dead without a word, for ever; new ones work after the end. */
  | { readonly type: 'silence'; readonly path: PathName }
  /** Every connection is reset, and new ones are refused. */
  | { readonly type: 'refuse'; readonly path: PathName }
  /** Every connection is reset, and no name can be resolved. */
  | { readonly type: 'dns' }
  /** A clock is wrong by so much. */
  | { readonly type: 'clock'; readonly whose: 'mns' | 'sls' | 'service'; readonly byMs: number }
  /** The credentials expire at once; their provider fails until the end. Only in plans with expiring credentials. */
  | { readonly type: 'expire' }

/** A trouble at its time. Its number stays the same whatever else is left out of a schedule. */
export interface Fault {
  readonly number: number
  /** What it is counted as. */
  readonly name: string
  /** From the start of the trial, ms. */
  readonly atMs: number
  /** How long, ms; 0 for what has no end. */
  readonly forMs: number
  readonly trouble: Trouble
}

/** One line for a person. */
export function describeFault({ number, name, atMs, forMs, trouble }: Fault): string {
  const { type, ...details } = trouble
  const span = forMs === 0 ? `at ${seconds(atMs)}` : `from ${seconds(atMs)} to ${seconds(atMs + forMs)}`
  return `${number}. ${span}: ${name} ${type} ${JSON.stringify('rule' in details ? details.rule : details)}`
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
