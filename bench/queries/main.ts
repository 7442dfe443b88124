import { cpus } from 'node:os'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { openAuditStore } from '../../test/audit/support/audit-store.ts'
import { LATEST_MS } from '../../test/audit/support/log-variants.ts'
import { auditLog, LOG_MS } from './audit-log.ts'
import { measureQuestions } from './measure.ts'
import { figuresOf, tableOf } from './report.ts'

const START_MS = Date.UTC(2026, 8, 1)
const USAGE = `npm run bench:queries -- [--events N] [--rounds N] [--only NAME,NAME] [--data DIR] [--json]

Fills a sandbox logstore with N events (default 1000000) of a simulated fleet, snapshots and actions, and asks every question of the
catalogue over all of them, in so many rounds (default 5). With --data the logstore is kept on disk, in an empty directory DIR. Exit status 1 when a median reaches one second.`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})
if (values.help) print(USAGE)
else await bench()

async function bench(): Promise<void> {
  const [events, rounds] = [wholeNumber('events'), wholeNumber('rounds')]
  const catalogue = loadCatalogue(pathToFileURL(`${process.cwd()}/dashboards/queries/`))
  const wanted = values.only?.split(',') ?? [...catalogue.keys()]
  const questions = wanted.map((name) => {
    const question = catalogue.get(name)
    if (question === undefined) throw new Error(`There is no question ${name}`)
    return question
  })
  const store = await openAuditStore(values.data)
  try {
    const begun = performance.now()
    const reader = await store.keep(auditLog({ seed: 1, events, startMs: START_MS }))
    process.stderr.write(`${events} events stored in ${Math.round((performance.now() - begun) / 1_000)} s\n`)
    const span = { fromS: START_MS / 1_000, toS: (START_MS + LOG_MS + LATEST_MS) / 1_000 }
    const figures = figuresOf(await measureQuestions(reader, questions, { rounds, span }))
    if (values.json) print(JSON.stringify({ events, rounds, cpus: cpus().length, questions: figures }))
    else print(tableOf(figures))
    if (figures.some(({ medianMs }) => medianMs >= 1_000)) process.exitCode = 1
  } finally {
    await store.close()
  }
}

function wholeNumber(option: 'events' | 'rounds'): number {
  const value = Number(values[option])
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`--${option} takes a whole number above 0, found ${values[option]}`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
