import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeXml } from '../../src/lib/xml-text.ts'
import { readXml, type XmlElement } from '../../src/queue/xml-reader.ts'

const read = (text: string) => readXml(Buffer.from(text))

describe('readXml reads', () => {
  test('the capture shape of MNS: prolog, namespace, indentation', () => {
    const root = read(
      '<?xml version="1.0" ?>\n<Message xmlns="http://mns.aliyuncs.com/doc/v1">\n  <MessageId>5F29</MessageId>\n  <Body/>\n</Message>\n'
    )
    expect(root?.name).toBe('Message')
    expect(root?.children.map(({ name }) => name)).toEqual(['MessageId', 'Body'])
    expect(root?.child('MessageId')?.text()).toBe('5F29')
    expect(root?.child('Body')?.text()).toBe('')
    expect(root?.child('Nothing')).toBeUndefined()
    expect(root?.text()).toBe('')
  })

  test.each([
    ['a namespace prefix', '<m:a xmlns:m="x"><m:b>1</m:b></m:a>', '1'],
    ['attributes with markup in them', '<a x="1>2/" y=\'</a>\'><b z = ">">1</b ></a >', '1'],
    ['a byte order mark', '\ufeff<a><b>1</b></a>', '1'],
    ['comments and processing instructions', '<!-- <x> --><a><?go <b>?><b>1<!-- & -->2<?x?></b></a><!---->', '12'],
    ['CDATA', '<a><b>x<![CDATA[<y>&amp;]]>&amp;<![CDATA[]]]]></b></a>', 'x<y>&amp;&]]'],
    ['the five entities', '<a><b>&lt;&gt;&amp;&quot;&apos;</b></a>', '<>&"\''],
    ['numeric entities', '<a><b>&#65;&#x6d4B;&#128512;&#13;</b></a>', 'A测😀\r'],
    ['an entity made by another, once', '<a><b>&amp;lt;</b></a>', '&lt;'],
    ['unknown entities as they are', '<a><b>&nbsp;&lol;& &#xfffffff; &;</b></a>', '&nbsp;&lol;& \ufffd &;'],
    ['numeric surrogates as replacement characters', '<a><b>&#xd800;&#55357;</b></a>', '\ufffd\ufffd'],
    ['NUL and control characters in text', '<a><b>\0\u0001</b></a>', '\0\u0001'],
    ['text of two, three and four bytes', '<a><b>ä测😀</b></a>', 'ä测😀']
  ])('%s', (_what, text, expected) => {
    expect(read(text)?.child('b')?.text()).toBe(expected)
  })

  test('elements named like members of Object.prototype', () => {
    const root = read('<__proto__><constructor>1</constructor><__proto__>2</__proto__></__proto__>')
    expect(root?.child('constructor')?.text()).toBe('1')
    expect(root?.child('__proto__')?.text()).toBe('2')
    expect(root?.child('toString')).toBeUndefined()
  })

  test('invalid UTF-8 as replacement characters, without losing its place', () => {
    const bytes = Buffer.concat([
      Buffer.from('<a><b>x'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('</b><c>y</c></a>')
    ])
    expect(readXml(bytes)?.child('b')?.text()).toBe('x\ufffd\ufffd(')
    expect(readXml(bytes)?.child('c')?.text()).toBe('y')
  })
})

describe('readXml refuses', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['plain text', 'Too Many Requests'],
    ['text before the root', 'x<a/>'],
    ['text after the root', '<a/>x'],
    ['NUL after the root', '<a/>\0'],
    ['two roots', '<a/><b/>'],
    ['a missing end tag', '<a><b></b>'],
    ['a missing start tag', '</a>'],
    ['crossed tags', '<a><b></a></b>'],
    ['tags that differ in case', '<a></A>'],
    ['a cut-off start tag', '<a><b'],
    ['a cut-off end tag', '<a></a'],
    ['an attribute without end', '<a x="></a>'],
    ['a comment without end', '<a><!-- </a>'],
    ['CDATA without end', '<a><![CDATA[</a>'],
    ['CDATA outside the root', '<a/><![CDATA[]]>'],
    ['a processing instruction without end', '<?xml <a/>'],
    ['a bare <', '<a>1 < 2</a>'],
    ['a tag without a name', '<a><></></a>'],
    ['a DTD', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['a DTD inside', '<a><!ENTITY x "y"></a>'],
    ['an HTML page', '<html>\r\n<body><center><h1>502</h1></center><hr></body>\r\n</html>'],
    ['a name that is not ASCII', '<é></é>'],
    ['a name that does not stay ASCII', '<aé></aé>'],
    ['UTF-16', '\0<\0a\0/\0>']
  ])('%s', (_what, text) => {
    expect(read(text)).toBeUndefined()
  })

  test('elements nested too deep and elements without number', () => {
    expect(read(`${'<a>'.repeat(32)}${'</a>'.repeat(32)}`)).toBeDefined()
    expect(read(`${'<a>'.repeat(33)}${'</a>'.repeat(33)}`)).toBeUndefined()
    expect(read('<a>'.repeat(1_000_000))).toBeUndefined()
    expect(read(`<a>${'<b/>'.repeat(65_535)}</a>`)?.children.length).toBe(65_535)
    expect(read(`<a>${'<b/>'.repeat(65_536)}</a>`)).toBeUndefined()
  })
})

describe('readXml, for any input', () => {
  const names = fc.constantFrom('a', 'Message', 'x:y', '__proto__', 'constructor', 'a-1')
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 })
  interface Tree {
    readonly name: string
    readonly content: string | readonly Tree[]
  }
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record({
      name: names,
      content: fc.oneof({ maxDepth: 5 }, texts, fc.array(tie('tree'), { minLength: 1, maxLength: 4 }))
    })
  }))
  const write = ({ name, content }: Tree): string =>
    `<${name}>${typeof content === 'string' ? escapeXml(content) : ` ${content.map(write).join('\n ')}\n`}</${name}>`
  const plain = (element: XmlElement): Tree => ({
    name: element.tag,
    content: element.children.length > 0 ? element.children.map(plain) : element.text()
  })

  test('gives back what was written', () => {
    fc.assert(
      fc.property(tree, (written) => {
        const root = read(write(written))
        expect(root && plain(root)).toEqual(written)
      })
    )
  })

  test('refuses every document that is cut off', () => {
    fc.assert(
      fc.property(tree, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (written, part) => {
        const bytes = Buffer.from(write(written))
        expect(readXml(bytes.subarray(0, Math.floor(part * bytes.length)))).toBeUndefined()
      })
    )
  })

  test('never throws, and what it gives can be read', () => {
    const hostile = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<a>',
      '</a>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?',
      '?>',
      '&',
      ';',
      '&#',
      '&#x',
      '"',
      "'",
      '\0',
      '<!DOCTYPE',
      ' ',
      'é'
    )
    const inputs = fc.oneof(
      fc.array(hostile, { maxLength: 30 }).map((parts) => Buffer.from(`<a>${parts.join('')}</a>`)),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
    )
    fc.assert(
      fc.property(inputs, (bytes) => {
        const root = readXml(bytes)
        if (root !== undefined) plain(root)
      }),
      { numRuns: 2_000 }
    )
  })
})
