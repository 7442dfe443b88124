import { advice } from '../cloud/advice.ts'
import { describeFault, type Fault } from '../cloud/fault.ts'
import type { Config } from '../config/schema.ts'
import { permissionOf } from '../provision/permission.ts'
import { isDenied } from '../provision/plan.ts'
import type { Resource } from '../provision/resource.ts'

/** An operation on a resource that was refused or could not be made. */
export interface SetupFailure {
  readonly resource: Resource
  readonly operation: string
  readonly fault: Fault
}

/** Names in one message; the others are counted. */
const MAX_NAMES = 3

/** One message for all failures of one kind: what, why, and what to do. */
export function failureLines(failures: readonly SetupFailure[], config: Config): string[] {
  const groups = new Map<string, SetupFailure[]>()
  for (const failure of failures) {
    const key = `${failure.operation} ${failure.fault.code}`
    groups.set(key, [...(groups.get(key) ?? []), failure])
  }
  return [...groups.values()].map((group) => groupLine(group, config))
}

/** What a person can do about a fault that setup met. */
export function setupAdvice(fault: Fault, operation: string, name: string, { region, logstore }: Config): string {
  const { endpoint, project } = logstore
  if (isDenied(fault)) {
    const { action, resource } = permissionOf(operation, name, { region, project })
    return `Allow ${action} on ${resource} in a RAM policy of this user or role.`
  }
  return advice(fault, { service: 'logstore', name: `${project}/${logstore.name}`, endpoint })
}

function groupLine(group: readonly SetupFailure[], config: Config): string {
  const [first] = group
  if (first === undefined) return ''
  const { resource, operation, fault } = first
  const one = group.length === 1
  const what = `${one ? 'the ' : ''}${one ? resource.kind : pluralOf(resource.kind)} ${namesOf(group)}`
  const name = one ? resource.name : '*'
  return `Cannot ${verbOf(operation)} ${what}: ${describeFault(fault)}. ${setupAdvice(fault, operation, name, config)}`
}

function namesOf(group: readonly SetupFailure[]): string {
  const names = group.map(({ resource }) => resource.name)
  const shown = names.slice(0, MAX_NAMES).join(', ')
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown
}

function pluralOf(kind: string): string {
  return kind.endsWith('ch') || kind.endsWith('x') ? `${kind}es` : `${kind}s`
}

function verbOf(operation: string): string {
  if (operation.startsWith('Get')) return 'read'
  return operation.startsWith('Create') ? 'create' : 'update'
}
