import { askQuestion } from '../audit/ask-question.ts'
import { loadCatalogue } from '../audit/catalogue.ts'
import type { Question } from '../audit/question.ts'
import { questionQuery } from '../audit/question-query.ts'
import { nearest } from '../config/problems.ts'
import { formatDuration } from '../config/units.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { formatAnswer } from './answer-formats.ts'
import { EXIT, type Invocation, textOption, wholeNumberOption } from './command.ts'
import { type Format, readFormat } from './format.ts'
import { openLogstore, queryFailure, readSince, tellProgress } from './logstore-questions.ts'
import { questionList } from './question-list.ts'
import { dateText, stampText, timeText } from './times.ts'

/** Asks one question of the catalogue, or lists them. Resolves with the exit status. */
export async function answerQuery(invocation: Invocation): Promise<number> {
  const catalogue = loadCatalogue()
  const format = readFormat(textOption(invocation, 'format'), invocation.json)
  if (invocation.options['list'] === true) {
    invocation.print(questionList([...catalogue.values()], format, invocation.columns))
    return EXIT.done
  }
  const question = find(catalogue, invocation.argument)
  const parameters = parametersOf(invocation)
  if (invocation.options['print'] === true) {
    invocation.print(questionQuery(question, parameters))
    return EXIT.done
  }
  return await ask(question, { parameters, format }, invocation)
}

async function ask(
  question: Question,
  { parameters, format }: { readonly parameters: Readonly<Record<string, string>>; readonly format: Format },
  invocation: Invocation
): Promise<number> {
  const { print, say, stop, columns } = invocation
  const zone = textOption(invocation, 'timeZone')
  const look = {
    format,
    time: timeText(zone),
    stamp: stampText(zone),
    date: dateText(zoneOfDays(question, parameters)),
    columns
  }
  const since = textOption(invocation, 'since')
  const sinceMs = since === '' ? question.range : readSince(since)
  const maxRows = wholeNumberOption(invocation, 'rows', { min: 1, max: 100_000 })
  questionQuery(question, parameters) // A wrong parameter is told before anything is opened.
  const missing = missingParameter(question, parameters)
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
    if (missing !== undefined) say(`Without --param ${missing}=... this question has no rows.`)
    else if (outcome.rows.length === 0 && question.needsSnapshots)
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

/** The name of a parameter that was not given, and without which there are no rows. */
function missingParameter({ parameters }: Question, given: Readonly<Record<string, string>>): string | undefined {
  return parameters.find(({ name, required }) => required && (given[name] ?? '') === '')?.name
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
