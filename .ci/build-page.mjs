// Builds the page of `ecs-audit view` into dist/, or into the folder named: its scripts are compiled for browsers, with
// the browser's types, and what needs no compiling is copied beside them.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const source = join(root, 'src/view/page')
const view = join(process.argv[2] ?? join(root, 'dist'), 'view')

const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', source, '--outDir', view], { stdio: 'inherit' })
mkdirSync(join(view, 'page'), { recursive: true })
for (const file of readdirSync(source)) {
  if (/\.(html|css|svg)$/.test(file)) copyFileSync(join(source, file), join(view, 'page', file))
}
process.exitCode = status ?? 1
