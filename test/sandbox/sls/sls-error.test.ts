import { expect, test } from 'vitest'
import { answerError } from '../../../src/sandbox/sls/sls-answer.ts'
import { SlsError } from '../../../src/sandbox/sls/sls-error.ts'

/** The vendor's error tables, by status. */
const CODES: ReadonlyArray<readonly [status: number, codes: string]> = [
  [400, 'RequestTimeExpired RequestTimeTooSkewed PostBodyInvalid InvalidTimestamp InvalidEncoding InvalidKey'],
  [400, 'PostBodyUncompressError ParameterInvalid MissingBodyRawSize InvalidBodyRawSize InvalidCompressType'],
  [400, 'MissingContentType InvalidDateFormat InvalidAPIVersion IndexAlreadyExist IndexInfoInvalid InvalidTimeRange'],
  [401, 'Unauthorized SignatureNotMatch InvalidAccessKeyId'],
  [403, 'WriteQuotaExceed ShardWriteQuotaExceed MetaOperationQpsLimitExceeded ProjectForbidden ExceedQuota'],
  [404, 'ProjectNotExist LogStoreNotExist IndexConfigNotExist'],
  [411, 'MissingContentLength'],
  [413, 'PostBodyTooLarge'],
  [415, 'InvalidContentType'],
  [500, 'InternalServerError RequestTimeout'],
  [503, 'ServerBusy']
]
const table = CODES.flatMap(([status, codes]) => codes.split(' ').map((code) => [code, status] as const))

test.each(table)('%s answers %d in the service form', (code, status) => {
  const answer = answerError(new SlsError(code))
  expect(answer.status).toBe(status)
  expect(JSON.parse(String(answer.body))).toEqual({ errorCode: code, errorMessage: expect.stringMatching(/\S/) })
})

test('an unknown code is a client error', () => {
  expect(answerError(new SlsError('NeverHeardOf')).status).toBe(400)
})
