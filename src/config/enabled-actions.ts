import type { ActionsConfig } from './actions-schema.ts'

/** The actions that come with the program, by the name of their option; the user's own are `plugins`. */
const BUILT_IN = ['drain', 'replace', 'restart'] as const

/** The built-in actions that are switched on: those that call the cloud, and ask the logstore what was done before. */
export function enabledActions(
  actions: Pick<ActionsConfig, (typeof BUILT_IN)[number]>
): Array<(typeof BUILT_IN)[number]> {
  return BUILT_IN.filter((name) => actions[name].enabled)
}

/**
 * Whether anything at all is done about events, by a built-in action or by one of the user's own.
 *
 * @param plugins where more are in use than the configuration names; default: those that it names
 */
export function actionsEnabled(actions: ActionsConfig, plugins: readonly unknown[] = actions.plugins): boolean {
  return enabledActions(actions).length > 0 || plugins.length > 0
}
