import { enabledActions } from '../config/enabled-actions.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { accountOf, UNKNOWN_ACCOUNT } from '../provision/permissions/permission-resources.ts'
import { ROLES, type Role } from '../provision/permissions/permission-table.ts'
import { grantOf, neededRows, policyOf } from '../provision/permissions/policies.ts'
import { chosen, EXIT, type Invocation, textOption } from './command.ts'
import { POLICY_FORMATS, ROLE_NAMES } from './permission-options.ts'

/** Prints the policies of one role or all. Resolves with the exit status. */
export async function printPermissions(invocation: Invocation): Promise<number> {
  const { configFile: file, environment, print, say } = invocation
  const format = readFormat(invocation)
  const role = readRole(textOption(invocation, 'role'))
  const config = loadConfig({ file, environment })
  if (format === 'json') print(JSON.stringify(policies(role, config), null, 2))
  else
    for (const name of role === undefined ? ROLE_NAMES : [role]) for (const line of textLines(name, config)) print(line)
  for (const note of notes(config)) say(note)
  return EXIT.done
}

function policies(role: Role | undefined, config: Config): unknown {
  if (role !== undefined) return policyOf(role, config)
  return Object.fromEntries(ROLE_NAMES.map((name) => [name, policyOf(name, config)]))
}

/** Why, then the policy itself. */
function textLines(role: Role, config: Config): string[] {
  const reasons = neededRows(role, config).flatMap((row) => [
    `  to ${row.to.replaceAll('`', '')}:`,
    `    ${row.actions.join(' ')}`,
    ...grantOf(row, config).Resource.map((resource) => `    on ${resource}`)
  ])
  const policy = JSON.stringify(policyOf(role, config), null, 2)
  return [`${role} (${ROLES[role].replaceAll('`', '')})`, ...reasons, policy, '']
}

/** What no option tells. */
function notes(config: Config): string[] {
  const { dryRun, replace, plugins } = config.actions
  const acts = enabledActions(config.actions).length > 0
  return [
    ...(accountOf(config) === UNKNOWN_ACCOUNT
      ? [`Put the id of the account in the place of ${UNKNOWN_ACCOUNT}: queue.endpoint does not tell it.`]
      : []),
    ...(acts && dryRun ? ['actions.dryRun is set: what changes something is left out until it is false.'] : []),
    ...(replace.enabled && !dryRun
      ? ['If the launch template sets a RAM role, the service needs ram:PassRole on that role as well.']
      : []),
    ...(plugins.length > 0 ? ['What your own actions (actions.plugins) call is not known here.'] : [])
  ]
}

function readFormat(invocation: Invocation): (typeof POLICY_FORMATS)[number] {
  return chosen('format', textOption(invocation, 'format') || (invocation.json ? 'json' : 'text'), POLICY_FORMATS)
}

function readRole(text: string): Role | undefined {
  return text === '' ? undefined : chosen('role', text, ROLE_NAMES)
}
