import { slsResource } from './permissions/permission-resources.ts'
import { PERMISSIONS } from './permissions/permission-table.ts'

/** What a RAM policy must allow. */
export interface Permission {
  readonly action: string
  readonly resource: string
}

/** Where the project is, as RAM names it. */
export interface Place {
  readonly region: string
  readonly project: string
}

/** The permission that an operation on a resource of the project needs. */
export function permissionOf(operation: string, name: string, place: Place): Permission {
  const action = `log:${operation}`
  const target = PERMISSIONS.find(({ roles, actions }) => roles.includes('setup') && actions.includes(action))?.on
  const single = SINGLE.find((each) => each === target)
  return { action, resource: single === undefined ? '*' : slsResource(single, name, { ...place, account: '*' }) }
}

/** Targets that RAM knows one by one. */
const SINGLE = ['project', 'logstore', 'savedsearch', 'dashboard'] as const
