import { unescapeXml } from '../lib/xml-text.ts'

/**
 * Reads a small XML document, such as an answer of MNS, into its root element; `undefined` for anything that is not
 * one well-formed document. Never throws, whatever the bytes.
 *
 * Strict on structure: one root, matching tags, nothing cut off, no DTD (so no entity can grow). Lenient on text: an
 * unknown entity or a character that XML forbids stays as it is, because one odd message must not make the fifteen
 * others of its answer unreadable.
 *
 * @param bytes UTF-8; a byte order mark and an XML declaration are read over. Element names are ASCII, as all of MNS are
 */
export function readXml(bytes: Buffer): XmlElement | undefined {
  // One character per byte: a position in the markup is a position in the bytes, and no byte of a longer UTF-8
  // sequence looks like markup.
  const markup = bytes.toString('latin1')
  const document = new XmlElement('', 0)
  const open = [document]
  let elements = 0
  let at = markup.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  for (;;) {
    const parent = open.at(-1) ?? document
    const lt = markup.indexOf('<', at)
    if (parent === document && !isBlank(markup, at, lt < 0 ? markup.length : lt)) return undefined
    if (lt < 0) return parent === document && document.children.length === 1 ? document.children[0] : undefined

    const mark = markup.charCodeAt(lt + 1)
    if (mark === SLASH) {
      at = markup.indexOf('>', lt) + 1
      if (at === 0 || parent === document || markup.slice(lt + 2, at - 1).trimEnd() !== parent.tag) return undefined
      parent.close(bytes, lt)
      open.pop()
    } else if (mark === BANG || mark === QUESTION) {
      at = endOfSpecial(markup, lt, parent === document)
      if (at < 0) return undefined
      parent.plain = false
    } else {
      const nameEnd = endOfName(markup, lt + 1)
      at = endOfTag(markup, nameEnd) + 1
      elements += 1
      if (nameEnd === lt + 1 || at === 0 || elements > MAX_ELEMENTS || open.length > MAX_DEPTH) return undefined
      const element = new XmlElement(markup.slice(lt + 1, nameEnd), at)
      parent.add(element)
      if (markup.charCodeAt(at - 2) === SLASH) element.close(bytes, at)
      else open.push(element)
    }
  }
}

const MAX_DEPTH = 32
const MAX_ELEMENTS = 65_536

/** Shared by all leaves: most elements of an answer are. */
const NO_CHILDREN: readonly XmlElement[] = []

const NO_BYTES = Buffer.alloc(0)

/** An element of a document. Namespaces and attributes are read over. */
export class XmlElement {
  /** The name as written, with its namespace prefix. */
  readonly tag: string
  /** False when a comment, CDATA section or processing instruction stands in it. */
  plain = true
  readonly #start: number
  #end = 0
  #bytes: Buffer = NO_BYTES
  #children: XmlElement[] | undefined

  constructor(tag: string, start: number) {
    this.tag = tag
    this.#start = start
  }

  /** The name without its namespace prefix. */
  get name(): string {
    return this.tag.slice(this.tag.indexOf(':') + 1)
  }

  get children(): readonly XmlElement[] {
    return this.#children ?? NO_CHILDREN
  }

  /** The first child element of that name. */
  child(name: string): XmlElement | undefined {
    return this.#children?.find((element) => element.name === name)
  }

  /**
   * The element's text, entities and CDATA resolved; '' when it holds other elements. A string of its own: decoded from
   * the bytes, because a slice of the document's text would keep the whole document alive for as long as one message
   * of it is in flight.
   */
  text(): string {
    if (this.#children !== undefined) return ''
    const raw = this.#bytes.toString('utf8', this.#start, this.#end)
    if (this.plain) return unescapeXml(raw)
    return raw.replace(TEXT_PIECES, (piece: string, cdata: string | undefined) => {
      return cdata ?? (piece.startsWith('<') ? '' : unescapeXml(piece))
    })
  }

  add(element: XmlElement): void {
    if (this.#children === undefined) this.#children = [element]
    else this.#children.push(element)
  }

  /** Tells where the content ends, when the end tag has been found. */
  close(bytes: Buffer, end: number): void {
    this.#bytes = bytes
    this.#end = end
  }
}

const TEXT_PIECES = /<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?.*?\?>|[^<]+/gs

const SLASH = 0x2f
const BANG = 0x21
const QUESTION = 0x3f
const LT = 0x3c
const GT = 0x3e
const QUOTE = 0x22
const APOSTROPHE = 0x27

function isBlank(markup: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (!isSpace(markup.charCodeAt(at))) return false
  }
  return true
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** Past the comment, CDATA section or processing instruction that starts at `lt`; -1 for a DTD or one without end. */
function endOfSpecial(markup: string, lt: number, atTop: boolean): number {
  if (markup.startsWith('<?', lt)) return past(markup, '?>', lt + 2)
  if (markup.startsWith('<!--', lt)) return past(markup, '-->', lt + 4)
  if (markup.startsWith('<![CDATA[', lt) && !atTop) return past(markup, ']]>', lt + 9)
  return -1
}

function past(markup: string, mark: string, from: number): number {
  const found = markup.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

/** `from` itself when no name starts there. */
function endOfName(markup: string, from: number): number {
  if (!isNameStart(markup.charCodeAt(from))) return from
  let at = from + 1
  while (at < markup.length && isNamePart(markup.charCodeAt(at))) at += 1
  return at
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
}

function isNamePart(code: number): boolean {
  return !isSpace(code) && code !== SLASH && code !== GT && code !== LT && code < 0x80
}

/** The position of the `>` that ends a start tag, quoted attribute values read over; -1 without one. */
function endOfTag(markup: string, from: number): number {
  for (let at = from; at < markup.length; at += 1) {
    const code = markup.charCodeAt(at)
    if (code === GT) return at
    if (code === LT) return -1
    if (code === QUOTE || code === APOSTROPHE) {
      at = markup.indexOf(code === QUOTE ? '"' : "'", at + 1)
      if (at < 0) return -1
    }
  }
  return -1
}
