import { enabledActions } from './enabled-actions.ts'
import type { Config } from './schema.ts'

/** A product of the control plane, by the name of its endpoint's option. */
export type CalledProduct = keyof Config['endpoints']

/** The products of the control plane that the switched-on features call. */
export function calledProducts({ actions, snapshots }: Pick<Config, 'actions' | 'snapshots'>): CalledProduct[] {
  const { restart, drain, replace } = actions
  const compute = enabledActions(actions).length > 0 || snapshots.enabled
  return [
    ...(compute ? (['ecs'] as const) : []),
    ...(drain.enabled || replace.enabled ? (['slb', 'alb', 'nlb'] as const) : []),
    ...(restart.enabled && restart.respectPeople ? (['actiontrail'] as const) : [])
  ]
}
