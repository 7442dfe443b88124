// Prints "N passed, N failed" from Vitest's own JSON report. A run without a report, or without tests, has failed.
import { readFileSync } from 'node:fs'

const [file = '', status = '1'] = process.argv.slice(2)
const { passed, failed } = read()
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0

function read() {
  try {
    const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(file, 'utf8'))
    const broken = numPassedTests === 0 || !success || status !== '0' ? 1 : 0
    return { passed: numPassedTests, failed: Math.max(numFailedTests, broken) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
