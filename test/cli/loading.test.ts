import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { startCommand } from '../support/command.ts'
import { openSandbox, sandboxConfigText } from '../support/harness.ts'
import { writeText } from './workspace.ts'

const TELL_LOADED = fileURLToPath(new URL('tell-loaded.mjs', import.meta.url))

/** What a command had loaded when it sent its first request, or ended. */
async function loadedBy(args: readonly string[]): Promise<{ packages: string[]; folders: string[] }> {
  const run = startCommand(args, { environment: { NODE_OPTIONS: `--import=${TELL_LOADED}` } })
  await run.said('"loaded":')
  run.process.kill('SIGTERM')
  await run.ended
  const line = run.stderr().match(/^\{"loaded":.*$/m)?.[0] ?? ''
  const { loaded } = JSON.parse(line) as { loaded: string[] }
  const parts = (pattern: RegExp): string[] =>
    [...new Set(loaded.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort()
  return {
    packages: parts(/^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//),
    folders: parts(/\/dist-test-\d+\/(.+)\//)
  }
}

async function config(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return writeText(sandboxConfigText(await openSandbox(), changes))
}

/** With what they load themselves. */
const BEFORE_THE_FIRST_POLL = [
  ...['@alicloud/mns', 'debug', 'ms', 'kitx', 'undici'],
  ...['opossum', 'p-queue', 'eventemitter3', 'p-timeout', 'commander', 'yaml', 'zod', 'pino', '@pinojs/redact'],
  ...['atomic-sleep', 'on-exit-leak-free', 'pino-std-serializers', 'quick-format-unescaped', 'safe-stable-stringify'],
  ...['sonic-boom', 'thread-stream']
]

describe('what is loaded', () => {
  test('for --help is the parser alone', async () => {
    expect(await loadedBy(['--help'])).toEqual({
      packages: ['commander'],
      folders: ['cli', 'lib']
    })
  })

  test.each(['off', 'on'])(
    'until run polls for the first time, actions %s, is nothing that acts or stores',
    async (mode) => {
      const on = mode === 'on'
      const file = await config({
        ...{ 'actions.restart.enabled': on, 'actions.drain.enabled': on, 'actions.replace.enabled': on },
        ...{ 'actions.replace.launchTemplate': 'lt-bp1test', 'snapshots.enabled': on }
      })
      const { packages, folders } = await loadedBy(['run', '--config', file])
      expect(packages).toEqual([...BEFORE_THE_FIRST_POLL].sort())
      expect(folders).toContain('pipeline')
      for (const later of ['cloud/balancers', 'cloud/ecs', 'actions/drain', 'actions/replace', 'actions/restart']) {
        expect(folders).not.toContain(later)
      }
    }
  )
})
