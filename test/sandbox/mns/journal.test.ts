import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createMnsService, type MnsService } from '../../../src/sandbox/mns/mns-service.ts'
import { MNS_KEYS, startMns } from '../../support/mns-request.ts'
import { ManualClock } from '../manual-clock.ts'

const MESSAGES = '/queues/q/messages'

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'mns-journal-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

const fileOf = (dir: string) => join(dir, 'mns.jsonl')

const start = (dataDir: string, clock: ManualClock) => startMns({ dataDir, clock })

/** What a killed process leaves behind: a copy of the file while the service is still open. */
function killed(dir: string): string {
  const copy = temporaryDir()
  writeFileSync(fileOf(copy), readFileSync(fileOf(dir)))
  return copy
}

const views = (service: MnsService) =>
  service.messages('q').map(({ body, state, dequeueCount }) => [body, state, dequeueCount])

test('queues and messages outlive a kill, and what was in flight keeps its deadline and its handle', async () => {
  const clock = new ManualClock()
  const dir = temporaryDir()
  const before = await start(dir, clock)
  before.service.createQueue('q', { visibilityTimeout: 60 })
  before.service.createQueue('gone')
  before.service.send('q', ['deleted', 'in flight', 'extended', 'waiting'])
  before.service.send('q', ['delayed'], { delayMs: 90_000 })
  const handles = (await before.get(`${MESSAGES}?numOfMessages=3`)).all('ReceiptHandle').map(encodeURIComponent)
  await before.delete(`${MESSAGES}?ReceiptHandle=${handles[0]}`)
  const extended = await before.put(`${MESSAGES}?receiptHandle=${handles[2]}&visibilityTimeout=300`)
  await before.delete('/queues/gone')
  const copy = killed(dir)
  clock.advance(59_999)

  const after = await start(copy, clock)
  expect((await after.get('/queues')).all('QueueName')).toEqual(['q'])
  expect((await after.get('/queues/q')).one('VisibilityTimeout')).toBe('60')
  expect(views(after.service)).toEqual([
    ['in flight', 'invisible', 1],
    ['extended', 'invisible', 1],
    ['waiting', 'visible', 0],
    ['delayed', 'delayed', 0]
  ])
  clock.advance(1)
  expect(views(after.service)[0]).toEqual(['in flight', 'visible', 1])
  expect((await after.delete(`${MESSAGES}?ReceiptHandle=${handles[1]}`)).refusal).toBe('400 ReceiptHandleError')
  expect((await after.delete(`${MESSAGES}?ReceiptHandle=${handles[2]}`)).refusal).toBe('400 ReceiptHandleError')
  const newest = encodeURIComponent(extended.one('ReceiptHandle'))
  expect((await after.delete(`${MESSAGES}?ReceiptHandle=${newest}`)).status).toBe(204)
  clock.advance(30_000)
  expect(views(after.service).at(-1)).toEqual(['delayed', 'visible', 0])
})

test('a live handle is good for the process that comes after', async () => {
  const clock = new ManualClock()
  const dir = temporaryDir()
  const before = await start(dir, clock)
  before.service.createQueue('q')
  before.service.send('q', ['x'])
  const handle = encodeURIComponent((await before.get(MESSAGES)).one('ReceiptHandle'))
  const after = await start(killed(dir), clock)
  expect((await after.delete(`${MESSAGES}?ReceiptHandle=${handle}`)).status).toBe(204)
})

