import type { Balancing } from '../../cloud/balancing.ts'
import type { Instance } from '../../cloud/compute.ts'
import type { ActionsConfig } from '../../config/actions-schema.ts'

/**
 * The server groups that an instance may be in: those that its tag names, parted by blanks, else those of the configuration.
 *
 * @param instance undefined while ECS has not described it, or does not know it any more
 */
export function namedGroups(
  { groups, groupsTag }: Pick<ActionsConfig['drain'], 'groups' | 'groupsTag'>,
  instance: Pick<Instance, 'tags'> | undefined
): Parameters<Balancing['find']>[1] {
  const names = (instance?.tags[groupsTag] ?? '').split(/\s+/).filter((name) => name !== '')
  return names.length === 0 ? groups : names
}
