import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { restoreBody, storeBody } from '../../src/logstore/raw-body.ts'

const anyUtf16 = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))
const anyBody = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), anyUtf16)

describe('storeBody', () => {
  it.each([
    ['plain text', 'not json', ''],
    ['line breaks and tabs', 'a\r\n\tb', ''],
    ['any script', '实例 🎉 é', ''],
    ['nothing', '', ''],
    ['NUL', 'a\0b', 'base64'],
    ['an escape character', '\u001b[31m', 'base64'],
    ['a C1 control character', 'a\u0085b', 'base64'],
    ['a leading byte-order mark', '\uFEFF{}', 'base64'],
    ['half a surrogate pair', 'a\ud800', 'base64-utf16le'],
    ['half a surrogate pair and NUL', '\udc00\0', 'base64-utf16le']
  ])('%s', (_, raw, encoding) => {
    expect(storeBody(raw).encoding).toBe(encoding)
    expect(restoreBody(storeBody(raw))).toBe(raw)
  })

  it('encodes plain text too when told so', () => {
    expect(storeBody('plain', true)).toEqual({ content: 'cGxhaW4=', encoding: 'base64' })
  })

  it('gives back exactly what was stored, after a trip through UTF-8', () => {
    fc.assert(
      fc.property(anyBody, fc.boolean(), (raw, alwaysEncode) => {
        const { content, encoding } = storeBody(raw, alwaysEncode)
        const travelled = Buffer.from(content).toString()
        expect(restoreBody({ content: travelled, encoding })).toBe(raw)
        expect(travelled).not.toMatch(/(?![\t\n\r])\p{Control}/u)
      })
    )
  })
})
