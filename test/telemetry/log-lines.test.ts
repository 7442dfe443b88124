import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface LogCall {
  readonly file: string
  /** The levels that it may have: one, or several where they are computed. */
  readonly level: string
  /** The sentence; undefined when it is no plain text. */
  readonly message: string | undefined
}

/** Every call of a log in the sources, but those of the stand-in, which has none, and of the page, which runs in a browser. */
function logCalls(): LogCall[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('view/page'))
    .flatMap((file) => callsIn(file, readFileSync(join(ROOT, 'src', file), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')))
}

function callsIn(file: string, text: string): LogCall[] {
  const starts = text.matchAll(/[lL]og(?:\.(debug|info|warn|error)|\[\w+\])\(/g)
  return [...starts].map(({ index, 0: start, 1: level = 'computed' }) => {
    const call = text.slice(index, endOf(text, index + start.length))
    const message = /(?:'([^'\n]*)'|"([^"\n]*)")\s*\)$/.exec(call)
    return { file, level, message: message?.[1] ?? message?.[2] }
  })
}

/** Where the bracket closes that opened before `from`; texts hold no brackets. */
function endOf(text: string, from: number): number {
  let depth = 1
  let at = from
  for (; depth > 0 && at < text.length; at++) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
  }
  return at
}

/** The rows of the table of log lines: the message and its levels. */
function documented(): Map<string, string> {
  const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  const table = text.slice(text.indexOf('## The log'), text.indexOf('## Health'))
  return new Map(
    [...table.matchAll(/^\| `([^`]+)` \| ([A-Z, ]+) \|/gm)].map(([, message = '', level = '']) => [message, level])
  )
}

describe('log lines', () => {
  const calls = logCalls()

  test('each is one static sentence', () => {
    expect(calls.length).toBeGreaterThan(30)
    expect(calls.filter(({ message }) => message === undefined)).toEqual([])
  })

  test('docs/operations.md explains each, with its level, and no other', () => {
    const rows = documented()
    expect([...new Set(calls.map(({ message }) => message))].sort()).toEqual([...rows.keys()].sort())
    for (const { level, message = '', file } of calls) {
      if (level === 'computed') expect(rows.get(message), message).toBe('WARN, ERROR')
      else expect(rows.get(message), `${file}: ${message}`).toBe(level.toUpperCase())
    }
  })

  test('an ERROR says what somebody must do, a WARN that nothing is lost: neither is used for what is usual', () => {
    const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
    for (const [row, , action = ''] of text.matchAll(/^\| `[^`]+` \| ERROR \|(.*)\|(.*)\|$/gm)) {
      expect(action.trim(), row).not.toMatch(/^nothing/)
    }
  })
})
