import { describe, expect, test } from 'vitest'
import { notificationMessage } from '../../src/events/topic-notification.ts'
import { base64, topicXml } from './encodings.ts'
import { sample, undecodable } from './samples.ts'

const wrap = (message: string) => `<Notification><Message>${message}</Message></Notification>`

describe('topic notification in XML', () => {
  test('the message is found in the sample of the vendor, whose PublishTime ends wrongly', () => {
    expect(notificationMessage(topicXml(sample(1)))).toBe(sample(1))
  })

  test.each([
    ['predefined entities', wrap('&lt;a href=&quot;x&quot; &amp;&amp; &apos;y&apos;&gt;'), `<a href="x" && 'y'>`],
    ['character references', wrap('&#123;&#x7D;&#x1F600;&#20013;'), '{}😀中'],
    ['references resolved once', wrap('&amp;lt;&#38;lt;'), '&lt;&lt;'],
    ['unknown entities as they are', wrap('&nbsp;&xxe;&#;&lt'), '&nbsp;&xxe;&#;&lt'],
    ['numbers that no character has', wrap('&#xD800;&#x110000;'), '\ufffd\ufffd'],
    ['CDATA', wrap('<![CDATA[{"a":"<b> & &lt; </Message>"}]]>'), '{"a":"<b> & &lt; </Message>"}'],
    ['CDATA beside text', wrap('{<![CDATA["a":]]>&quot;b&quot;<![CDATA[]]>}'), '{"a":"b"}'],
    ['unescaped angle brackets', wrap('{"id":"<resource-id>"}'), '{"id":"<resource-id>"}'],
    ['an empty message', wrap(''), ''],
    ['blanks kept', wrap(' {} '), ' {} '],
    ['attributes', '<Notification a="1" b=\'2\'><Message xml:space="preserve">x</Message></Notification>', 'x'],
    ['what comes after the message is not read', '<Notification><Message>x</Message><!DOCTYPE', 'x'],
    ['comments', '<!-- a --><Notification><!-- <Message>no</Message> --><Message>x</Message>', 'x'],
    ['CDATA in a field before', '<Notification><Tag><![CDATA[</Tag><Message>no]]></Tag><Message>x</Message>', 'x']
  ])('%s', (_, xml, message) => {
    expect(notificationMessage(xml)).toBe(message)
  })

  test.each([
    ['another document', '<html><Message>x</Message></html>'],
    ['no message', '<Notification><TopicOwner>1</TopicOwner></Notification>'],
    ['an empty element', '<Notification/>'],
    ['an empty message element', '<Notification><Message/></Notification>'],
    ['a message that does not end', '<Notification><Message>x'],
    ['CDATA that does not end', '<Notification><Message><![CDATA[x</Message></Notification>'],
    ['a comment that does not end', '<Notification><!-- <Message>x</Message>'],
    ['a prolog that does not end', '<?xml <Notification><Message>x</Message></Notification>'],
    ['an end tag that does not end', '<Notification><Tag>x</Tag <Message'],
    ['text outside elements', '<Notification>text<Message>x</Message></Notification>'],
    ['a type declaration', `<!DOCTYPE Notification [<!ENTITY a "b">]>${wrap('&a;')}`],
    [
      'a type declaration after the prolog',
      `<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">${wrap('x')}`
    ],
    ['a type declaration inside', `<Notification><!ENTITY a "b"><Message>x</Message></Notification>`],
    ['nothing but a bracket', '<']
  ])('refused: %s', (_, xml) => {
    expect(notificationMessage(xml)).toBeUndefined()
    expect(undecodable(xml).reason).toBe('bad-wrapper')
    expect(undecodable(base64(xml)).reason).toBe('bad-wrapper')
  })

  test('a billion laughs are refused before the first', () => {
    const entities = Array.from({ length: 10 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
    const bomb = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">${entities}]>${wrap('&l10;')}`
    expect(undecodable(bomb).reason).toBe('bad-wrapper')
  })

  const MEGABYTE = 1_048_576
  const fill = (unit: string) => unit.repeat(Math.ceil(MEGABYTE / unit.length))
  test.each([
    ['open brackets', fill('<')],
    ['open tags', `<Notification>${fill('<a>')}`],
    ['small elements', `<Notification>${fill('<a></a>')}`],
    ['empty elements', `<Notification>${fill('<a/>')}`],
    ['comments', `<Notification>${fill('<!---->')}`],
    ['open comments', `<Notification>${fill('<!--')}`],
    ['CDATA sections', `<Notification><Message>${fill('<![CDATA[]]>')}`],
    ['CDATA sections that hold the end', `<Notification><Message>${fill('<![CDATA[</Message>]]>')}`],
    ['open CDATA sections', `<Notification><Message>${fill('<![CDATA[')}</Message>`],
    ['ampersands', wrap(fill('&'))],
    ['references', wrap(fill('&amp;'))],
    ['blanks', `<Notification>${fill(' ')}`],
    ['blanks in a tag', `<Notification${fill(' ')}`],
    ['a long name', `<${fill('a')}>`],
    ['quotes', wrap(`{"a":${fill('\\"')}`)]
  ])('a megabyte of %s takes no more than a moment', (_, xml) => {
    const start = performance.now()
    undecodable(xml)
    // Anything quadratic takes minutes here; the bound is far above what a busy machine needs.
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})
