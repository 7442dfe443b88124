import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeFault } from './fault.ts'
import { makePlan, type PlanOptions } from './plan.ts'
import { shrink } from './shrink.ts'
import { printSummary } from './summary.ts'
import { type Report, runTrial } from './trial.ts'

const USAGE = `npm run test:chaos -- [options]

Lets the service live through random schedules of faults, and looks that nothing is lost.

  --seed N        first seed (1)
  --seeds N       how many, one after the other (10)
  --seconds N     how long faults go on in each (9)
  --jobs N        seeds side by side (2)
  --density N     faults that begin in a second (0.9)
  --rate N        messages a second; 0: drawn, 15 to 60 (0)
  --replicas N    processes, 1 to 4; 0: drawn (0)
  --only A,B      only faults whose group or name begins so: mns, sls, query, control, process, network, clock,
                  credentials, or "kill -9"
  --faults 1,2    only the faults of these numbers of the schedule: to see one failure again
  --log FILE      one JSON line per seed; seeds that are in it already are not run again
  --logs DIR      keep the logs of the processes there, a file for each seed
  --no-shrink     do not look for a shorter schedule of a failure
`

const MAX_SHRUNK = 3

/** What was asked for on the command line. */
interface Asked extends Omit<PlanOptions, 'seed'> {
  readonly first: number
  readonly seeds: number
  readonly jobs: number
  readonly log: string
  readonly logs: string
  readonly shrinks: boolean
}

/** The built command: what users run. */
const main = new URL('../../../dist/main.js', import.meta.url).pathname
const asked = read()
process.stdout.on('error', () => process.exit(1))
process.exit(asked === undefined ? 2 : await runAll(asked))

function read(): Asked | undefined {
  try {
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(
          ['seed', 'seeds', 'seconds', 'jobs', 'density', 'rate', 'replicas', 'only', 'faults', 'log', 'logs'].map(
            (name) => [name, { type: 'string' as const }]
          )
        ),
        'no-shrink': { type: 'boolean' },
        help: { type: 'boolean' }
      }
    })
    if (values.help === true) throw new Error('')
    const text = (name: string): string => String(Reflect.get(values, name) ?? '')
    const number = (name: string, otherwise: number, least: number): number => {
      const value = text(name) === '' ? otherwise : Number(text(name))
      if (!(value >= least))
        throw new Error(`Cannot use --${name} ${text(name)}: expected a number from ${least} on.\n`)
      return value
    }
    const list = (name: string): string[] => text(name).split(',').filter(Boolean)
    return {
      first: number('seed', 1, 0),
      seeds: number('seeds', 10, 1),
      seconds: number('seconds', 9, 1),
      jobs: number('jobs', 2, 1),
      density: number('density', 0.9, 0.01),
      rate: number('rate', 0, 0),
      replicas: number('replicas', 0, 0),
      only: list('only'),
      numbers: list('faults').map(Number),
      log: text('log'),
      logs: text('logs'),
      shrinks: values['no-shrink'] !== true
    }
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}${USAGE}`)
    return undefined
  }
}

async function runAll(given: Asked): Promise<number> {
  const reports = known(given.log)
  const done = new Set(reports.map(({ seed }) => seed))
  const all = Array.from({ length: given.seeds }, (_, index) => given.first + index)
  const waiting = all.filter((seed) => !done.has(seed))
  const failed: Report[] = []
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const report = await runTrial(makePlan({ ...given, seed }), { main, onLine: logTo(given.logs, seed) })
      reports.push(report)
      if (given.log !== '') appendFileSync(given.log, `${JSON.stringify(report)}\n`)
      if (report.problems.length > 0) failed.push(report)
      tell(report, reports.length, all.length)
    }
  }
  await Promise.all(Array.from({ length: given.jobs }, work))
  if (given.shrinks) for (const { seed } of failed.slice(0, MAX_SHRUNK)) await explain(given, seed)
  printSummary(reports)
  return reports.some(({ problems }) => problems.length > 0) ? 1 : 0
}

function logTo(directory: string, seed: number): ((line: string) => void) | undefined {
  if (directory === '') return undefined
  mkdirSync(directory, { recursive: true })
  return (line) => appendFileSync(join(directory, `${seed}.log`), `${line}\n`)
}

function known(log: string): Report[] {
  if (log === '' || !existsSync(log)) return []
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Report)
}

function tell(report: Report, number: number, of: number): void {
  const { seed, messages, duplicates, budget, freshMs, settledMs, problems, tally } = report
  const hits = Object.values(tally).reduce((sum, count) => sum + count, 0)
  const counts = `${messages} messages, ${hits} faults, ${duplicates} duplicates of at most ${budget}`
  const times = `fresh after ${freshMs} ms, settled after ${settledMs} ms`
  const verdict = problems.length === 0 ? 'ok' : `FAILED\n  ${problems.join('\n  ')}`
  process.stdout.write(`${number}/${of} seed ${seed}: ${counts}; ${times}: ${verdict}\n`)
}

/** Prints the shortest schedule found with which a seed still fails. */
async function explain(given: Asked, seed: number): Promise<void> {
  const { seconds, only } = given
  const plan = makePlan({ ...given, seed })
  process.stdout.write(`seed ${seed}: looking for a shorter schedule than its ${plan.faults.length} faults\n`)
  const shortest = await shrink(plan, async (shorter) => (await runTrial(shorter, { main })).problems.length > 0)
  const numbers = shortest.faults.map(({ number }) => number)
  const again = [`--seed ${seed} --seeds 1 --seconds ${seconds}`, ...(only.length > 0 ? [`--only "${only}"`] : [])]
  process.stdout.write(`${shortest.faults.map(describeFault).join('\n')}\n`)
  process.stdout.write(`again: npm run test:chaos -- ${again.join(' ')} --faults ${numbers.join(',')}\n`)
}
