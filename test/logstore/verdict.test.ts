import { describe, expect, it } from 'vitest'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import type { FaultClass } from '../../src/cloud/fault.ts'
import { AuditError } from '../../src/lib/errors.ts'
import type { PutOutcome } from '../../src/logstore/sink.ts'
import { serve } from '../queue/serve-script.ts'
import { countingCredentials, openClient, openSink, openSls, someRecords } from './open-sink.ts'

type Row = readonly [status: number, code: string, kind: PutOutcome['kind'], cls: FaultClass]

/** Simple Log Service, Common error codes, and the error codes of PutLogs. */
const ROWS: readonly Row[] = [
  [403, 'WriteQuotaExceed', 'retry', 'throttled'],
  [403, 'ShardWriteQuotaExceed', 'retry', 'throttled'],
  [403, 'MetaOperationQpsLimitExceeded', 'retry', 'throttled'],
  [403, 'ExceedQuota', 'retry', 'throttled'],
  [403, 'SomeNewQuotaExceeded', 'retry', 'throttled'],
  [403, 'ProjectForbidden', 'retry', 'credentials'],
  [500, 'InternalServerError', 'retry', 'unavailable'],
  [500, 'RequestTimeout', 'retry', 'unavailable'],
  [503, 'ServerBusy', 'retry', 'unavailable'],
  [502, 'SomeNewCode', 'retry', 'unavailable'],
  [401, 'Unauthorized', 'retry', 'credentials'],
  [401, 'SignatureNotMatch', 'retry', 'credentials'],
  [401, 'InvalidAccessKeyId', 'retry', 'credentials'],
  [401, 'SomeNewCode', 'retry', 'credentials'],
  [403, 'SomeNewCode', 'retry', 'credentials'],
  [400, 'RequestTimeExpired', 'retry', 'clock'],
  [400, 'RequestTimeTooSkewed', 'retry', 'clock'],
  [404, 'ProjectNotExist', 'retry', 'missing'],
  [404, 'LogStoreNotExist', 'retry', 'missing'],
  [404, 'ProjectNotExists', 'retry', 'missing'],
  [404, 'LogstoreNotExists', 'retry', 'missing'],
  [404, 'SomeNewCode', 'retry', 'missing'],
  [400, 'PostBodyInvalid', 'refused', 'rejected'],
  [499, 'PostBodyInvalid', 'refused', 'rejected'],
  [400, 'InvalidTimestamp', 'refused', 'rejected'],
  [400, 'InvalidEncoding', 'refused', 'rejected'],
  [400, 'InvalidKey', 'refused', 'rejected'],
  [400, 'PostBodyUncompressError', 'refused', 'rejected'],
  [400, 'ParameterInvalid', 'refused', 'rejected'],
  [400, 'SomeNewCode', 'refused', 'rejected'],
  [400, 'PostBodyTooLarge', 'too-large', 'rejected'],
  [413, 'PostBodyTooLarge', 'too-large', 'rejected'],
  [413, 'SomeNewCode', 'too-large', 'rejected'],
  [400, 'MissingBodyRawSize', 'retry', 'rejected'],
  [400, 'InvalidBodyRawSize', 'retry', 'rejected'],
  [400, 'InvalidCompressType', 'retry', 'rejected'],
  [400, 'MissingContentType', 'retry', 'rejected'],
  [400, 'MissingSomethingNew', 'retry', 'rejected'],
  [400, 'InvalidDateFormat', 'retry', 'rejected'],
  [400, 'InvalidAPIVersion', 'retry', 'rejected'],
  [411, 'MissingContentLength', 'retry', 'rejected'],
  [415, 'InvalidContentType', 'retry', 'rejected'],
  [405, 'MethodNotAllowed', 'retry', 'rejected'],
  [429, 'SomeNewCode', 'retry', 'throttled'],
  [400, 'constructor', 'refused', 'rejected']
]

