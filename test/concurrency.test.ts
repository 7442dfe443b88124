import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const TESTS = fileURLToPath(new URL('.', import.meta.url))

test('concurrent tests take onTestFinished from their context: the exported one goes by the test that began last', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'))
  const concurrent = files
    .map((path) => ({ path, code: readFileSync(join(TESTS, path), 'utf8') }))
    .filter(({ code }) => /^ *(describe|test)\.concurrent\(/m.test(code))
  expect(concurrent.length).toBeGreaterThan(1)
  const mistaken = concurrent.filter(({ code }) => /^import \{[^}]*\bonTestFinished\b[^}]*\} from 'vitest'/m.test(code))
  expect(mistaken.map(({ path }) => path)).toEqual([])
})
