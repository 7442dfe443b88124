import { expect, test } from 'vitest'
import { requireSdk } from '../../../src/cloud/sdk.ts'
import { MNS_KEYS, startMns } from '../../support/mns-request.ts'

type Fields = Readonly<Record<string, string>>

interface Answer<Body> {
  readonly code: number
  readonly headers: Fields
  readonly body: Body
}

/** The part of the vendor's client, which comes without types, that works on queues. */
interface StockClient {
  createQueue(name: string, attributes?: object): Promise<Answer<undefined>>
  deleteQueue(name: string): Promise<Answer<undefined>>
  listQueue(start?: string, limit?: number, prefix?: string): Promise<Answer<Fields[] | undefined>>
  getQueueAttributes(name: string): Promise<Answer<Fields>>
  setQueueAttributes(name: string, attributes: object): Promise<Answer<undefined>>
  sendMessage(name: string, message: object): Promise<Answer<Fields>>
  batchSendMessage(name: string, messages: object[]): Promise<Answer<Fields[]>>
  receiveMessage(name: string, waitSeconds?: number): Promise<Answer<Fields>>
  batchReceiveMessage(name: string, count: number, waitSeconds?: number): Promise<Answer<Fields[]>>
  peekMessage(name: string): Promise<Answer<Fields>>
  batchPeekMessage(name: string, count: number): Promise<Answer<Fields[]>>
  deleteMessage(name: string, handle: string): Promise<Answer<undefined>>
  batchDeleteMessage(name: string, handles: string[]): Promise<Answer<Fields[] | undefined>>
  changeMessageVisibility(name: string, handle: string, seconds: number): Promise<Answer<Fields>>
}

const Client = requireSdk<new (account: string, options: object) => StockClient>('@alicloud/mns')

async function stock(options = {}) {
  const mns = await startMns()
  return { ...mns, client: new Client('1234567890', { ...MNS_KEYS, endpoint: mns.server.url, ...options }) }
}

test("the vendor's client manages queues", async () => {
  const { client, server } = await stock()
  expect((await client.listQueue()).body).toBeUndefined()
  const created = await client.createQueue('app-queue', { VisibilityTimeout: 60 })
  expect([created.code, created.headers['location']]).toEqual([201, `${server.url}/queues/app-queue`])
  expect((await client.createQueue('app-queue', { VisibilityTimeout: 60 })).code).toBe(204)
  await client.createQueue('app-second')
  const page = await client.listQueue('', 1, 'app-')
  expect(page.body).toMatchObject([{ QueueName: 'app-queue', QueueURL: `${server.url}/queues/app-queue` }])
  expect((await client.setQueueAttributes('app-queue', { DelaySeconds: 3 })).code).toBe(204)
  const { code, body } = await client.getQueueAttributes('app-queue')
  expect([code, body['VisibilityTimeout'], body['DelaySeconds'], body['ActiveMessages']]).toEqual([200, '60', '3', '0'])
  expect((await client.deleteQueue('app-queue')).code).toBe(204)
})

test("the vendor's client sends, peeks, receives and deletes one message", async () => {
  const { client, service } = await stock()
  service.createQueue('q')
  const sent = await client.sendMessage('q', { MessageBody: 'aGVsbG8=', Priority: 3 })
  expect([sent.code, sent.body['MessageBodyMD5']]).toEqual([201, '0733351879B2FA9BD05C7CA3061529C0'])
  expect((await client.peekMessage('q')).body).toMatchObject({ MessageBody: 'aGVsbG8=', DequeueCount: '0' })
  const received = await client.receiveMessage('q', 5)
  expect(received.body).toMatchObject({ MessageId: sent.body['MessageId'], DequeueCount: '1', Priority: '3' })
  const changed = await client.changeMessageVisibility('q', received.body['ReceiptHandle'] ?? '', 60)
  expect(changed.code).toBe(200)
  const handle = changed.body['ReceiptHandle'] ?? ''
  expect((await client.deleteMessage('q', handle)).code).toBe(204)
  await expect(client.deleteMessage('q', handle)).rejects.toMatchObject({ name: 'MNSReceiptHandleErrorError' })
})

test("the vendor's client works in batches", async () => {
  const { client, service } = await stock()
  service.createQueue('q')
  const sent = await client.batchSendMessage('q', [{ MessageBody: 'one' }, { MessageBody: 'two' }])
  expect([sent.code, sent.body.length]).toEqual([201, 2])
  expect((await client.batchPeekMessage('q', 16)).body).toMatchObject([{ MessageBody: 'one' }, { MessageBody: 'two' }])
  const { body } = await client.batchReceiveMessage('q', 16, 5)
  const handles = body.map((message) => message['ReceiptHandle'] ?? '')
  const partial = await client.batchDeleteMessage('q', ['1-ODU4OTkzNDU5My0xNDM1MTk3NjAwLTItNg==', ...handles.slice(1)])
  expect([partial.code, partial.body?.length]).toEqual([404, 1])
  expect(partial.body).toMatchObject([{ ErrorCode: 'ReceiptHandleError' }])
  expect((await client.batchDeleteMessage('q', handles.slice(0, 1))).code).toBe(204)
  expect(service.stats('q')).toMatchObject({ deleted: 2, visible: 0, invisible: 0 })
})

test("the vendor's client makes its errors of the service's", async () => {
  const { client, service, server } = await stock()
  service.createQueue('q')
  await expect(client.receiveMessage('none')).rejects.toMatchObject({ name: 'MNSQueueNotExistError' })
  await expect(client.batchReceiveMessage('q', 16)).rejects.toMatchObject({ name: 'MNSMessageNotExistError' })
  await expect(client.sendMessage('q', { MessageBody: 'a&b' })).rejects.toMatchObject({ name: 'MNSMalformedXMLError' })
  await expect(client.createQueue('q', { DelaySeconds: 1 })).rejects.toMatchObject({
    name: 'MNSQueueAlreadyExistError'
  })
  const stranger = new Client('1', { accessKeyId: 'nobody', accessKeySecret: 'x', endpoint: server.url })
  await expect(stranger.listQueue()).rejects.toThrow(/requestid: [0-9A-F]{24}, hostid: http:.*does not exist/)
})

test("the vendor's client brings its security token", async () => {
  const mns = await startMns({ securityToken: 'token' })
  const options = { ...MNS_KEYS, endpoint: mns.server.url }
  expect((await new Client('1', { ...options, securityToken: 'token' }).createQueue('q')).code).toBe(201)
  await expect(new Client('1', options).createQueue('q')).rejects.toMatchObject({
    name: 'MNSInvalidSecurityTokenError'
  })
})
