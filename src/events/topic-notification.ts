import { unescapeXml } from '../lib/xml-text.ts'

/**
 * The text of `Message` in an MNS topic's notification in XML form; undefined when there is none. Not an XML parser: it
 * knows one flat document. It takes what the service's own sample has (`<PublishTime>...</MessagePublishTime>`), refuses
 * every document type declaration, expands the five predefined entities and character references only, and reads each
 * character a bounded number of times.
 *
 * @param xml trimmed
 */
export function notificationMessage(xml: string): string | undefined {
  const root = openTag(xml, skipProlog(xml))
  if (root?.name !== 'Notification' || root.empty) return undefined
  let at = root.end
  for (;;) {
    at = skipMisc(xml, at)
    const child = openTag(xml, at)
    if (child === undefined) return undefined
    if (child.empty) {
      at = child.end
      continue
    }
    // Only Message may hold stray `<`, so only its own end tag ends it; the others end at any.
    const closing = child.name === 'Message' ? '</Message>' : '</'
    const content = readContent(xml, child.end, closing)
    if (content === undefined) return undefined
    if (child.name === 'Message') return content.text
    const close = xml.indexOf('>', content.end)
    if (close === -1) return undefined
    at = close + 1
  }
}

interface Tag {
  readonly name: string
  readonly empty: boolean
  /** Index after the tag. */
  readonly end: number
}

const OPEN_TAG = /<([A-Za-z][\w.-]{0,63})(\s[^<>]{0,1024}|\/)?>/y

function openTag(xml: string, at: number): Tag | undefined {
  OPEN_TAG.lastIndex = at
  const match = OPEN_TAG.exec(xml)
  if (match === null) return undefined
  const [tag, name = '', attributes = ''] = match
  return { name, empty: attributes.endsWith('/'), end: at + tag.length }
}

function skipProlog(xml: string): number {
  if (!xml.startsWith('<?')) return skipMisc(xml, 0)
  const end = xml.indexOf('?>')
  return end === -1 ? xml.length : skipMisc(xml, end + 2)
}

/** The index after blanks and comments. A declaration is neither, so what follows finds no tag there. */
function skipMisc(xml: string, from: number): number {
  let at = from
  for (;;) {
    BLANKS.lastIndex = at
    at += BLANKS.exec(xml)?.[0].length ?? 0
    if (!xml.startsWith('<!--', at)) return at
    const end = xml.indexOf('-->', at + 4)
    if (end === -1) return xml.length
    at = end + 3
  }
}

const BLANKS = /\s*/y

/** Character data from `from` to `closing`, with references resolved and CDATA as it is; `end` is where `closing` starts. */
function readContent(xml: string, from: number, closing: string): { text: string; end: number } | undefined {
  let text = ''
  let at = from
  let end = xml.indexOf(closing, at)
  while (end !== -1) {
    const data = xml.slice(at, end)
    const cdata = data.indexOf(CDATA_START)
    if (cdata === -1) return { text: text + unescapeXml(data), end }
    const start = at + cdata + CDATA_START.length
    const stop = xml.indexOf(CDATA_END, start)
    if (stop === -1) return undefined
    text += unescapeXml(data.slice(0, cdata)) + xml.slice(start, stop)
    at = stop + CDATA_END.length
    if (at > end) end = xml.indexOf(closing, at) // what was found stood inside the CDATA section
  }
  return undefined
}

const CDATA_START = '<![CDATA['
const CDATA_END = ']]>'
