import type { Crew } from './crew.ts'
import type { DuplicateBudget } from './duplicate-budget.ts'
import type { Fault, Trouble } from './fault.ts'
import type { World } from './world.ts'

/** Undoes a trouble. */
export type Undo = () => void | Promise<void>

const NOTHING: Undo = () => undefined

/** What troubles act on. */
export interface Stage {
  readonly world: World
  readonly crew: Crew
  readonly budget: DuplicateBudget
  /** Whether actions are switched on: one that is tried again brings its message back, whose record is stored by then. */
  readonly actions: boolean
}

/** Faults that took place, by name. Rules count the requests that they struck. */
export type Tally = Map<string, number>

/** Begins a fault. What it ends with must be called, and may be called at once. */
export function begin(fault: Fault, stage: Stage, tally: Tally): Undo {
  const close = redelivers(fault.trouble, stage) ? stage.budget.begin() : undefined
  const undo = act(fault, stage, tally)
  if (undo !== undefined && fault.trouble.type !== 'rule') tally.set(fault.name, (tally.get(fault.name) ?? 0) + 1)
  return async () => {
    await undo?.()
    close?.()
  }
}

/** Whether what is in flight may be delivered again. */
function redelivers({ type, ...details }: Trouble, { actions }: Stage): boolean {
  return type !== 'rule' || actions || !('rule' in details) || details.rule.service !== 'sls'
}

function act({ name, trouble }: Fault, { world, crew }: Stage, tally: Tally): Undo | undefined {
  switch (trouble.type) {
    case 'rule':
      return rule(name, trouble.rule, world, tally)
    case 'kill':
      return crew.kill(trouble.replica, trouble.downMs) ? NOTHING : undefined
    case 'terminate':
      return crew.terminate(trouble.replica, trouble.downMs, trouble.twice) ? NOTHING : undefined
    case 'pause':
      return crew.pause(trouble.replica)
    case 'cut':
      world.paths[trouble.path]?.cut()
      return NOTHING
    case 'silence':
      world.paths[trouble.path]?.silence()
      return () => world.paths[trouble.path]?.speak()
    case 'refuse':
      world.paths[trouble.path]?.refuse()
      return () => world.paths[trouble.path]?.accept()
    case 'dns':
      crew.turn({ resolves: false })
      for (const path of Object.values(world.paths)) path.cut()
      return () => crew.turn({ resolves: true })
    case 'clock':
      return turnClock(trouble, world, crew)
    case 'expire':
      if (world.keys === undefined) return undefined
      world.keys.failing = true
      world.keys.expire()
      return () => {
        if (world.keys !== undefined) world.keys.failing = false
      }
  }
}

function rule(name: string, given: Extract<Trouble, { type: 'rule' }>['rule'], world: World, tally: Tally): Undo {
  const { faults } = world.sandbox
  const off = faults.add(given)
  // Rules are compared by what they say: two of one name are one kind.
  const unwatch = faults.onHit(({ rule: hit }) => {
    const same = Object.entries(given).every(([key, value]) => Reflect.get(hit, key) === value)
    if (same) tally.set(name, (tally.get(name) ?? 0) + 1)
  })
  return () => {
    off()
    unwatch()
  }
}

/** Offsets add up, and each is taken back by itself. */
function turnClock({ whose, byMs }: Extract<Trouble, { type: 'clock' }>, world: World, crew: Crew): Undo {
  if (whose === 'service') {
    crew.turn({ offsetMs: byMs })
    return () => crew.turn({ offsetMs: 0 })
  }
  const clock = world.clocks[whose]
  clock.offsetMs += byMs
  // What is due by the new time happens now.
  for (const queue of world.queues) world.sandbox.mns.stats(queue)
  return () => {
    clock.offsetMs -= byMs
  }
}