describe('an error answer of the service', () => {
  it.each(ROWS)('%i %s: %s, %s', async (status, code, kind, cls) => {
    const answer = JSON.stringify({ errorCode: code, errorMessage: 'text of the service' })
    const server = await serve((response) => {
      response.sendDate = false
      response.writeHead(status, { 'x-log-requestid': 'R1' }).end(answer)
    })
    const credentials = countingCredentials()
    const outcome = await openSink(server.url, { credentials }).put('event', someRecords(2))
    expect(outcome).toMatchObject({ kind, fault: { class: cls, code, status, requestId: 'R1' } })
    expect(credentials.invalidations()).toBe(cls === 'credentials' && code !== 'ProjectForbidden' ? 1 : 0)
    expect(server.arrivals).toHaveLength(1)
  })

  it.each([
    'WriteQuotaExceed',
    'ServerBusy',
    'Unauthorized',
    'LogStoreNotExist',
    'PostBodyInvalid',
    'PostBodyTooLarge',
    'MissingBodyRawSize'
  ])('%s has the same outcome from the sandbox', async (code) => {
    const { server, faults } = await openSls()
    faults.add({ service: 'sls', operation: 'PutLogs', kind: 'error', code })
    const [, , kind, cls] = ROWS.find((row) => row[1] === code) ?? []
    const outcome = await openSink(server.url).put('event', someRecords(2))
    expect(outcome).toMatchObject({ kind, fault: { class: cls, code } })
  })

  it('with keys that are really wrong is told as such', async () => {
    const { server } = await openSls()
    const refusals = { 'bad-id': 'InvalidAccessKeyId', 'sandbox-id': 'SignatureNotMatch' }
    for (const [id, code] of Object.entries(refusals)) {
      const sink = openSink(server.url, { credentials: staticCredentials(id, 'wrong-secret') })
      expect(await sink.put('event', someRecords(1))).toMatchObject({
        kind: 'retry',
        fault: { class: 'credentials', code, status: 401 }
      })
    }
  })

  it('with a security token is signed over it', async () => {
    const { server } = await openSls({ securityToken: 'token-1' })
    const withToken = (token: string) =>
      openSink(server.url, { credentials: staticCredentials('sandbox-id', 'sandbox-secret', token) })
    expect(await withToken('token-1').put('event', someRecords(1))).toEqual({ kind: 'stored' })
    expect(await withToken('expired').put('event', someRecords(1))).toMatchObject({ kind: 'retry' })
  })

  it('is not even asked for without credentials', async () => {
    const { server } = await openSls()
    const get = async () => {
      throw new AuditError('denied', 'set ALIBABA_CLOUD_ACCESS_KEY_ID')
    }
    const outcome = await openSink(server.url, { credentials: { get, invalidate: () => undefined } }).put(
      'event',
      someRecords(1)
    )
    expect(outcome).toMatchObject({
      kind: 'retry',
      fault: { class: 'credentials', code: 'NoCredentials', message: 'set ALIBABA_CLOUD_ACCESS_KEY_ID' }
    })
    expect(server.counts.size).toBe(0)
  })
})

describe('a fault message', () => {
  const SECRET = 'wJalrXUtnFEMI-marked-secret'
  const TOKEN = 'CAIS-marked-token=='
  const BODY = 'marked-message-body'

  it.each(ROWS)('%i %s tells no secret, even when the service repeats all it was sent', async (...row) => {
    const [status, code, , cls] = row
    const server = await serve((response, { headers, body }) => {
      const errorMessage = `${JSON.stringify(headers)} ${SECRET} ${body} ${BODY}`
      response.writeHead(status, { 'x-log-requestid': 'R1' }).end(JSON.stringify({ errorCode: code, errorMessage }))
    })
    const credentials = staticCredentials('sandbox-id', SECRET, TOKEN)
    const outcome = await openSink(server.url, { credentials }).put('event', someRecords(1, BODY))
    const { authorization = '' } = server.arrivals[0]?.headers ?? {}
    const told = JSON.stringify(outcome)
    expect(told).toContain(code)
    expect(told).not.toContain(SECRET)
    expect(told).not.toContain(TOKEN)
    expect(told).not.toContain(authorization.split('Signature=')[1])
    // Keys and names are checked before a body is read.
    if (cls !== 'credentials' && cls !== 'missing') expect(told).not.toContain(BODY)
  })

  it('quotes what the service says of a configuration that it refuses', async () => {
    const answer = JSON.stringify({ errorCode: 'IndexInfoInvalid', errorMessage: 'key lag_ms has no type' })
    const server = await serve((response) => response.writeHead(400, { 'x-log-requestid': 'R1' }).end(answer))
    const outcome = await openClient(server.url).call({
      operation: 'CreateIndex',
      method: 'POST',
      path: '/logstores/ecs-events/index',
      body: {},
      answer: 'none'
    })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { code: 'IndexInfoInvalid' } })
    expect(outcome).toHaveProperty('fault.message', expect.stringContaining('key lag_ms has no type'))
  })
})
