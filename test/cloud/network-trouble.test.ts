import { expect, test } from 'vitest'
import { networkTrouble } from '../../src/cloud/network-trouble.ts'

const coded = (code: string): Error => Object.assign(new Error('m'), { code })

test.each([
  ['ECONNREFUSED', 'ConnectionRefused'],
  ['ECONNRESET', 'ConnectionReset'],
  ['UND_ERR_SOCKET', 'ConnectionReset'],
  ['EAI_AGAIN', 'HostNotFound'],
  ['ETIMEDOUT', 'Unreachable'],
  ['EHOSTUNREACH', 'Unreachable'],
  ['ENETUNREACH', 'Unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'Unreachable'],
  ['UND_ERR_HEADERS_TIMEOUT', 'Timeout'],
  ['UND_ERR_DESTROYED', 'Aborted'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'AnswerTooLarge'],
  ['HPE_INVALID_CONSTANT', 'NotHttp'],
  ['UND_ERR_INVALID_ARG', 'InvalidRequest']
])('%s is %s, and the reason says it all', (code, reason) => {
  expect(networkTrouble(coded(code))).toEqual({ reason, hint: '' })
})

test.each([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CRL_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH'
])('%s is TlsFailure, with the code for the person who has to mend it', (code) => {
  expect(networkTrouble(coded(code))).toEqual({ reason: 'TlsFailure', hint: ` (${code})` })
})

test.each([
  [coded('EPROTOTYPE'), 'EPROTOTYPE'],
  [coded('EACCES'), 'EACCES'],
  [Object.assign(new Error('m'), { code: 7 }), 'no code'],
  [new Error('m'), 'no code'],
  ['a text', 'no code'],
  [undefined, 'no code']
])('%s is ConnectionFailed', (thrown, hint) => {
  expect(networkTrouble(thrown)).toEqual({ reason: 'ConnectionFailed', hint: ` (${hint})` })
})

test("undici's parser need not name its trouble", () => {
  expect(networkTrouble(Object.assign(new Error('m'), { name: 'HTTPParserError' })).reason).toBe('NotHttp')
})
