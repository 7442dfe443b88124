import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { AuditError, errorMessage } from '../lib/errors.ts'

/** The longest line that is read, characters: far above the 64 KiB that a message may have. */
const MAX_LINE = 4 * 1024 * 1024

/**
 * The lines of a file, or of stdin for `-`, one at a time. Empty lines are left out. Ends early when `stop` aborts.
 *
 * @throws AuditError `input` when it can't be read, or a line is unreasonably long
 */
export async function* readLines(file: string, stdin: Readable, stop: AbortSignal): AsyncGenerator<string> {
  const source: AsyncIterable<Buffer> = addAbortSignal(stop, file === '-' ? stdin : createReadStream(file))
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of source) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/)
      rest = lines.pop() ?? ''
      if (rest.length > MAX_LINE)
        throw new AuditError(
          'input',
          `Cannot read ${nameOf(file)}: expected one event a line, found a line of over ${MAX_LINE} characters.`
        )
      yield* lines.filter(hasText)
    }
  } catch (thrown) {
    if (stop.aborted) return
    if (thrown instanceof AuditError) throw thrown
    throw new AuditError(
      'input',
      `Cannot read ${nameOf(file)}: ${errorMessage(thrown)}. Name a file with one event a line, or - for stdin.`,
      { cause: thrown }
    )
  }
  rest += decoder.decode()
  if (hasText(rest)) yield rest
}

function hasText(line: string): boolean {
  return line.trim() !== ''
}

function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file
}
