import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ActionsConfig } from '../../config/actions-schema.ts'
import { AuditError, errorMessage } from '../../lib/errors.ts'
import type { ActionPlugin } from './action-plugin.ts'

/** Names that a user's action may not take. */
const BUILT_IN = ['restart', 'drain', 'replace']
const NAME = /^[a-z][a-z0-9-]{1,31}$/

/**
 * The user's own actions: each module's `createAction(options)` is called once.
 *
 * @param directory what relative paths of modules start from: the configuration file's folder
 * @throws AuditError `config` that says which module, and what it lacks
 */
export async function loadPlugins(plugins: ActionsConfig['plugins'], directory: string): Promise<ActionPlugin[]> {
  const loaded: ActionPlugin[] = []
  for (const { module, options } of plugins) {
    const plugin = await loadPlugin(module, options, directory)
    if (loaded.some(({ name }) => name === plugin.name)) {
      throw refusal(module, `its name "${plugin.name}" is taken by another plugin`)
    }
    loaded.push(plugin)
  }
  return loaded
}

async function loadPlugin(
  module: string,
  options: Readonly<Record<string, unknown>>,
  directory: string
): Promise<ActionPlugin> {
  const specifier = /^(\.{1,2}\/|\/)/.test(module) ? pathToFileURL(resolve(directory, module)).href : module
  let made: unknown
  try {
    const loaded: Readonly<Record<string, unknown>> = await import(specifier)
    const create = loaded['createAction']
    if (typeof create !== 'function') throw new Error('it exports no function createAction')
    made = await create(options)
  } catch (thrown) {
    throw refusal(module, errorMessage(thrown), thrown)
  }
  if (!isPlugin(made)) throw refusal(module, 'createAction must return { name, match, plan, execute }')
  if (!NAME.test(made.name) || BUILT_IN.includes(made.name)) {
    throw refusal(
      module,
      `its name must be 2 to 32 lower-case letters, digits and hyphens, and none of ${BUILT_IN.join(', ')}`
    )
  }
  return made
}

function isPlugin(made: unknown): made is ActionPlugin {
  if (typeof made !== 'object' || made === null) return false
  const given: Partial<Record<keyof ActionPlugin, unknown>> = made
  const { name, match, plan, execute } = given
  return typeof name === 'string' && [match, plan, execute].every((method) => typeof method === 'function')
}

function refusal(module: string, problem: string, cause?: unknown): AuditError {
  return new AuditError('config', `Cannot use actions.plugins module "${module}": ${problem}`, { cause })
}
