import { describe, expect, test } from 'vitest'
import type { MnsServiceOptions } from '../../../src/sandbox/mns/mns-service.ts'
import { type MnsSandbox, startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

const MESSAGES = '/queues/q/messages'

/** A service with one queue, in a time that stands still. */
async function standing(
  behaviour: MnsServiceOptions['behaviour'] = {},
  attributes = {}
): Promise<MnsSandbox & { readonly clock: ManualClock }> {
  const clock = new ManualClock()
  const mns = await startMns({ clock, behaviour })
  mns.service.createQueue('q', attributes)
  return { ...mns, clock }
}

async function held({ service }: MnsSandbox, polls: number): Promise<void> {
  await service.waitFor(() => service.stats('q').polls === polls)
}

/** Proves that an empty queue holds this poll for `seconds`, and not a millisecond less. */
async function expectHeldFor(mns: MnsSandbox & { readonly clock: ManualClock }, target: string, seconds: number) {
  const poll = mns.get(target)
  await held(mns, 1)
  mns.clock.advance(seconds * 1000 - 1)
  expect(mns.service.stats('q').polls).toBe(1)
  mns.clock.advance(1)
  expect(mns.service.stats('q').polls).toBe(0)
  expect((await poll).refusal).toBe('404 MessageNotExist')
}

describe('an empty queue', () => {
  test('33: without a wait', async () => {
    const mns = await standing()
    const reply = await mns.get(MESSAGES)
    expect(reply.refusal).toBe('404 MessageNotExist')
    const batch = await mns.get(`${MESSAGES}?numOfMessages=16`)
    expect([batch.refusal, batch.elements()[0]]).toEqual(['404 MessageNotExist', 'Error'])
  })

  test('34: waitseconds=2', async () => {
    await expectHeldFor(await standing(), `${MESSAGES}?waitseconds=2`, 2)
  })

  test("34: by the machine's own clock", async () => {
    const mns = await startMns()
    mns.service.createQueue('q')
    const start = performance.now()
    expect((await mns.get(`${MESSAGES}?waitseconds=1`)).refusal).toBe('404 MessageNotExist')
    const elapsed = performance.now() - start
    expect(elapsed).toBeGreaterThanOrEqual(999)
    // Far from the longest wait there is, and from what a busy machine adds.
    expect(elapsed).toBeLessThan(20_000)
  })

  test('35: a message ends the wait at once', async () => {
    const mns = await standing()
    const poll = mns.get(`${MESSAGES}?waitseconds=10`)
    await held(mns, 1)
    mns.clock.advance(1_000)
    mns.service.send('q', ['here'])
    const reply = await poll
    expect([reply.status, reply.one('MessageBody')]).toEqual([200, 'here'])
    expect(Number(reply.one('FirstDequeueTime'))).toBe(mns.clock.now())
  })

  test('35: so does one whose delay or visibility timeout ends', async () => {
    const mns = await standing()
    mns.service.send('q', ['later'], { delayMs: 3_000 })
    for (const [index, ms] of [3_000, 30_000].entries()) {
      const poll = mns.get(`${MESSAGES}?waitseconds=30`)
      await held(mns, 1)
      mns.clock.advance(ms)
      expect((await poll).one('DequeueCount')).toBe(String(index + 1))
    }
  })

  test('35: polls are served in the order of their coming', async () => {
    const mns = await standing()
    const polls: Array<ReturnType<typeof mns.get>> = []
    for (let count = 1; count <= 3; count += 1) {
      polls.push(mns.get(`${MESSAGES}?numOfMessages=2&waitseconds=10`))
      await held(mns, count)
    }
    mns.service.send('q', ['1', '2', '3', '4', '5'])
    const bodies = (await Promise.all(polls)).map((reply) => reply.all('MessageBody'))
    expect(bodies).toEqual([['1', '2'], ['3', '4'], ['5']])
  })

  test('34: polls end each at its own time', async () => {
    const mns = await standing()
    const polls = [9, 5].map((seconds) => mns.get(`${MESSAGES}?waitseconds=${seconds}`))
    await held(mns, 2)
    const left: number[] = []
    for (const ms of [4_999, 1, 3_999, 1]) {
      mns.clock.advance(ms)
      left.push(mns.service.stats('q').polls)
    }
    expect(left).toEqual([2, 1, 1, 0])
    expect((await Promise.all(polls)).map(({ status }) => status)).toEqual([404, 404])
  })

  test("36: the queue's PollingWaitSeconds holds, unless the request says otherwise", async () => {
    const mns = await standing({}, { pollingWaitSeconds: 2 })
    await expectHeldFor(mns, MESSAGES, 2)
    await expectHeldFor(mns, `${MESSAGES}?waitseconds=5`, 5)
    expect((await mns.get(`${MESSAGES}?waitseconds=0`)).refusal).toBe('404 MessageNotExist')
  })

  test('37: waitseconds=30 is held for 30.0 s', async () => {
    await expectHeldFor(await standing(), `${MESSAGES}?numOfMessages=16&waitseconds=30`, 30)
  })

  test.each(['waitseconds=31', 'waitseconds=-1', 'numOfMessages=0', 'numOfMessages=17', 'numOfMessages=undefined'])(
    '38: %s',
    async (query) => {
      const mns = await standing()
      expect((await mns.get(`${MESSAGES}?${query}`)).refusal).toBe('400 InvalidArgument')
    }
  )

  test('the deletion of the queue ends its polls', async () => {
    const mns = await standing()
    const poll = mns.get(`${MESSAGES}?waitseconds=10`)
    await held(mns, 1)
    await mns.delete('/queues/q')
    expect((await poll).refusal).toBe('404 QueueNotExist')
  })
})

describe('a message', () => {
  test('39: its elements, in order', async () => {
    const mns = await standing({}, { visibilityTimeout: 45 })
    const [id = ''] = mns.service.send('q', ['body'])
    const sentAt = mns.clock.now()
    mns.clock.advance(1_234)
    const reply = await mns.get(MESSAGES)
    expect(reply.elements()).toEqual([
      'Message',
      'MessageId',
      'MessageBodyMD5',
      'MessageBody',
      'ReceiptHandle',
      'EnqueueTime',
      'FirstDequeueTime',
      'NextVisibleTime',
      'DequeueCount',
      'Priority'
    ])
    expect(reply.one('MessageId')).toBe(id)
    expect(reply.one('EnqueueTime')).toBe(String(sentAt))
    expect(reply.one('FirstDequeueTime')).toBe(String(mns.clock.now()))
    expect(reply.one('NextVisibleTime')).toBe(String(mns.clock.now() + 45_000))
    expect([reply.one('DequeueCount'), reply.one('Priority')]).toEqual(['1', '8'])
  })

  test('40: a batch brings up to the number asked for', async () => {
    const mns = await standing()
    mns.service.send('q', ['1', '2', '3'])
    expect((await mns.get(`${MESSAGES}?numOfMessages=2`)).all('MessageBody')).toEqual(['1', '2'])
    expect((await mns.get(`${MESSAGES}?numOfMessages=2`)).all('MessageBody')).toEqual(['3'])
  })

  test('40, sliced mode: a batch brings less than there is, at once', async () => {
    const mns = await standing({ slices: 4 })
    mns.service.send(
      'q',
      Array.from({ length: 10 }, (_, index) => `${index}`)
    )
    const batches: string[][] = []
    while (mns.service.stats('q').visible > 0) {
      batches.push((await mns.get(`${MESSAGES}?numOfMessages=16&waitseconds=30`)).all('MessageBody'))
    }
    expect(batches.map((bodies) => bodies.length)).toEqual([3, 3, 2, 2])
    expect(batches.flat().sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  test('41: comes again when it was not deleted', async () => {
    const mns = await standing()
    mns.service.send('q', ['again'])
    const first = await mns.get(MESSAGES)
    mns.clock.advance(29_999)
    expect((await mns.get(MESSAGES)).refusal).toBe('404 MessageNotExist')
    mns.clock.advance(1)
    const second = await mns.get(MESSAGES)
    expect(second.one('DequeueCount')).toBe('2')
    expect(second.one('FirstDequeueTime')).toBe(first.one('FirstDequeueTime'))
    expect(second.one('ReceiptHandle')).not.toBe(first.one('ReceiptHandle'))
    expect(second.one('MessageId')).toBe(first.one('MessageId'))
  })

  test('42: is not spent on a client that went away', async () => {
    const mns = await standing()
    const leaving = new AbortController()
    const poll = mns.get(`${MESSAGES}?waitseconds=30`, { signal: leaving.signal })
    await held(mns, 1)
    leaving.abort()
    await expect(poll).rejects.toMatchObject({ name: 'AbortError' })
    await held(mns, 0)
    mns.service.send('q', ['kept'])
    expect((await mns.get(MESSAGES)).one('DequeueCount')).toBe('1')
  })

  test('42, other mode: is spent on a client that went away', async () => {
    const mns = await standing({ consumeOnDeadPoll: true })
    const leaving = new AbortController()
    const poll = mns.get(`${MESSAGES}?waitseconds=30`, { signal: leaving.signal })
    await held(mns, 1)
    leaving.abort()
    await expect(poll).rejects.toMatchObject({ name: 'AbortError' })
    mns.service.send('q', ['spent'])
    expect((await mns.get(MESSAGES)).refusal).toBe('404 MessageNotExist')
    expect(mns.service.messages('q')).toMatchObject([{ state: 'invisible', dequeueCount: 1 }])
  })

  test('43: a poll too many is not held', async () => {
    const mns = await standing({ maxConcurrentPolls: 1 })
    const poll = mns.get(`${MESSAGES}?waitseconds=30`)
    await held(mns, 1)
    expect((await mns.get(`${MESSAGES}?waitseconds=30`)).refusal).toBe('404 MessageNotExist')
    mns.service.send('q', ['one'])
    expect((await poll).status).toBe(200)
  })

  test('44: a peek changes nothing', async () => {
    const mns = await standing()
    expect((await mns.get(`${MESSAGES}?peekonly=true`)).refusal).toBe('404 MessageNotExist')
    expect((await mns.get(`${MESSAGES}?peekonly=true&numOfMessages=3`)).refusal).toBe('404 MessageNotExist')
    mns.service.send('q', ['1', '2'])
    const reply = await mns.get(`${MESSAGES}?peekonly=true`)
    expect(reply.elements().join(' ')).toBe(
      'Message MessageId MessageBodyMD5 MessageBody EnqueueTime FirstDequeueTime DequeueCount Priority'
    )
    expect(reply.one('DequeueCount')).toBe('0')
    expect(reply.one('FirstDequeueTime')).toBe(reply.one('EnqueueTime'))
    const batch = await mns.get(`${MESSAGES}?peekonly=true&numOfMessages=3`)
    expect([batch.elements()[0], ...batch.all('MessageBody')]).toEqual(['Messages', '1', '2'])
    expect(mns.service.stats('q')).toMatchObject({ visible: 2, invisible: 0 })
  })

  test('45: properties come back as they were sent, system before user, in indented XML', async () => {
    const mns = await standing()
    const property = (entry: string, name: string, value: string, type: string) =>
      `<${entry}><Name>${name}</Name><Value>${value}</Value><Type>${type}</Type></${entry}>`
    const user = property('PropertyValue', 'a', '1', 'NUMBER') + property('PropertyValue', 'b', 'x &lt; y', 'STRING')
    const system = property('SystemPropertyValue', 'traceparent', '00-1', 'STRING')
    const lists = `<UserProperties>${user}</UserProperties><SystemProperties>${system}</SystemProperties>`
    await mns.post(MESSAGES, `<Message><MessageBody>x</MessageBody>${lists}</Message>`)
    const reply = await mns.get(MESSAGES)
    expect(reply.text.startsWith('<?xml version="1.0" ?>\n<Message xmlns="http://mns.aliyuncs.com/doc/v1">\n')).toBe(
      true
    )
    expect(reply.text.slice(reply.text.indexOf('  <SystemProperties>'))).toBe(`  <SystemProperties>
    <SystemPropertyValue>
      <Name>traceparent</Name>
      <Value>00-1</Value>
      <Type>STRING</Type>
    </SystemPropertyValue>
  </SystemProperties>
  <UserProperties>
    <PropertyValue>
      <Name>a</Name>
      <Value>1</Value>
      <Type>NUMBER</Type>
    </PropertyValue>
    <PropertyValue>
      <Name>b</Name>
      <Value>x &lt; y</Value>
      <Type>STRING</Type>
    </PropertyValue>
  </UserProperties>
</Message>
`)
  })

  test('46: is gone at the end of its retention, also while it is invisible', async () => {
    const mns = await standing({}, { messageRetentionPeriod: 60, visibilityTimeout: 3_600 })
    mns.service.send('q', ['seen', 'unseen'])
    const handle = (await mns.get(MESSAGES)).one('ReceiptHandle')
    mns.clock.advance(59_999)
    expect(mns.service.stats('q')).toMatchObject({ visible: 1, invisible: 1 })
    mns.clock.advance(1)
    expect(mns.service.messages('q')).toEqual([])
    expect((await mns.delete(`${MESSAGES}?ReceiptHandle=${handle}`)).refusal).toBe('400 ReceiptHandleError')
  })
})
