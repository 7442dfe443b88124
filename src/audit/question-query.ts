import { AuditError } from '../lib/errors.ts'
import type { Question, QuestionParameter } from './question.ts'

/** What may stand for a parameter, by its kind: nothing that could end the text or the number that it is put into. */
const FORMS: Readonly<Record<QuestionParameter['kind'], { readonly form: RegExp; readonly expected: string }>> = {
  instance: { form: /^(i-[a-z0-9]{1,60})?$/, expected: 'the id of an instance, such as i-bp1x001demo' },
  id: { form: /^[A-Za-z0-9._-]{0,64}$/, expected: 'an id: letters, digits, dots, hyphens' },
  integer: { form: /^\d{1,12}$/, expected: 'a whole number' },
  word: { form: /^[A-Za-z0-9_.:-]{0,64}$/, expected: 'a word: letters, digits and _ . : -' },
  'time-zone': { form: /^[+-]\d\d:\d\d$/, expected: 'an offset from UTC, such as +08:00' }
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
  const { form, expected } = FORMS[parameter.kind]
  if (form.test(value)) return
  throw new AuditError(
    'usage',
    `Cannot ask ${question} with ${name}: expected ${expected}, found ${JSON.stringify(value)}.`
  )
}
