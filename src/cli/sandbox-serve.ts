import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { systemClock } from '../lib/clock.ts'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { indexConfiguration } from '../logstore/index-configuration.ts'
import { checkFaults, type FaultRule, parseFaults } from '../sandbox/faults.ts'
import { createFleet, type Fleet } from '../sandbox/fleet/fleet.ts'
import { createQuietFleet } from '../sandbox/fleet/quiet-fleet.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { aborted, EXIT, type Invocation, textOption, wholeNumberOption } from './command.ts'
import { isReplaceable, sandboxConfig } from './sandbox-config.ts'

/** Serves the stand-in until it is stopped. Loads DuckDB: not to be imported by other commands. */
export async function serve(invocation: Invocation): Promise<number> {
  const { print, say, stop } = invocation
  const file = textOption(invocation, 'writeConfig')
  if (file !== '') refuseToReplace(file)
  const faults = asUsage(() => parseFaults(textOption(invocation, 'faults')))
  const sandbox = await start(invocation, faults)
  try {
    asUsage(() => checkFaults(faults, sandbox.operations))
    if (file !== '') writeConfig(file, sandbox)
    print(JSON.stringify(sandbox.address))
    say(`sandbox: serving on loopback until Ctrl-C${file === '' ? '' : `; configuration in ${file}`}`)
    await aborted(stop)
    return EXIT.done
  } finally {
    await sandbox.close()
  }
}

async function start(invocation: Invocation, faults: readonly FaultRule[]): Promise<Sandbox> {
  const port = wholeNumberOption(invocation, 'port', { min: 0, max: 65_533 }) ?? 0
  const dataDir = textOption(invocation, 'data') || undefined
  const fleet = openFleet(wholeNumberOption(invocation, 'fleet', { min: 0, max: 10_000 }) ?? 0)
  const index = invocation.options['bare'] === true ? undefined : { ...indexConfiguration() }
  try {
    return await startSandbox({ port, dataDir, faults, fleet, index })
  } catch (thrown) {
    throw new AuditError(
      'unavailable',
      `Cannot start the sandbox: ${errorMessage(thrown)}. Choose another --port or --data.`,
      { cause: thrown }
    )
  }
}

/** A fleet that may run for ever: it keeps no history. With no instances it does what it is told through ECS. */
function openFleet(size: number): Fleet {
  const common = {
    seed: Math.floor(systemClock.random() * 2 ** 31),
    startMs: systemClock.now(),
    pace: 60,
    keepHistory: false
  }
  return size === 0 ? createQuietFleet(common) : createFleet({ ...common, size })
}

/** @throws AuditError `usage` for what is wrong with `--faults` */
function asUsage<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (thrown) {
    throw new AuditError('usage', errorMessage(thrown), { cause: thrown })
  }
}

/** The default name of a configuration is that of a real one too: what somebody else wrote is not written over. */
function refuseToReplace(file: string): void {
  const text = contentOf(file)
  if (text === undefined || isReplaceable(text)) return
  throw new AuditError(
    'input',
    `Cannot write the configuration to ${file}: it holds something that no sandbox wrote. Name another file, and give that to the other commands with --config.`
  )
}

/** Of a file that exists; undefined for all else: writing tells what is wrong with it. */
function contentOf(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}

function writeConfig(file: string, sandbox: Sandbox): void {
  try {
    writeFileSync(file, sandboxConfig(sandbox.address))
  } catch (thrown) {
    throw new AuditError('input', `Cannot write the configuration to ${file}: ${errorMessage(thrown)}`, {
      cause: thrown
    })
  }
}
