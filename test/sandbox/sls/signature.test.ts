import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import {
  encodeGroup,
  putGroup,
  type RawRequest,
  SLS_KEYS,
  type SlsSandbox,
  sendRaw,
  startSls
} from '../../support/sls-sandbox.ts'
import { sdk, stockSlsClient } from '../../support/sls-stock-clients.ts'

let sls: SlsSandbox
afterEach(() => sls.close())

const get = (more: Partial<RawRequest> = {}): RawRequest => ({
  method: 'GET',
  target: '/logstores/ecs-events',
  ...more
})

test('a v1 request signed as the vendor describes it is taken, with parameters in any order', async () => {
  sls = await startSls()
  const answer = await sendRaw(sls.server.port, get({ target: '/logstores?size=10&logstoreName=ecs%20%2B&offset=0' }))
  expect(answer.status).toBe(200)
  expect(answer.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/)
})

test.each<[string, Partial<RawRequest>, number, string]>([
  ['another secret', { secret: 'wrong' }, 401, 'SignatureNotMatch'],
  ['a header added after signing', { headers: { authorization: 'LOG sandbox-id:AAAA' } }, 401, 'SignatureNotMatch'],
  ['an unknown key', { headers: { authorization: 'LOG someone-else:AAAA' } }, 401, 'InvalidAccessKeyId'],
  ['no authorization', { headers: { authorization: '' } }, 400, 'MissAccessKeyId'],
  ['no API version', { headers: { 'x-log-apiversion': undefined } }, 400, 'MissingAPIVersion'],
  ['another API version', { headers: { 'x-log-apiversion': '0.4.0' } }, 400, 'InvalidAPIVersion'],
  ['no signature method', { headers: { 'x-log-signaturemethod': undefined } }, 400, 'MissingSignatureMethod'],
  ['another signature method', { headers: { 'x-log-signaturemethod': 'md5' } }, 400, 'InvalidSignatureMethod'],
  ['no date', { headers: { date: undefined } }, 400, 'MissingDate'],
  ['an unreadable date', { headers: { date: 'yesterday' } }, 400, 'InvalidDateFormat']
])('%s is refused', async (_what, more, status, code) => {
  sls = await startSls()
  const answer = await sendRaw(sls.server.port, get(more))
  expect([answer.status, answer.errorCode]).toEqual([status, code])
})

test('a body that was changed after signing is refused', async () => {
  sls = await startSls()
  const group = encodeGroup([{ time: Math.floor(Date.now() / 1000), fields: { a: '1' } }])
  const md5 = createHash('md5').update('other').digest('hex').toUpperCase()
  const answer = await putGroup(sls.server.port, group, { headers: { 'content-md5': md5 } })
  expect(answer.errorCode).toBe('SignatureNotMatch')
})

test('a clock up to 15 minutes off is taken, a larger skew is refused under either name', async () => {
  const nowMs = Date.UTC(2026, 10, 22)
  sls = await startSls({ now: () => nowMs })
  for (const minutes of [-15, 15]) {
    expect((await sendRaw(sls.server.port, get({ dateMs: nowMs + minutes * 60_000 }))).status).toBe(200)
  }
  for (const minutes of [-16, 16]) {
    const answer = await sendRaw(sls.server.port, get({ dateMs: nowMs + minutes * 60_000 }))
    expect([answer.status, answer.errorCode]).toEqual([400, 'RequestTimeExpired'])
  }
  await sls.close()
  sls = await startSls({ now: () => nowMs, clockSkewCode: 'RequestTimeTooSkewed' })
  expect((await sendRaw(sls.server.port, get({ dateMs: 0 }))).errorCode).toBe('RequestTimeTooSkewed')
})

test('with a security token set, requests must carry it', async () => {
  sls = await startSls({ securityToken: 'sts-token' })
  const token = (text: string) => get({ headers: { 'x-acs-security-token': text } })
  expect((await sendRaw(sls.server.port, token('sts-token'))).status).toBe(200)
  expect((await sendRaw(sls.server.port, token('old-token'))).errorCode).toBe('Unauthorized')
  expect((await sendRaw(sls.server.port, get())).errorCode).toBe('Unauthorized')
})

test.each([
  ['secret', { accessKeySecret: 'wrong' }, 'SignatureNotMatch'],
  ['region', { region: 'cn-beijing' }, 'SignatureNotMatch'],
  ['key', { accessKeyId: 'nobody' }, 'InvalidAccessKeyId']
])('a v4 signature with another %s is refused', async (_what, keys, code) => {
  sls = await startSls()
  await sls.service.createProject('127')
  const client = stockSlsClient(sls.server.port, { ...SLS_KEYS, ...keys }, 'v4')
  const request = new sdk.ListLogStoresRequest({ logstoreName: 'a b&c=d' })
  await expect(client.listLogStores('127', request)).rejects.toMatchObject({ code })
  const good = stockSlsClient(sls.server.port, SLS_KEYS, 'v4')
  expect((await good.listLogStores('127', request)).body?.total).toBe(0)
})
