// Builds the conservation test (test/chaos/) into .chaos/ and runs it with the arguments given, against dist/.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const built = join(root, '.chaos')
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')

rmSync(built, { recursive: true, force: true })
mkdirSync(join(built, 'test/chaos'), { recursive: true })
for (const name of ['package.json', 'dashboards', 'test/fixtures']) symlinkSync(join(root, name), join(built, name))
cpSync(join(root, 'test/chaos/service-hooks.mjs'), join(built, 'test/chaos/service-hooks.mjs'))
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'test/chaos')], { stdio: 'inherit' })
if (status !== 0) process.exit(1)

const main = join(built, 'test/chaos/main.js')
const run = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = run.status ?? 1
