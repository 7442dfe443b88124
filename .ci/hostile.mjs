// The long form of test/hostile: `npm run test:hostile -- --runs N [--seed S] [--minutes M]`. The same seed gives the same inputs.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000000' }, seed: { type: 'string' }, minutes: { type: 'string' } }
})
for (const [name, value] of Object.entries(values)) {
  if (/^\d{1,9}$/.test(value)) continue
  process.stderr.write(`Cannot use --${name} ${value}: expected a whole number.\n`)
  process.exit(2)
}
const env = { ...process.env, ECS_AUDIT_TEST_RUNS: values.runs }
if (values.minutes !== undefined) env.ECS_AUDIT_TEST_MINUTES = values.minutes
if (values.seed !== undefined) env.ECS_AUDIT_TEST_SEED = values.seed
const { status } = spawnSync('npx', ['vitest', 'run', 'test/hostile'], { stdio: 'inherit', env })
process.exit(status ?? 1)
