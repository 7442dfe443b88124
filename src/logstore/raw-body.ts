/** A message body as a log can hold it. `encoding` '' means as it is. */
export interface StoredBody {
  readonly content: string
  readonly encoding: '' | 'base64' | 'base64-utf16le'
}

/** Half of a surrogate pair: UTF-8 cannot hold it. */
const UNPAIRED = /\p{Surrogate}/u

/** Control characters but tab, line feed and carriage return, and a leading byte-order mark: readers of text drop or change these. */
const FRAGILE = /(?![\t\n\r])\p{Control}|^\uFEFF/u

/**
 * Any text as a log value that gives the same text back: itself when it is plain, else base64 of its UTF-8 (of its
 * UTF-16LE when it is not even well-formed).
 *
 * @param alwaysEncode for a body that the logstore refused as it is
 */
export function storeBody(raw: string, alwaysEncode = false): StoredBody {
  if (UNPAIRED.test(raw)) return { content: Buffer.from(raw, 'utf16le').toString('base64'), encoding: 'base64-utf16le' }
  if (alwaysEncode || FRAGILE.test(raw)) return { content: Buffer.from(raw).toString('base64'), encoding: 'base64' }
  return { content: raw, encoding: '' }
}

/** The inverse of `storeBody`. */
export function restoreBody({ content, encoding }: StoredBody): string {
  if (encoding === '') return content
  return Buffer.from(content, 'base64').toString(encoding === 'base64' ? 'utf8' : 'utf16le')
}
