/** An element of an answer. */
export type XmlElement = readonly [name: string, content: string | number | readonly XmlElement[]]

const NAMESPACE = 'http://mns.aliyuncs.com/doc/v1'
const INDENT = '  '

/**
 * An answer's text, laid out as the service does: one element a line, indented. The official PHP SDK finds nothing in
 * compact XML.
 */
export function toXml([name, content]: XmlElement): string {
  return `<?xml version="1.0" ?>\n${element(name, ` xmlns="${NAMESPACE}"`, content, '')}`
}

function element(name: string, attributes: string, content: XmlElement[1], indent: string): string {
  if (typeof content !== 'object') return `${indent}<${name}${attributes}>${escaped(String(content))}</${name}>\n`
  if (content.length === 0) return `${indent}<${name}${attributes}/>\n`
  const children = content.map(([child, inner]) => element(child, '', inner, indent + INDENT)).join('')
  return `${indent}<${name}${attributes}>\n${children}${indent}</${name}>\n`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }

/** A carriage return would come out of the reader's parser as a line feed. */
function escaped(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character) : text
}
