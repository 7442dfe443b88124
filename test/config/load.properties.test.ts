import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type ConfigInput, loadConfig } from '../../src/config/load.ts'
import { settableOptions } from '../../src/config/options.ts'
import { AuditError } from '../../src/lib/errors.ts'

const SECRET = 'hush-hush-secret'
const options = settableOptions()

let directory: string
let file: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-config-'))
  file = join(directory, 'ecs-audit.yaml')
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Holds for every input: a configuration comes out, or one error for a person that repeats no key. */
function check(text: string, environment: ConfigInput['environment'] = {}): void {
  writeFileSync(file, text)
  try {
    const config = loadConfig({ file, environment })
    expect(config.queues.length).toBeGreaterThan(0)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AuditError)
    expect(thrown).toMatchObject({ code: 'config' })
    expect((thrown as AuditError).message).toMatch(/^Cannot (read|use) the configuration/)
    expect((thrown as AuditError).message).not.toContain(SECRET)
  }
}

const key = fc.oneof(
  fc.constantFrom(...new Set(options.flatMap(({ path }) => path)), 'queues', 'credentials', '__proto__', 'constructor'),
  fc.string({ maxLength: 12 })
)

/** Mostly values that stand close to what an option takes. */
const scalar = fc.oneof(
  fc.constantFrom('https://host', 'http://127.0.0.1:1', 'https://[', 'http://evil.example', '5s', '1KiB', '', 'info'),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.string()
)

const { tree } = fc.letrec((tie) => ({
  tree: fc.dictionary(key, tie('value'), { maxKeys: 8 }),
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('tree'), fc.array(tie('value'), { maxLength: 4 }))
}))

const environment = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...options.map(({ variable }) => variable)),
    key.map((name) => `ECS_AUDIT_${name}`)
  ),
  fc.oneof(fc.string(), scalar.map(String), fc.constantFrom('{', '[[[', '*a', '&a [*a]', '!!binary x', '{a: 1}')),
  { maxKeys: 6 }
)

test('any tree, with any environment over it', () => {
  fc.assert(
    fc.property(tree, environment, (content, variables) => {
      check(stringify(content), variables)
      check(JSON.stringify(content))
    }),
    { numRuns: 500 }
  )
})

test('a good file with any one value replaced, keys in it', () => {
  const good = (): Record<string, Record<string, unknown>> => ({
    queue: { endpoint: 'http://127.0.0.1:1', name: 'q', receivers: 1, visibility: '5s' },
    logstore: { endpoint: 'http://127.0.0.1:1', project: 'p', name: 'l', batch: { linger: '1s' } },
    credentials: { accessKeyId: SECRET, accessKeySecret: SECRET }
  })
  const places = Object.entries(good()).flatMap(([group, entries]) =>
    Object.keys(entries).map((name) => [group, name] as const)
  )
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.oneof(scalar, tree, fc.array(scalar)), ([group, name], value) => {
      const content = good()
      const entries = content[group] ?? {}
      entries[name] = value
      check(stringify({ region: 'r', ...content }))
    }),
    { numRuns: 500 }
  )
})

test('any text at all', () => {
  const yamlish = fc
    .array(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '{',
        '}',
        '[',
        ']',
        '&x ',
        '*x',
        '"',
        "'",
        '|',
        '>',
        '!',
        '#',
        '---',
        '? '
      )
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), yamlish), (text) => {
      check(text)
    }),
    { numRuns: 1_000 }
  )
})
