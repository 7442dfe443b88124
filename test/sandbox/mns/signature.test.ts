import { expect, test } from 'vitest'
import { signV2, stringToSign } from '../../../src/sandbox/mns/signature.ts'

const vectors = [
  {
    from: 'the Java SDK, POST',
    secret: 'sk1',
    request: {
      method: 'POST',
      target: '/queues/TestQueue',
      headers: { date: 'Tue, 03 Jun 2025 11:23:48 GMT', 'x-mns-abcdef': 'abcDEF' }
    },
    signature: 'cAThPWnbphg3hDe3ZHDADTgkgyE='
  },
  {
    from: 'the Java SDK, GET',
    secret: 'sk-kkkkkk1111111111',
    request: {
      method: 'GET',
      target: '/queues/TestQueue123456',
      headers: { date: 'Wed, 03 Dec 2025 11:23:48 GMT', 'x-mns-abcdef': 'KKKkkk' }
    },
    signature: 'lPxnfNA+Qo/aj18MYJUnRMqa84I='
  },
  {
    from: 'the Java SDK, no x-mns headers',
    secret: 'testSk',
    request: { method: 'GET', target: '/queues/TestQueue', headers: { date: 'Tue, 03 Jun 2025 11:23:48 GMT' } },
    signature: 'uDJQXbk2xOhH95MDXmgbAGdtyE4='
  },
  {
    from: 'the Node SDK, with a body',
    secret: 'ACCESS_KEY_SECRET',
    request: {
      method: 'PUT',
      target: '/',
      headers: {
        date: 'Tue, 11 Apr 2017 10:09:19 GMT',
        'content-md5': '574683b3684e3cff610afa155cc2506d',
        'content-type': 'text/xml',
        'x-mns-version': '2015-06-06'
      }
    },
    signature: 'A9zehggaYHHujmuRMxGIDrhWwx8='
  }
]

test.each(vectors)('5: signature vector of $from', ({ request, secret, signature }) => {
  expect(signV2(request, secret)).toBe(signature)
})

test('x-mns headers are sorted, and x-mns-date stands in for Date', () => {
  const headers = { 'x-mns-version': '2015-06-06', 'x-mns-date': 'later', date: 'earlier', accept: '*/*' }
  expect(stringToSign({ method: 'GET', target: '/queues?a=1', headers })).toBe(
    'GET\n\n\nlater\nx-mns-date:later\nx-mns-version:2015-06-06\n/queues?a=1'
  )
})
