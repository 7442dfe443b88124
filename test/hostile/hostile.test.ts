import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reportLines, runHostile } from './run-hostile.ts'

/** `npm run test:hostile -- --runs N --seed S --minutes M` */
const RUNS = Number(process.env['ECS_AUDIT_TEST_RUNS'] ?? 8_000)
const SEED = Number(process.env['ECS_AUDIT_TEST_SEED'] ?? Date.now() % 1_000_000)
const MINUTES = Number(process.env['ECS_AUDIT_TEST_MINUTES'] ?? 200)
const LONG = process.env['ECS_AUDIT_TEST_RUNS'] !== undefined

/** What a reader may take for one input on a machine that does other things, ms; more is a hang. */
const HANG_MS = 10_000
const MEMORY_MB = 1_024

const HOUR_MS = 3_600_000

test('no hostile body, answer or configuration makes a reader throw, hang or grow', {
  timeout: 4 * HOUR_MS
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ecs-audit-hostile-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const tell = (line: string): void => void (LONG && process.stdout.write(`${line}\n`))
  const file = join(directory, 'ecs-audit.yaml')
  const report = await runHostile({
    runs: RUNS,
    seed: SEED,
    minutes: MINUTES,
    file,
    onProgress: (done) => tell(`seed ${SEED}: ${done} done`)
  })
  for (const line of reportLines(report)) tell(line)
  for (const [name, { inputs, slowestMs, slowest }] of report.targets) {
    expect(inputs, name).toBeGreaterThan(50)
    expect(slowestMs, `${name}: input ${slowest} of seed ${SEED}`).toBeLessThan(HANG_MS)
  }
  expect(report.peakRssMb).toBeLessThan(MEMORY_MB)
})
