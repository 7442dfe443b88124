import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeXml, unescapeXml } from '../../src/lib/xml-text.ts'

test.each([
  ['predefined entities', '&lt;&gt;&amp;&quot;&apos;', `<>&"'`],
  ['numbers', '&#65;&#x6d4B;&#128512;&#13;', 'A测😀\r'],
  ['resolved once', '&amp;lt;&#38;lt;', '&lt;&lt;'],
  ['unknown entities as they are', '&nbsp;&lol;&LT;& &; &#; &#x; &lt', '&nbsp;&lol;&LT;& &; &#; &#x; &lt'],
  ['halves of surrogate pairs', '&#xD800;&#55357;&#xdfff;', '\ufffd\ufffd\ufffd'],
  ['numbers past the last character', '&#x110000;&#99999999;', '\ufffd\ufffd']
])('references: %s', (_, raw, text) => {
  expect(unescapeXml(raw)).toBe(text)
})

const piece = fc.constantFrom('&', '<', '>', '\r', '\n', '"', 'amp;', '#13;', '#xD800;', '测', '🎉', 'a ')

test('what is escaped reads as it was, and holds no markup', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('')
      expect(escapeXml(text)).not.toMatch(/[<>\r]/)
      expect(unescapeXml(escapeXml(text))).toBe(text)
    })
  )
})
