import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadPlugins } from '../../../src/actions/plugin/load-plugins.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-plugins-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A module that makes an action of this name. */
function moduleText(name: string): string {
  return `export function createAction(options) {
  return { name: ${JSON.stringify(name)}, match: () => options.on, plan: async () => ({ kind: 'skip', reason: 'r' }), execute: async () => ({ kind: 'done' }) }
}`
}

function write(file: string, text: string): string {
  writeFileSync(join(directory, file), text)
  return `./${file}`
}

describe('loading plugins', () => {
  test('finds modules beside the configuration file and hands them their options', async () => {
    const module = write('tell.mjs', moduleText('tell-me'))
    const [plugin, ...others] = await loadPlugins([{ module, options: { on: true } }], directory)
    expect(others).toEqual([])
    expect(plugin?.name).toBe('tell-me')
    expect(plugin?.match({} as never)).toBe(true)
  })

  test.each([
    ['a missing module', undefined, /Cannot find module|Failed to load|ENOENT/],
    ['a module that exports nothing of use', 'export const other = 1', /exports no function createAction/],
    ['a broken module', 'export function createAction( {', /Cannot use actions.plugins/],
    [
      'one that throws',
      `export function createAction() { throw new Error('options.url must be a URL') }`,
      /must be a URL/
    ],
    ['one that makes nothing', 'export const createAction = () => 1', /\{ name, match, plan, execute \}/],
    ['one with a built-in name', moduleText('restart'), /none of restart, drain, replace/],
    ['one with a bad name', moduleText('Not Good'), /lower-case letters/]
  ])('%s is a mistake in the configuration that says which and why', async (_, text, problem) => {
    const module = text === undefined ? './missing.mjs' : write('bad.mjs', text)
    const loading = loadPlugins([{ module, options: {} }], directory)
    await expect(loading).rejects.toMatchObject({ name: 'AuditError', code: 'config' })
    await expect(loading).rejects.toThrow(problem)
    await expect(loading).rejects.toThrow(module)
  })

  test('two of the same name are a mistake', async () => {
    const first = write('a.mjs', moduleText('tell'))
    const second = write('b.mjs', moduleText('tell'))
    const options = {}
    await expect(
      loadPlugins(
        [
          { module: first, options },
          { module: second, options }
        ],
        directory
      )
    ).rejects.toThrow(/b\.mjs": its name "tell" is taken/)
  })
})
