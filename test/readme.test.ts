import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import { loadCommands } from '../src/cli/load-command.ts'
import { indexFile, referenceTables, withTables } from '../src/cli/reference.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TABLES = referenceTables(await loadCommands())
const DOCUMENTS = ['README.md', 'SECURITY.md', ...documents(join(ROOT, 'docs')).map((name) => `docs/${name}`)]

function documents(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.md'))
}

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8')
}

describe('documentation', () => {
  test.each(DOCUMENTS)('the tables of %s are those of the code (else: npm run docs)', (name) => {
    expect(read(name)).toBe(withTables(read(name), TABLES))
  })

  test('every table of the code is in a document', () => {
    const all = DOCUMENTS.map(read).join('\n')
    for (const name of Object.keys(TABLES)) expect(all).toContain(`<!-- begin ${name} -->`)
  })

  test('dashboards/index.json is the index of the code (else: npm run docs)', () => {
    expect(read('dashboards/index.json')).toBe(indexFile())
  })

  test('relative links lead to files', () => {
    for (const name of DOCUMENTS) {
      for (const [, target = ''] of read(name).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
        expect(() => readFileSync(join(ROOT, name, '..', target)), `${name}: ${target}`).not.toThrow()
      }
    }
  })

  test('the walk by hand in the README works as written', async () => {
    const block = /By hand[\s\S]*?```sh\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? ''
    expect(block).toContain('run --until-empty')
    const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-readme-'))
    const script = block
      .replace('npm ci && npm run build\n', '')
      .replaceAll('node dist/main.js', `"${process.execPath}" "${inject('main')}"`)
      .replaceAll('test/fixtures', `"${ROOT}test/fixtures"`)
    try {
      // Twice: the second walk meets the configuration that the first one left.
      for (const _ of ['first', 'second']) {
        const run = promisify(execFile)('bash', ['-e', '-m', '-c', script], { cwd: directory })
        const { stdout, stderr } = await run
        expect(stdout).toMatch(/i-bp1x001demo0spotnode .* after Stopped/)
        expect(stdout).toContain('Instance:StateChange')
        expect(stderr).toContain('54 messages sent')
        expect(stderr).toContain('"stored":54')
        expect(stderr).toContain('1 released')
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
