import type { JournalEntry } from '../journal.ts'
import type { Purchase } from './candidate.ts'
import type { ReplaceReason } from './replace-reasons.ts'
import type { Replacement } from './replacement.ts'

/** What the journal knows of a notice's purchases: what a crash made this run forget. */
export interface Recalled {
  /** Calls of RunInstances so far. */
  readonly tries: number
  /** Replacements bought and lost so far. */
  readonly generation: number
  /** The last one that was bought and is not known to be lost. */
  readonly replacement: Replacement | undefined
  /** A purchase whose outcome was never written down: it may have been carried out. It is made again before any other. */
  readonly open: Purchase | undefined
}

/** Names the two records of one purchase: the intent, and what came of it. */
export function purchaseSteps(attempt: number, { generation, index, salted }: Purchase) {
  const name = `${attempt}-${generation}.${index}${salted ? 's' : ''}`
  return { intent: `intent-${name}`, outcome: `buy-${name}` }
}

/** Reads the records of one event. */
export function recall(entries: readonly JournalEntry[]): Recalled {
  let tries = 0
  let generation = 0
  let replacement: Replacement | undefined
  const open = new Map<string, Purchase>()
  const closed = new Set<string>()
  for (const { action, step, reason, decision, attempt, target, content } of entries) {
    if (action !== 'replace') continue
    const told = purchaseOf(content)
    const is = (code: ReplaceReason): boolean => reason === code
    if (told !== undefined && is('buy') && decision === 'intent') {
      tries = Math.max(tries, attempt)
      open.set(purchaseSteps(attempt, told).outcome, told)
    } else if (step.startsWith('buy-') && !is('api-unknown')) {
      closed.add(step)
    }
    if (told === undefined || target === '') continue
    if (is('bought') || is('found')) replacement = { instanceId: target, ...told }
    if (is('lost')) generation = Math.max(generation, told.generation + 1)
  }
  const left = [...open].filter(([step, { generation: of }]) => !closed.has(step) && of >= generation)
  const isLost = replacement !== undefined && replacement.generation < generation
  return { tries, generation, replacement: isLost ? undefined : replacement, open: left.at(-1)?.[1] }
}

function purchaseOf({ generation, index, salted }: JournalEntry['content']): Purchase | undefined {
  if (!isCount(generation) || !isCount(index)) return undefined
  return { generation, index, salted: salted === true }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