test('what time did while nobody ran is made up for: timeouts, retention, dead letters', async () => {
  const clock = new ManualClock()
  const dir = temporaryDir()
  const before = await start(dir, clock)
  before.service.createQueue('q')
  before.service.createQueue('dead')
  before.service.createQueue('short', { messageRetentionPeriod: 60 })
  before.service.setDeadLetter('q', { target: 'dead', maxReceiveCount: 1 })
  before.service.send('q', ['poison'])
  before.service.send('short', ['old'])
  await before.get(MESSAGES)
  await before.close()
  clock.advance(60_000)
  const after = await start(dir, clock)
  expect(after.service.messages('q')).toEqual([])
  expect(after.service.messages('dead')).toMatchObject([{ body: 'poison', state: 'visible', dequeueCount: 0 }])
  expect(after.service.messages('short')).toEqual([])
  const handle = encodeURIComponent((await after.get('/queues/dead/messages')).one('ReceiptHandle'))
  await after.delete(`/queues/dead/messages?ReceiptHandle=${handle}`)
  const again = await start(killed(dir), clock)
  expect([...again.service.messages('dead'), ...again.service.messages('q')]).toEqual([])
})

test('a dead letter whose move was cut off is in the other queue once', async () => {
  const clock = new ManualClock()
  const dir = temporaryDir()
  const before = await start(dir, clock)
  before.service.createQueue('q')
  before.service.createQueue('dead')
  before.service.setDeadLetter('q', { target: 'dead', maxReceiveCount: 1 })
  before.service.send('q', ['poison'])
  await before.get(MESSAGES)
  clock.advance(30_000)
  const text = readFileSync(fileOf(dir), 'utf8')
  const removal = text.indexOf('{"op":"delete"')
  expect(text.slice(removal).split('\n')).toHaveLength(2)
  const copy = killed(dir)
  truncateSync(fileOf(copy), removal)
  const { service } = await start(copy, clock)
  expect(service.messages('q')).toEqual([])
  expect(service.messages('dead')).toMatchObject([{ body: 'poison' }])
  expect(service.stats('dead')).toMatchObject({ visible: 1, invisible: 0 })
})

test('wherever a kill cuts the file off, all whole lines count', async () => {
  const clock = new ManualClock()
  const dir = temporaryDir()
  const { service } = await start(dir, clock)
  service.createQueue('q')
  service.send('q', ['one', 'two'])
  const text = readFileSync(fileOf(dir), 'utf8')
  const lastLine = text.lastIndexOf('\n', text.length - 2) + 1
  for (let length = lastLine; length <= text.length; length += 7) {
    const copy = killed(dir)
    truncateSync(fileOf(copy), length)
    const after = await createMnsService({ ...MNS_KEYS, dataDir: copy, clock })
    expect(after.messages('q').map(({ body }) => body)).toEqual(length >= text.length - 1 ? ['one', 'two'] : ['one'])
    after.send('q', ['three'])
    await after.close()
    const last = await createMnsService({ ...MNS_KEYS, dataDir: copy, clock })
    expect(last.messages('q').at(-1)?.body).toBe('three')
    await last.close()
  }
})

test('damage before the last line is not passed over', async () => {
  const dir = temporaryDir()
  appendFileSync(fileOf(dir), '{"op":"drop","name":"x"}\n{"op":"put","na\n{"op":"drop","name":"x"}\n')
  await expect(createMnsService({ ...MNS_KEYS, dataDir: dir })).rejects.toThrow(/line 2 is damaged/)
})

test('a start writes the file anew, with what is alive', async () => {
  const clock = new ManualClock()
  const dir = temporaryDir()
  const before = await start(dir, clock)
  before.service.createQueue('q')
  before.service.send('q', Array(100).fill('x'.repeat(1_000)))
  while (before.service.stats('q').visible > 0) {
    const handles = (await before.get(`${MESSAGES}?numOfMessages=16`)).all('ReceiptHandle')
    const list = handles.map((handle) => `<ReceiptHandle>${handle}</ReceiptHandle>`).join('')
    await before.delete(MESSAGES, `<ReceiptHandles>${list}</ReceiptHandles>`)
  }
  await before.close()
  expect(statSync(fileOf(dir)).size).toBeGreaterThan(100_000)
  const after = await start(dir, clock)
  expect(statSync(fileOf(dir)).size).toBeLessThan(1_000)
  expect(after.service.stats('q')).toMatchObject({ visible: 0, invisible: 0, delayed: 0 })
})
