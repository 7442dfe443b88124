/**
 * True when a StateChange's `state` says that the instance has just been created: CloudMonitor's pages call that state
 * `Pending`, the ECS pages `Created`.
 */
export function isCreation(state: string): boolean {
  const lower = state.toLowerCase()
  return lower === 'pending' || lower === 'created'
}
