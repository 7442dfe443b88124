// The benchmark of the pipeline: `npm run bench -- --help`.
import { parseArgs } from 'node:util'
import { PARTS } from './parts/parts.ts'

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false }
  }
})

const print = (line: string): void => void process.stdout.write(`${line}\n`)

if (values.help) help()
else await run()

async function run(): Promise<void> {
  const rounds = positive('rounds', values.rounds)
  const scale = positive('scale', values.scale)
  const all: Record<string, unknown> = {}
  for (const part of chosen()) {
    print(`\n${part.name}: ${part.summary}`)
    const startedMs = performance.now()
    Object.assign(all, await part.run({ rounds, scale, print }))
    print(`(${((performance.now() - startedMs) / 1_000).toFixed(0)} s)`)
  }
  if (values.json) print(JSON.stringify(all))
}

function chosen() {
  if (values.parts === '') return PARTS.filter(({ usual }) => usual)
  if (values.parts === 'all') return PARTS
  return values.parts.split(',').map((name) => {
    const part = PARTS.find((candidate) => candidate.name === name)
    if (part === undefined) wrong(`Unknown part ${JSON.stringify(name)}: expected all, or some of ${names()}`)
    return part
  })
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) wrong(`Cannot use --${name}: expected a number above 0, found ${JSON.stringify(text)}`)
  return value
}

function names(): string {
  return PARTS.map(({ name }) => name).join(',')
}

function wrong(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

function help(): void {
  print('npm run bench -- [--parts all|NAME,NAME] [--rounds N] [--scale FACTOR] [--json]\n')
  for (const { name, summary, usual } of PARTS)
    print(`  ${name.padEnd(14)} ${summary}${usual ? '' : ' (not by default)'}`)
  print('\n--json: the last line is one JSON object of all that was measured.')
}
