import { actionsEnabled, enabledActions } from '../../config/enabled-actions.ts'
import type { Config } from '../../config/schema.ts'
import { conditionOf, resourcesOf } from './permission-resources.ts'
import { type Need, PERMISSIONS, type PermissionRow, type Role } from './permission-table.ts'

/** One statement of a RAM policy. */
export interface Statement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A RAM policy document (RAM, "Policy structure and syntax"). */
export interface Policy {
  readonly Version: '1'
  readonly Statement: readonly Statement[]
}

/** The rows that a role needs for what a configuration switches on: in a dry run without what changes something. */
export function neededRows(role: Role, config: Config): PermissionRow[] {
  const { dryRun } = config.actions
  return PERMISSIONS.filter(
    ({ roles, need, changes }) => roles.includes(role) && isOn(need, config) && !(changes === true && dryRun)
  )
}

/** The least that a role must be allowed for what a configuration switches on. */
export function policyOf(role: Role, config: Config): Policy {
  const statements = new Map<string, Statement>()
  for (const row of neededRows(role, config)) {
    const grant = grantOf(row, config)
    const key = JSON.stringify([grant.Resource, grant.Condition])
    const actions = [...(statements.get(key)?.Action ?? []), ...grant.Action]
    statements.set(key, { ...grant, Action: [...new Set(actions)] })
  }
  return { Version: '1', Statement: [...statements.values()] }
}

/** One row as a statement of its own. */
export function grantOf(row: PermissionRow, config: Config): Statement {
  const condition = conditionOf(row.on, config)
  return {
    Effect: 'Allow',
    Action: row.actions,
    Resource: resourcesOf(row.on, config),
    ...(condition === undefined ? {} : { Condition: condition })
  }
}

function isOn(need: Need, { actions, snapshots }: Config): boolean {
  const { restart, drain, replace } = actions
  switch (need) {
    case 'always':
      return true
    case 'actions':
      return actionsEnabled(actions)
    case 'built-in':
      return enabledActions(actions).length > 0
    case 'restart':
      return restart.enabled
    case 'respect-people':
      return restart.enabled && restart.respectPeople
    case 'drain':
      return drain.enabled
    case 'replace':
      return replace.enabled
    case 'balancers':
      return drain.enabled || replace.enabled
    case 'snapshots':
      return snapshots.enabled
    // No option says so: told in words.
    case 'create-project':
    case 'record':
    case 'template-role':
      return false
    default: {
      const never: never = need
      return never
    }
  }
}
