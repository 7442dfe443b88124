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

/** Actions that RAM knows for no single resource (RAM, "Actions of Simple Log Service"). */
const WITHOUT_RESOURCE = /^(CreateDashboard|DeleteDashboard|.*Alert)$/

/** The permission that an operation on a resource of the project needs. */
export function permissionOf(operation: string, name: string, { region, project }: Place): Permission {
  const action = `log:${operation}`
  if (WITHOUT_RESOURCE.test(operation)) return { action, resource: '*' }
  return { action, resource: `acs:log:${region}:*:project/${project}${suffixOf(operation, name)}` }
}

function suffixOf(operation: string, name: string): string {
  if (operation.endsWith('Project')) return ''
  if (operation.endsWith('SavedSearch')) return `/savedsearch/${name}`
  return operation.endsWith('Dashboard') ? `/dashboard/${name}` : `/logstore/${name}`
}
