import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeXml } from '../../src/lib/xml-text.ts'
import { scanMessages } from '../../src/queue/message-scanner.ts'
import { messagesOf } from '../../src/queue/mns-answers.ts'
import { readXml } from '../../src/queue/xml-reader.ts'

const NAMESPACE = ' xmlns="http://mns.aliyuncs.com/doc/v1"'
const NAMES = [
  ...['MessageId', 'MessageBodyMD5', 'MessageBody', 'ReceiptHandle', 'EnqueueTime', 'FirstDequeueTime'],
  ...['NextVisibleTime', 'DequeueCount', 'Priority']
]

const blank = fc.constantFrom('', '\n', '\n  ', ' \t\r\n')
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map(escapeXml),
  fc.constantFrom('', '&quot;', '&#x4e2d;', '&unknown;', '测试', 'YWJj')
)
const time = fc.oneof(
  { weight: 50, arbitrary: fc.nat({ max: 2 ** 31 - 1 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('', '-1', ' 7', '1e3', '1234567890123456') }
)
const names = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NAMES) },
  { weight: 1, arbitrary: fc.subarray(NAMES, { minLength: 4 }) }
)

/** Elements as the service writes them, all or some. */
const message = fc
  .tuple(names, fc.array(text, { minLength: 9, maxLength: 9 }), fc.array(time, { minLength: 9, maxLength: 9 }), blank)
  .map(([given, texts, times, gap]) => {
    const elements = given.map((name) => {
      const at = NAMES.indexOf(name)
      return `${gap}<${name}>${at < 4 ? texts[at] : times[at]}</${name}>`
    })
    return `<Message>${elements.join('')}${gap}</Message>`
  })

const document = fc
  .tuple(
    fc.array(message, { maxLength: 4 }),
    blank,
    fc.constantFrom('', '<?xml version="1.0" ?>', '\ufeff'),
    fc.constantFrom('', NAMESPACE)
  )
  .map(([messages, gap, prolog, namespace]) => {
    return `${prolog}${gap}<Messages${namespace}>${gap}${messages.join(gap)}${gap}</Messages>${gap}`
  })

function slowly(xml: string): unknown {
  const root = readXml(Buffer.from(xml))
  return root?.name === 'Messages' ? messagesOf(root) : undefined
}

describe('scanMessages', () => {
  test('reads the answer that the service writes', () => {
    const values = ['ID', 'MD5', 'Ym9keQ==', 'handle', '1000', '2000', '62000', '1', '8']
    const elements = NAMES.map((name, at) => `    <${name}>${values[at]}</${name}>\n`).join('')
    const xml = `<?xml version="1.0" ?>\n<Messages${NAMESPACE}>\n  <Message>\n${elements}  </Message>\n</Messages>\n`
    expect(scanMessages(Buffer.from(xml))).toEqual([
      {
        messageId: 'ID',
        body: 'Ym9keQ==',
        receiptHandle: 'handle',
        dequeueCount: 1,
        enqueuedMs: 1_000,
        visibilityMs: 60_000
      }
    ])
  })

  test('reads what it reads as the XML reader does', () => {
    let read = 0
    fc.assert(
      fc.property(document, (xml) => {
        const messages = scanMessages(Buffer.from(xml))
        if (messages === undefined) return
        read += 1
        expect(messages).toEqual(slowly(xml))
      }),
      { numRuns: 1_000 }
    )
    expect(read).toBeGreaterThan(100)
  })

  test('takes nothing for an answer that the XML reader refuses or reads otherwise, wherever it is cut or changed', () => {
    const cuts = fc.tuple(
      document,
      fc.nat(),
      fc.nat({ max: 6 }),
      fc.constantFrom('', '<', '>', '&', '<!--x-->', '<Message>', '</Message>', '\u0000')
    )
    fc.assert(
      fc.property(cuts, ([xml, at, length, other]) => {
        const from = at % (xml.length + 1)
        const changed = xml.slice(0, from) + other + xml.slice(from + length)
        const messages = scanMessages(Buffer.from(changed))
        if (messages !== undefined) expect(messages).toEqual(slowly(changed))
      }),
      { numRuns: 2_000 }
    )
  })
})
