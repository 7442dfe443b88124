const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
const NEEDED = /[&<>\r]/

/** Text as it may stand inside an XML element. A carriage return is written as a reference: readers turn a bare one into a line feed. */
export function escapeXml(text: string): string {
  // Receipt handles never need it, and to look is quicker than to replace nothing.
  return NEEDED.test(text) ? text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character) : text
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"]
])

/**
 * Text with its references resolved: the five predefined entities, and characters by number. An entity that is unknown stays as
 * it is, and a number that no character has becomes U+FFFD, so that nothing grows and no half of a surrogate pair comes out.
 */
export function unescapeXml(raw: string): string {
  if (!raw.includes('&')) return raw
  return raw.replace(/&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|([a-z]{2,4}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES.get(name) ?? whole
    return character(hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16))
  })
}

function character(code: number): string {
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : '\ufffd'
}
