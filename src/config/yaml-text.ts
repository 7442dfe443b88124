import { Lexer, parseDocument } from 'yaml'
import { errorMessage } from '../lib/errors.ts'

/** The parser's time grows with the square of the number of keys: this much takes it a quarter of a second at the most. */
const MAX_YAML_CHARACTERS = 64 * 1_024

/** Brackets within brackets, and `-` or `?` after each other in one line. */
const MAX_NESTING = 32
/** Columns that a line may be indented by; each level of nesting takes one at the least. */
const MAX_INDENT = 128

/** Bounded against files that multiply themselves. */
const MAX_ALIASES = 100

/** Why a text is no YAML that is taken, in words that quote nothing of it: it may hold a secret. */
class YamlFault extends Error {
  override readonly name = 'YamlFault'
}

/**
 * What a text in YAML says.
 *
 * @throws YamlFault for what is no YAML, longer than `MAX_YAML_CHARACTERS`, or nested so deeply that the parser, which goes
 * down by recursion, would run out of stack: V8 may end the whole process then, in the middle of compiling an expression
 */
export function parseYaml(text: string): unknown {
  if (text.length > MAX_YAML_CHARACTERS) {
    throw new YamlFault(`expected at most ${MAX_YAML_CHARACTERS} characters, found ${text.length}`)
  }
  checkNesting(text)
  // Pretty errors are made for every error that there is, of which there may be one a character.
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' })
  const [error] = document.errors
  if (error !== undefined)
    throw new YamlFault(`it is not YAML: ${whatOf(error.message)} (${placeOf(text, error.pos[0])})`)
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (thrown) {
    throw new YamlFault(`it is not YAML: ${whatOf(errorMessage(thrown))}`)
  }
}

/** The first part of what the parser says: the rest quotes the text, and so does what it says of tags. */
function whatOf(message: string): string {
  const [what = ''] = message.split(/:| at line /)
  return what.includes('!') || what.length > 100 ? 'something that can not be resolved' : what
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}

/** What the lexer puts before a plain scalar, which is the next token. */
const SCALAR_FOLLOWS = '\u001f'

function checkNesting(text: string): void {
  let [flow, indicators, scalar, atStart] = [0, 0, false, true]
  for (const token of new Lexer().lex(text)) {
    if (scalar) {
      scalar = false
      continue
    }
    scalar = token === SCALAR_FOLLOWS
    if (atStart && /^ +$/.test(token) && token.length > MAX_INDENT) throw new YamlFault('it is indented too deeply')
    atStart = /[\r\n]/.test(token)
    if (atStart) indicators = 0
    else if (token === '[' || token === '{') flow += 1
    else if (token === ']' || token === '}') flow -= 1
    else if (token === '-' || token === '?') indicators += 1
    if (flow > MAX_NESTING || indicators > MAX_NESTING) throw new YamlFault('it is nested too deeply')
  }
}
