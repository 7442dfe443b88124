import { askQuestion } from '../audit/ask-question.ts'
import { loadCatalogue } from '../audit/catalogue.ts'
import type { Question } from '../audit/question.ts'
import { questionQuery } from '../audit/question-query.ts'
import { nearest } from '../config/problems.ts'
import { formatDuration } from '../config/units.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { formatAnswer } from './answer-formats.ts'
import { answerTable } from './answer-table.ts'
import { EXIT, type Invocation, textOption, wholeNumberOption } from './command.ts'
import { readFormat } from './format.ts'
import { openLogstore, queryFailure, readSince, tellProgress } from './logstore-questions.ts'
import { type QuestionGroup, questionGroups } from './question-groups.ts'
import { dateText, stampText, timeText } from './times.ts'

/** Asks one question of the catalogue, or lists them. Resolves with the exit status. */
export async function answerQuery(invocation: Invocation): Promise<number> {
  const catalogue = loadCatalogue()
  if (invocation.options['list'] === true) return list(catalogue, invocation)
  const question = find(catalogue, invocation.argument)
  const parameters = parametersOf(invocation)
  if (invocation.options['print'] === true) {
    invocation.print(questionQuery(question, parameters))
    return EXIT.done
  }
  return await ask(question, parameters, invocation)
}

async function ask(
  question: Question,
  parameters: Readonly<Record<string, string>>,
  invocation: Invocation
): Promise<number> {
  const { json, print, say, stop, columns } = invocation
  const zone = textOption(invocation, 'timeZone')
  const look = {
    format: readFormat(textOption(invocation, 'format'), json),
    time: timeText(zone),
    stamp: stampText(zone),
    date: dateText(zoneOfDays(question, parameters)),
    columns
  }
  const since = textOption(invocation, 'since')
  const sinceMs = since === '' ? question.range : readSince(since)
  const maxRows = wholeNumberOption(invocation, 'rows', { min: 1, max: 100_000 })
  // What is wrong with parameters is told before anything is opened.
  checkRequired(question, parameters)
  questionQuery(question, parameters)
  const { reader, place, close } = await openLogstore(invocation)
  try {
    const toMs = systemClock.now()
    const outcome = await askQuestion(reader, question, {
      ...{ fromMs: toMs - sinceMs, toMs, parameters, signal: stop, onIncomplete: tellProgress(say) },
      ...(maxRows !== undefined && { maxRows })
    })
    if (stop.aborted) return EXIT.done
    if (outcome.kind === 'failed') throw queryFailure(outcome.fault, place)
    const text = formatAnswer(question, outcome.rows, look)
    if (text !== '') print(text)
    const count = `${outcome.rows.length} ${outcome.rows.length === 1 ? 'row' : 'rows'}`
    say(`${question.title.en}, last ${since === '' ? formatDuration(question.range) : since}: ${count}`)
    if (!outcome.complete) say('There is more than this: ask for more --rows, or for a shorter time.')
    if (outcome.rows.length === 0 && question.needsSnapshots)
      say('This question needs snapshots (option snapshots.enabled).')
    return EXIT.done
  } finally {
    await close()
  }
}

/** The offset from UTC by which a question cuts days. */
function zoneOfDays({ parameters }: Question, given: Readonly<Record<string, string>>): string {
  const zone = parameters.find(({ kind }) => kind === 'time-zone')
  return zone === undefined ? '+00:00' : (given[zone.name] ?? zone.default)
}

/** Its query alone, printed, may do without: the console asks for the value. */
function checkRequired({ name: question, parameters }: Question, given: Readonly<Record<string, string>>): void {
  const missing = parameters.find(({ name, required }) => required && (given[name] ?? '') === '')
  if (missing === undefined) return
  const example = missing.kind === 'instance' ? 'i-...' : '...'
  throw new AuditError('usage', `Cannot ask ${question}: it needs --param ${missing.name}=${example}`)
}

function list(catalogue: ReadonlyMap<string, Question>, { json, print, columns }: Invocation): number {
  const questions = [...catalogue.values()]
  if (json) {
    for (const { name, topic, question, range, parameters } of questions) {
      const told = parameters.map(({ name, default: value, required }) => ({ name, default: value, required }))
      print(JSON.stringify({ name, topic, question: question.en, range: formatDuration(range), parameters: told }))
    }
    return EXIT.done
  }
  const rows = [...questionGroups(questions)].flatMap(([group, members], at) => [
    ...(at === 0 ? [] : [BLANK]),
    [`# ${GROUP_TITLES[group]}`, '', '', ''],
    ...members.map(listRow)
  ])
  print(answerTable(['NAME', 'QUESTION', 'LOOKS BACK', 'PARAMETERS'], rows, columns))
  return EXIT.done
}

const BLANK = ['', '', '', '']
const GROUP_TITLES: Readonly<Record<QuestionGroup, string>> = {
  life: 'Lives',
  releases: 'Releases',
  interruptions: 'Interruptions',
  drains: 'Drains',
  replacements: 'Replacements',
  restarts: 'Restarts',
  maintenance: 'Maintenance',
  trust: 'Trust in the log',
  figure: 'Charts and alerts'
}

function listRow({ name, question, range, parameters }: Question): string[] {
  const told = parameters
    .map((parameter) => `${parameter.name}=${parameter.required ? '(needed)' : parameter.default}`)
    .join(' ')
  return [name, question.en, formatDuration(range), told]
}

function find(catalogue: ReadonlyMap<string, Question>, name: string | undefined): Question {
  const question = name === undefined ? undefined : catalogue.get(name)
  if (question !== undefined) return question
  if (name === undefined) {
    throw new AuditError('usage', 'Cannot ask: expected the name of a question, found none. "query --list" tells them.')
  }
  const names = [...catalogue.keys()]
  const near = nearest(name, names)
  const like = near === undefined ? names.filter((known) => known.includes(name.slice(0, 4))).slice(0, 5) : [near]
  const hint = like.length === 0 ? '' : ` Did you mean ${like.join(', ')}?`
  throw new AuditError(
    'usage',
    `Cannot ask "${name}": expected one of the ${catalogue.size} questions of "query --list".${hint}`
  )
}

function parametersOf({ options }: Invocation): Record<string, string> {
  const given = options['param']
  const pairs = Array.isArray(given) ? given : []
  return Object.fromEntries(
    pairs.map((pair: string): [string, string] => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
      throw new AuditError('usage', `Cannot use --param ${pair}: expected key=value.`)
    })
  )
}
