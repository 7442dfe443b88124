import { DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Finding, FindingState } from '../doctor/finding.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { EXIT, type Invocation } from './command.ts'

/** Prints every finding. Resolves with the exit status: 1 when one is a problem. */
export async function runDoctor(invocation: Invocation): Promise<number> {
  const { environment, stop: signal } = invocation
  const config = readConfig(invocation)
  const counts = new Map<FindingState, number>()
  const tell = (finding: Finding): void => {
    counts.set(finding.state, (counts.get(finding.state) ?? 0) + 1)
    show(finding, invocation)
  }
  if (config instanceof AuditError) {
    tell({ check: 'configuration', state: 'problem', found: config.message, todo: 'Correct it; then ask again.' })
    return EXIT.config
  }
  tell(configFinding(config, invocation))
  const { examine } = await import('../doctor/examine.ts')
  for await (const finding of examine({ config, environment, clock: systemClock, signal })) {
    if (signal.aborted) throw new AuditError('unavailable', 'Stopped before everything was looked at.')
    tell(finding)
  }
  const summary = (['ok', 'warning', 'problem', 'skipped'] as const).filter((state) => counts.has(state))
  invocation.say(`doctor: ${summary.map((state) => `${counts.get(state) ?? 0} ${state}`).join(', ')}`)
  return counts.has('problem') ? EXIT.failed : EXIT.done
}

function readConfig({ configFile: file, environment }: Invocation): Config | AuditError {
  try {
    return loadConfig({ file, environment })
  } catch (thrown) {
    const failure = AuditError.from(thrown)
    if (failure.code === 'config') return failure
    throw thrown
  }
}

function configFinding(config: Config, { configFile }: Invocation): Finding {
  const { restart, drain, replace, dryRun, plugins } = config.actions
  const on = [
    ...Object.entries({ restart, drain, replace, snapshots: config.snapshots }).flatMap(([name, { enabled }]) =>
      enabled ? [name] : []
    ),
    ...plugins.map(({ module }) => module)
  ]
  const acts = on.length === 0 ? 'only records' : `records, and ${on.join(', ')}${dryRun ? ' (dry run)' : ''}`
  const queues = config.queues.map(({ name }) => name).join(', ')
  return {
    check: 'configuration',
    state: 'ok',
    found: `${configFile ?? `${DEFAULT_CONFIG_FILE} or the environment`}: queue ${queues}; ${acts}`,
    todo: ''
  }
}

const STATE_WIDTH = 9
const CHECK_WIDTH = 36

function show({ check, state, found, todo }: Finding, { json, print }: Invocation): void {
  if (json) {
    print(JSON.stringify({ check, state, found, todo }))
    return
  }
  print(`${state.padEnd(STATE_WIDTH)}${check.padEnd(CHECK_WIDTH)}  ${found}`)
  if (todo !== '') print(`${' '.repeat(STATE_WIDTH)}-> ${todo}`)
}
