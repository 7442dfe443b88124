const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
const NEEDED = /[&<>\r]/

/** Text as it may stand inside an XML element. A carriage return is written as a reference: readers turn a bare one into a line feed. */
export function escapeXml(text: string): string {
  // Receipt handles never need it, and to look is quicker than to replace nothing.
  return NEEDED.test(text) ? text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character) : text
}
