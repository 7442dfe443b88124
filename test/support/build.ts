import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The built command. */
    main: string
  }
}

/**
 * Vitest's global set-up: builds once, because the tests of the commands run what users run. Into a folder of its own, so
 * that two runs do not build under each other's feet. Type errors are `npm run types`'s to report; the build emits in
 * spite of them.
 */
export function setup(project: TestProject): () => void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const directory = `${root}dist-test-${process.pid}`
  spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', directory], { cwd: root, stdio: 'ignore' })
  spawnSync(process.execPath, ['.ci/build-page.mjs', directory], { cwd: root, stdio: 'ignore' })
  project.provide('main', `${directory}/main.js`)
  return () => rmSync(directory, { recursive: true, force: true })
}
