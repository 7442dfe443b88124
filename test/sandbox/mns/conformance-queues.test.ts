import { describe, expect, test } from 'vitest'
import { startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

describe('create and change', () => {
  test('15: a new queue', async () => {
    const mns = await startMns()
    const reply = await mns.put('/queues/q', '<Queue><DelaySeconds>1</DelaySeconds></Queue>')
    expect(reply.status).toBe(201)
    expect(reply.headers.location).toBe(`${mns.server.url}/queues/q`)
  })

  test('16: the same queue again', async () => {
    const mns = await startMns()
    const body = '<Queue xmlns="http://mns.aliyuncs.com/doc/v1/"><VisibilityTimeout>60</VisibilityTimeout></Queue>'
    await mns.put('/queues/q', body)
    const again = await mns.put('/queues/q', body)
    expect([again.status, again.headers.location]).toEqual([204, `${mns.server.url}/queues/q`])
    expect((await mns.put('/queues/plain', '<Queue/>')).status).toBe(201)
    expect((await mns.put('/queues/plain', '<Queue/>')).status).toBe(204)
  })

  test('17: the same name with other attributes', async () => {
    const mns = await startMns()
    await mns.put('/queues/q', '<Queue/>')
    const reply = await mns.put('/queues/q', '<Queue><DelaySeconds>1</DelaySeconds></Queue>')
    expect(reply.refusal).toBe('409 QueueAlreadyExist')
  })

  test.each([
    ['PollingWaitSeconds', 31],
    ['PollingWaitSeconds', 60],
    ['VisibilityTimeout', 0],
    ['VisibilityTimeout', 43_201],
    ['DelaySeconds', 604_801],
    ['MaximumMessageSize', 1_023],
    ['MaximumMessageSize', 65_537],
    ['MessageRetentionPeriod', 59],
    ['MessageRetentionPeriod', 604_801],
    ['DelaySeconds', 'soon'],
    ['LoggingEnabled', 'perhaps']
  ])('18: %s %s is refused, at creation and later', async (element, value) => {
    const mns = await startMns()
    const body = `<Queue><${element}>${value}</${element}></Queue>`
    expect((await mns.put('/queues/q', body)).refusal).toBe('400 InvalidArgument')
    expect((await mns.get('/queues/q')).refusal).toBe('404 QueueNotExist')
    await mns.put('/queues/q', '<Queue/>')
    expect((await mns.put('/queues/q?metaoverride=true', body)).refusal).toBe('400 InvalidArgument')
  })

  test('19: names', async () => {
    const mns = await startMns()
    expect((await mns.put(`/queues/${'n'.repeat(121)}`, '<Queue/>')).refusal).toBe('400 QueueNameLengthError')
    expect((await mns.put(`/queues/${'n'.repeat(120)}`, '<Queue/>')).status).toBe(201)
    for (const name of ['_bad', '-bad', 'b%20d', 'b%2Fd']) {
      expect((await mns.put(`/queues/${name}`, '<Queue/>')).refusal).toBe('400 InvalidQueueName')
    }
  })

  test('20: metaoverride changes what it names and nothing else', async () => {
    const clock = new ManualClock()
    const mns = await startMns({ clock })
    await mns.put('/queues/q', '<Queue><DelaySeconds>7</DelaySeconds></Queue>')
    clock.advance(5_000)
    const body = '<Queue><LoggingEnabled>True</LoggingEnabled></Queue>'
    expect((await mns.put('/queues/q?metaoverride=true', body)).status).toBe(204)
    const reply = await mns.get('/queues/q')
    expect([reply.one('LoggingEnabled'), reply.one('DelaySeconds')]).toEqual(['True', '7'])
    expect(Number(reply.one('LastModifyTime')) - Number(reply.one('CreateTime'))).toBe(5)
    expect((await mns.put('/queues/none?metaoverride=true', body)).refusal).toBe('404 QueueNotExist')
  })
})

describe('read', () => {
  test('21: all twelve attributes, with their defaults', async () => {
    const clock = new ManualClock()
    const mns = await startMns({ clock })
    await mns.put('/queues/q', '<Queue/>')
    mns.service.send('q', ['a', 'b', 'c'])
    mns.service.send('q', ['d'], { delayMs: 1_000 })
    await mns.get('/queues/q/messages')
    const reply = await mns.get('/queues/q')
    const seconds = String(clock.now() / 1000)
    const expected = [
      ['QueueName', 'q'],
      ['CreateTime', seconds],
      ['LastModifyTime', seconds],
      ['DelaySeconds', '0'],
      ['MaximumMessageSize', '65536'],
      ['MessageRetentionPeriod', '345600'],
      ['VisibilityTimeout', '30'],
      ['PollingWaitSeconds', '0'],
      ['ActiveMessages', '2'],
      ['InactiveMessages', '1'],
      ['DelayMessages', '1'],
      ['LoggingEnabled', 'False']
    ] as const
    expect(reply.elements()).toEqual(['Queue', ...expected.map(([name]) => name)])
    for (const [name, value] of expected) expect([name, reply.one(name)]).toEqual([name, value])
  })

  test('22: a mode in which the counters are 0', async () => {
    const mns = await startMns({ behaviour: { zeroCounters: true } })
    mns.service.createQueue('q')
    mns.service.send('q', ['a', 'b'])
    await mns.get('/queues/q/messages')
    const reply = await mns.get('/queues/q')
    expect(['ActiveMessages', 'InactiveMessages', 'DelayMessages'].map((name) => reply.one(name))).toEqual([
      '0',
      '0',
      '0'
    ])
    expect(mns.service.stats('q')).toMatchObject({ visible: 1, invisible: 1 })
  })

  test('23: a deleted queue is gone, and can be deleted again', async () => {
    const mns = await startMns()
    await mns.put('/queues/q', '<Queue/>')
    expect((await mns.delete('/queues/q')).status).toBe(204)
    expect((await mns.get('/queues/q')).refusal).toBe('404 QueueNotExist')
    expect((await mns.delete('/queues/q')).status).toBe(204)
  })

  test('24: the list, in pages', async () => {
    const mns = await startMns()
    const empty = await mns.get('/queues')
    expect([empty.status, ...empty.elements()]).toEqual([200, 'Queues'])
    for (const name of ['app-b', 'app-a', 'other']) mns.service.createQueue(name)
    const page = { 'x-mns-prefix': 'app-', 'x-mns-ret-number': '1' }
    const first = await mns.get('/queues', { headers: page })
    expect(first.elements()).toEqual(['Queues', 'Queue', 'QueueURL', 'QueueName', 'NextMarker'])
    expect(first.one('QueueURL')).toBe(`${mns.server.url}/queues/app-a`)
    const second = await mns.get('/queues', { headers: { ...page, 'x-mns-marker': first.one('NextMarker') } })
    expect(second.elements()).toEqual(['Queues', 'Queue', 'QueueURL', 'QueueName'])
    expect(second.one('QueueName')).toBe('app-b')
    const meta = await mns.get('/queues', { headers: { 'x-mns-with-meta': 'true' } })
    expect(meta.all('QueueName')).toEqual(['app-a', 'app-b', 'other'])
    expect(meta.all('VisibilityTimeout')).toEqual(['30', '30', '30'])
    for (const bad of ['0', '1001', 'all']) {
      const headers = { 'x-mns-ret-number': bad }
      expect((await mns.get('/queues', { headers })).refusal).toBe('400 InvalidArgument')
    }
  })
})
