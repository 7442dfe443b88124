import { AuditError } from '../lib/errors.ts'
import { isLoggedInstance } from './logged-instance.ts'
import type { Question, QuestionParameter } from './question.ts'

/** What may stand for a parameter, by its kind: nothing that could end the text or the number that it is put into. */
const FORMS: Readonly<Record<QuestionParameter['kind'], Form>> = {
  instance: {
    fits: (text) => text === '' || isLoggedInstance(text),
    expected: 'the id of an instance, such as i-bp1x001demo'
  },
  id: { fits: matches(/^[A-Za-z0-9._-]{0,64}$/), expected: 'an id: letters, digits, dots, hyphens' },
  // Queries multiply by up to a day in milliseconds: ten digits stay within a bigint.
  integer: { fits: matches(/^\d{1,10}$/), expected: 'a whole number of at most ten digits' },
  hour: { fits: (text) => /^\d{1,2}$/.test(text) && Number(text) <= 24, expected: 'an hour from 0 to 24' },
  word: { fits: matches(/^[A-Za-z0-9_.:-]{0,64}$/), expected: 'a word: letters, digits and _ . : -' },
  'time-zone': { fits: isOffset, expected: 'an offset from UTC, from -12:00 to +14:00' }
}

interface Form {
  readonly fits: (text: string) => boolean
  readonly expected: string
}

function matches(form: RegExp): Form['fits'] {
  return (text) => form.test(text)
}

/** From the westernmost clock on earth to the easternmost. */
function isOffset(text: string): boolean {
  const [, sign, hours, minutes] = /^([+-])(\d\d):([0-5]\d)$/.exec(text) ?? []
  return sign !== undefined && Number(hours) * 60 + Number(minutes) <= (sign === '-' ? 12 : 14) * 60
}

/** A variable as the console writes it: `${{name|default}}`. */
const VARIABLE = /\$\{\{([a-z][a-z0-9_]*)\|([^}]*)\}\}/g

/**
 * A question's query as the service takes it.
 *
 * @param given values of parameters by name; the others take their defaults
 * @throws AuditError `usage` for a parameter that the question does not have, or a value that is none
 */
export function questionQuery(question: Question, given: Readonly<Record<string, string>> = {}): string {
  for (const [name, value] of Object.entries(given)) checkParameter(question, name, value)
  return question.query.join(' ').replace(VARIABLE, (_, name: string, otherwise: string) => given[name] ?? otherwise)
}

function checkParameter({ name: question, parameters }: Question, name: string, value: string): void {
  const parameter = parameters.find((each) => each.name === name)
  if (parameter === undefined) {
    const known = parameters.length === 0 ? 'it has none' : `it has ${parameters.map((each) => each.name).join(', ')}`
    throw new AuditError('usage', `Cannot ask ${question} with the parameter "${name}": ${known}.`)
  }
  const { fits, expected } = FORMS[parameter.kind]
  if (fits(value)) return
  throw new AuditError(
    'usage',
    `Cannot ask ${question} with ${name}: expected ${expected}, found ${JSON.stringify(value)}.`
  )
}
