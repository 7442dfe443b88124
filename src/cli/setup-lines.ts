import type { StepResult } from '../provision/apply.ts'
import { describeDifference } from '../provision/differences.ts'
import type { Step } from '../provision/plan.ts'
import type { Comparison } from '../provision/resource.ts'

/** Differences of one resource that are shown; the others are counted. */
const MAX_DIFFERENCES = 8

/** A step of the plan for people; nothing for what is as it should be. */
export function stepLines(step: Step): string[] {
  switch (step.kind) {
    case 'create':
      return [headline('create', step)]
    case 'update':
      return [headline('update', step), ...detailLines(step.comparison)]
    case 'keep': {
      const lines = detailLines(step.comparison)
      return lines.length === 0 ? [] : [headline('differs', step), ...lines]
    }
    case 'unreadable':
      return [headline('unknown', step)]
  }
}

/** The same for programs. */
export function stepJson(step: Step): Record<string, unknown> {
  const { kind: action, resource } = step
  const told = { kind: resource.kind, name: resource.name, action }
  if (step.kind === 'unreadable') return { ...told, fault: step.fault }
  return step.kind === 'create' ? told : { ...told, ...step.comparison }
}

/** What a person may want to know of what is there. */
export function remarkLines(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'keep' && step.kind !== 'update') return []
    return step.comparison.remarks.map((remark) => `The ${step.resource.kind} ${step.resource.name} ${remark}.`)
  })
}

/** The plan in one line. */
export function planCounts(steps: readonly Step[]): string {
  const of = (kind: Step['kind']): number => steps.filter((step) => step.kind === kind).length
  const differ = steps.filter((step) => step.kind === 'keep' && step.comparison.obstacles.length > 0).length
  return counted(`${steps.length} resources`, {
    'to create': of('create'),
    'to update': of('update'),
    'to be mended by hand': differ,
    'could not be read': of('unreadable'),
    'as they should be': of('keep') - differ
  })
}

/** What was done, in one line. */
export function resultCounts(results: readonly StepResult[]): string {
  const done = (kind: Step['kind']): number =>
    results.filter((result) => result.kind === 'done' && result.step.kind === kind).length
  return counted('setup', {
    created: done('create'),
    updated: done('update'),
    'not done': results.filter(({ kind }) => kind !== 'done').length
  })
}

function headline(action: string, { resource }: Step): string {
  return `${action.padEnd(8)}${resource.kind.padEnd(14)}${resource.name}`
}

function detailLines({ changes, obstacles }: Comparison): string[] {
  const shown = changes.slice(0, MAX_DIFFERENCES).map(describeDifference)
  const more = changes.length > shown.length ? [`and ${changes.length - shown.length} more`] : []
  const lines = [...shown, ...more, ...obstacles.map((obstacle) => `by hand: ${obstacle}`)]
  return lines.map((line) => `${' '.repeat(8)}${line}`)
}

function counted(what: string, counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).flatMap(([word, count]) => (count === 0 ? [] : [`${count} ${word}`]))
  return `${what}: ${told.length === 0 ? 'nothing to do' : told.join(', ')}`
}
