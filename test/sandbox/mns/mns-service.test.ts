import { expect, test } from 'vitest'
import { createMnsService } from '../../../src/sandbox/mns/mns-service.ts'
import { MNS_KEYS, startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

const MESSAGES = '/queues/q/messages'

test('any number of messages can be sent from inside, now or later', async () => {
  const clock = new ManualClock()
  const { service } = await startMns({ clock })
  service.createQueue('q', { delaySeconds: 5 })
  expect(service.send('q', Array(1_000).fill('x'))).toHaveLength(1_000)
  service.send('q', ['now'], { delayMs: 0 })
  service.send('q', ['later'], { delayMs: 60_000 })
  expect(service.stats('q')).toEqual({ visible: 1, invisible: 0, delayed: 1_001, sent: 1_002, deleted: 0, polls: 0 })
  clock.advance(5_000)
  expect(service.stats('q')).toMatchObject({ visible: 1_001, delayed: 1 })
})

test('what the wire would refuse is thrown', async () => {
  const { service } = await startMns()
  service.createQueue('q')
  service.createQueue('q')
  expect(() => service.createQueue('q', { delaySeconds: 1 })).toThrow('already exist')
  expect(() => service.createQueue('_q')).toThrow('invalid')
  expect(() => service.createQueue('r', { visibilityTimeout: 0 })).toThrow('between 1 and 43200 seconds')
  expect(() => service.send('none', ['x'])).toThrow('not exist')
  expect(() => service.stats('none')).toThrow('not exist')
})

test('deletions are told to those who listen, as long as they do', async () => {
  const mns = await startMns()
  mns.service.createQueue('q')
  const [id] = mns.service.send('q', ['heard', 'unheard'])
  const heard: unknown[] = []
  const stop = mns.service.onDelete((deletion) => heard.push(deletion))
  const [first, second] = (await mns.get(`${MESSAGES}?numOfMessages=2`)).all('ReceiptHandle')
  await mns.delete(`${MESSAGES}?ReceiptHandle=${first}`)
  stop()
  await mns.delete(`${MESSAGES}?ReceiptHandle=${second}`)
  expect(heard).toEqual([{ queue: 'q', id, body: 'heard' }])
})

test('waiting for a state ends when it comes, also when it comes by time alone', async () => {
  const clock = new ManualClock()
  const { service } = await startMns({ clock })
  service.createQueue('q')
  service.send('q', ['later'], { delayMs: 1_000 })
  let seen = false
  const waited = service
    .waitFor(() => service.stats('q').visible === 1)
    .then(() => {
      seen = true
    })
  clock.advance(999)
  await Promise.resolve()
  expect(seen).toBe(false)
  clock.advance(1)
  await waited
  await service.waitFor(() => true)
})

test('waiting ends with a reason when the state does not come', async () => {
  const { service } = await startMns()
  await expect(service.waitFor(() => false, { timeoutMs: 5 })).rejects.toThrow('within 5 ms')
  await expect(service.waitFor(() => service.stats('none').visible === 0)).rejects.toThrow('not exist')
  const waited = expect(service.waitFor(() => false)).rejects.toThrow('closed')
  await service.close()
  await waited
})

test('closing ends held polls and leaves no timer', async () => {
  const clock = new ManualClock()
  const mns = await startMns({ clock })
  mns.service.createQueue('q')
  const poll = mns.get(`${MESSAGES}?waitseconds=30`)
  await mns.service.waitFor(() => mns.service.stats('q').polls === 1)
  mns.service.createQueue('other')
  mns.service.send('other', ['x'], { delayMs: 1_000 })
  expect(clock.pending).toBe(1)
  await mns.service.close()
  await mns.service.close()
  expect(clock.pending).toBe(0)
  expect((await poll).refusal).toBe('404 MessageNotExist')
})

test('a service that nobody asks anything sets no timer', async () => {
  const clock = new ManualClock()
  const service = await createMnsService({ ...MNS_KEYS, clock })
  service.createQueue('q')
  expect(clock.pending).toBe(0)
  await service.close()
})
