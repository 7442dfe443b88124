import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { Refusal } from './refusal.ts'

/** An element of a request: its text (all of it, untrimmed) and its children by name. */
export interface XmlNode {
  readonly text: string
  readonly children: ReadonlyMap<string, readonly XmlNode[]>
}

const TEXT = '#text'

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  textNodeName: TEXT,
  entityDecoder: {
    decode: decodeEntities,
    reset: () => undefined,
    setExternalEntities: () => undefined,
    addInputEntities: () => undefined,
    setXmlVersion: () => undefined
  }
})

/**
 * Reads a request body.
 *
 * @throws Refusal MalformedXML for what is not well-formed, and for document types, which no client sends
 */
export function readXml(body: Buffer): { root: string; node: XmlNode } {
  const text = body.toString('utf8')
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) throw new Refusal('MalformedXML')
  const roots = [...toNode(parse(text)).children].flatMap(([root, nodes]) => nodes.map((node) => ({ root, node })))
  const [only] = roots
  if (only === undefined || roots.length > 1) throw new Refusal('MalformedXML')
  return only
}

/** The text of an element's child; undefined when there is none of that name. */
export function childText(node: XmlNode, name: string): string | undefined {
  return node.children.get(name)?.[0]?.text
}

function parse(text: string): unknown {
  try {
    return parser.parse(text)
  } catch {
    throw new Refusal('MalformedXML')
  }
}

/** The parser's answer in one shape: it makes an only child a value, several a list, and a childless element a string. */
function toNode(value: unknown): XmlNode {
  if (typeof value === 'string') return { text: value, children: new Map() }
  const children = new Map<string, XmlNode[]>()
  let text = ''
  for (const [name, content] of Object.entries(value ?? {})) {
    if (name === TEXT) text = String(content)
    else children.set(name, Array.isArray(content) ? content.map(toNode) : [toNode(content)])
  }
  return { text, children }
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The five entities and the character references of XML 1.0, section 4; the parser by itself leaves the latter alone. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (_whole, hex, decimal, name) => {
    if (typeof name === 'string') {
      const known = NAMED_ENTITIES[name]
      if (known === undefined) throw new Refusal('MalformedXML')
      return known
    }
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)
    if (code === 0 || code > 0x10ffff) throw new Refusal('MalformedXML')
    return String.fromCodePoint(code)
  })
}
