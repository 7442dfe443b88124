import type { ActionsConfig } from '../../config/actions-schema.ts'

/**
 * The tags of the old instance that its replacement gets too: those that the configuration's rules ask for (`match.tag` of
 * restart, drain and replace) and the one that names its server groups. So the replacement is restarted, drained and
 * replaced as the old one was. Everything else, names, owners and costs, is the launch template's affair. Keys that begin
 * with `acs:` or `aliyun` are the service's own and can't be set ("TagResources").
 */
export function inheritedTags(
  { restart, drain, replace }: Pick<ActionsConfig, 'restart' | 'drain' | 'replace'>,
  tags: Readonly<Record<string, string>>
): Record<string, string> {
  const wanted = [restart, drain, replace].flatMap(({ match }) => Object.keys(match.tag ?? {}))
  const keys = [...new Set([...wanted, drain.groupsTag])].sort()
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = Object.hasOwn(tags, key) ? tags[key] : undefined
      return value === undefined || /^(acs:|aliyun)/.test(key) ? [] : [[key, value]]
    })
  )
}
