#!/usr/bin/env node
// The only file that touches argv, signals and the exit status.
import { CommanderError, Command as Parser } from 'commander'
import { AnswerOutput } from './cli/answer-output.ts'
import { type Command, type CommandEntry, EXIT, type Invocation } from './cli/command.ts'
import { loadCommand } from './cli/load-command.ts'
import { type CommandName, MENU } from './cli/menu.ts'
import { AuditError } from './lib/errors.ts'
import { packageVersion } from './lib/package-version.ts'

const stop = new AbortController()
const hurry = new AbortController()
const output = new AnswerOutput(process.stdout, () => stop.abort())
let status: number = EXIT.done

listenToSignals()
// Where talk can't be written there is nobody to tell it, and nothing that anyone asked for is lost.
process.stderr.on('error', () => undefined)
let failure: unknown
try {
  const parser = await buildParser(process.argv.slice(2))
  await parser.parseAsync(process.argv)
} catch (thrown) {
  failure = thrown
}
// A lost answer is the reason for what failed after it.
failure = (await output.flush()) ?? failure
if (failure !== undefined) status = tell(failure)
// What is left open now would be a leak; the tests look for leaks, a user should not wait for them.
process.exit(status)

/** The parser of all commands; only those that the arguments name have their options, which the others need not. */
async function buildParser(args: readonly string[]): Promise<Parser> {
  const program = new Parser('ecs-audit')
    .description('Keeps the life of every Alibaba Cloud ECS instance in a Simple Log Service logstore.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('Say --help for the commands and options.')
    .configureOutput({ writeOut: output.write })
    .exitOverride()
  for (const name of Object.keys(MENU) as CommandName[]) {
    const sub = addCommand(program, MENU[name])
    if (args.includes(name)) addOptions(sub, await loadCommand(name))
  }
  return program
}

function addCommand(program: Parser, { name, argument, summary }: CommandEntry): Parser {
  return program
    .command(argument === undefined ? name : `${name} ${argument.name}`)
    .description(summary)
    .helpOption('-h, --help', 'print this help')
    .option('--config <file>', 'configuration file (default: ecs-audit.yaml where it exists)')
    .option('--json', 'data for programs on stdout')
    .showHelpAfterError(`Say "ecs-audit ${name} --help" for its options.`)
    .exitOverride()
}

function addOptions(sub: Parser, command: Command): void {
  for (const { flags, description, default: value, repeated } of command.options) {
    if (repeated === true) sub.option(flags, description, (text: string, all: string[] = []) => [...all, text])
    else sub.option(flags, description, value)
  }
  sub.action(async () => {
    status = await command.run(invocationOf(sub))
  })
}

function invocationOf(parsed: Parser): Invocation {
  const { config, json, ...options } = parsed.opts<Record<string, string | boolean | string[] | undefined>>()
  return {
    argument: parsed.args[0],
    options,
    configFile: typeof config === 'string' ? config : undefined,
    json: json === true,
    environment: process.env,
    stdin: process.stdin,
    print: (line) => output.write(`${line}\n`),
    say: (line) => void process.stderr.write(`${line}\n`),
    stop: stop.signal,
    hurry: hurry.signal,
    columns: process.stdout.isTTY ? process.stdout.columns : 0
  }
}

function listenToSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => (stop.signal.aborted ? hurry : stop).abort())
  }
}

function tell(thrown: unknown): number {
  // The parser has printed its message, or the help that was asked for.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage
  const failure = AuditError.from(thrown)
  process.stderr.write(`ecs-audit: ${failure.message}\n`)
  if (failure.code === 'internal') process.stderr.write('This is a bug in ecs-audit: please report it.\n')
  if (failure.code === 'config') return EXIT.config
  return failure.code === 'usage' ? EXIT.usage : EXIT.failed
}
