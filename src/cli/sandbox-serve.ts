import { writeFileSync } from 'node:fs'
import { systemClock } from '../lib/clock.ts'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { indexConfiguration } from '../logstore/index-configuration.ts'
import { type FaultRule, parseFaults } from '../sandbox/faults.ts'
import { createFleet } from '../sandbox/fleet/fleet.ts'
import { runFleet } from '../sandbox/fleet/run-fleet.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { aborted, EXIT, type Invocation, textOption, wholeNumberOption } from './command.ts'
import { sandboxConfig } from './sandbox-config.ts'

/** Serves the stand-in until it is stopped. Loads DuckDB: not to be imported by other commands. */
export async function serve(invocation: Invocation): Promise<number> {
  const { print, say, stop } = invocation
  const size = wholeNumberOption(invocation, 'fleet', { min: 0, max: 10_000 }) ?? 0
  const sandbox = await start(invocation)
  try {
    const file = textOption(invocation, 'writeConfig')
    if (file !== '') writeConfig(file, sandbox)
    print(JSON.stringify(sandbox.address))
    say(`sandbox: serving on loopback until Ctrl-C${file === '' ? '' : `; configuration in ${file}`}`)
    if (size > 0) await simulate(sandbox, size, stop)
    await aborted(stop)
    return EXIT.done
  } finally {
    await sandbox.close()
  }
}

async function start(invocation: Invocation): Promise<Sandbox> {
  const port = wholeNumberOption(invocation, 'port', { min: 0, max: 65_533 }) ?? 0
  const dataDir = textOption(invocation, 'data') || undefined
  const faults = readFaults(textOption(invocation, 'faults'))
  try {
    return await startSandbox({ port, dataDir, faults, index: { ...indexConfiguration() } })
  } catch (thrown) {
    throw new AuditError(
      'unavailable',
      `Cannot start the sandbox: ${errorMessage(thrown)}. Choose another --port or --data.`,
      { cause: thrown }
    )
  }
}

async function simulate(sandbox: Sandbox, size: number, signal: AbortSignal): Promise<void> {
  const clock = systemClock
  const fleet = createFleet({
    seed: Math.floor(clock.random() * 2 ** 31),
    startMs: clock.now(),
    size,
    pace: 60,
    keepHistory: false
  })
  const send = async (bodies: string[]): Promise<void> => {
    sandbox.mns.send(
      sandbox.address.queue,
      bodies.map((body) => Buffer.from(body).toString('base64'))
    )
  }
  await runFleet(fleet, { send, clock, speed: 1, signal })
}

function readFaults(spec: string): FaultRule[] {
  try {
    return parseFaults(spec)
  } catch (thrown) {
    throw new AuditError('usage', errorMessage(thrown), { cause: thrown })
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
