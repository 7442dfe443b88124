import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Vitest's global set-up: builds once, because the tests of the commands run what users run, dist/main.js. Type errors are
 * `npm run types`'s to report; the build emits in spite of them.
 */
export function setup(): void {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  spawnSync('npm', ['run', '--silent', 'build'], { cwd, stdio: 'ignore' })
}
