import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

/** Where CI wants the report as JSON. */
const report = process.env['VITEST_REPORT']

/** Tests of code that keeps nothing to itself: their files take turns in a process that has loaded it. */
const SHARED = [
  'test/{audit,events,provision,sandbox,snapshots,telemetry}/**/*.test.ts',
  'test/actions/{drain,policy,replace,restart}/*.test.ts'
]

export default defineConfig({
  test: {
    pool: 'forks',
    // More than the two cores of the smallest machine: much of what the tests do is waiting.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      { extends: true, test: { ...limits(), name: 'shared', include: SHARED, isolate: false } },
      {
        extends: true,
        test: {
          ...limits(),
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: SHARED,
          globalSetup: ['test/support/build.ts']
        }
      }
    ]
  }
})

/** Only what hangs is to be caught: on a busy machine a test may take several times as long. */
function limits() {
  return { testTimeout: 120_000, hookTimeout: 120_000 }
}
