import { describe, expect, it } from 'vitest'
import { AuditError } from '../../src/lib/errors.ts'
import { slsEndpoint } from '../../src/logstore/endpoint.ts'

describe('slsEndpoint', () => {
  it.each([
    [
      'https://cn-hangzhou.log.aliyuncs.com',
      {
        protocol: 'https:',
        host: 'cn-hangzhou.log.aliyuncs.com',
        connectHost: 'p.cn-hangzhou.log.aliyuncs.com',
        connectPort: 443
      }
    ],
    [
      'cn-hangzhou-intranet.log.aliyuncs.com/',
      {
        protocol: 'https:',
        host: 'cn-hangzhou-intranet.log.aliyuncs.com',
        connectHost: 'p.cn-hangzhou-intranet.log.aliyuncs.com',
        connectPort: 443
      }
    ],
    [
      'http://127.0.0.1:8080',
      { protocol: 'http:', host: '127.0.0.1:8080', connectHost: '127.0.0.1', connectPort: 8080 }
    ],
    [
      'http://localhost:8080',
      { protocol: 'http:', host: 'localhost:8080', connectHost: 'localhost', connectPort: 8080 }
    ],
    ['http://[::1]:8080', { protocol: 'http:', host: '[::1]:8080', connectHost: '::1', connectPort: 8080 }],
    ['https://10.0.0.9', { protocol: 'https:', host: '10.0.0.9', connectHost: '10.0.0.9', connectPort: 443 }]
  ])('reads %s', (endpoint, expected) => {
    expect(slsEndpoint(endpoint, 'p')).toEqual(expected)
  })

  it.each([
    ['http://cn-hangzhou.log.aliyuncs.com', 'https'],
    ['http://10.0.0.9', 'https'],
    ['ftp://cn-hangzhou.log.aliyuncs.com', 'expected https://'],
    ['https://', 'expected https://'],
    ['', 'expected https://'],
    ['https://a b', 'expected https://'],
    ['https://cn-hangzhou.log.aliyuncs.com/logstores', 'nothing may follow'],
    ['https://cn-hangzhou.log.aliyuncs.com?a=1', 'nothing may follow'],
    ['https://p.cn-hangzhou.log.aliyuncs.com', 'leave the project out'],
    ['https://id:topsecret@cn-hangzhou.log.aliyuncs.com', 'credentials']
  ])('refuses %j', (endpoint, why) => {
    const refused = () => slsEndpoint(endpoint, 'p')
    expect(refused).toThrow(AuditError)
    expect(refused).toThrow(expect.objectContaining({ code: 'config', message: expect.stringContaining(why) }))
    expect(refused).not.toThrow(expect.objectContaining({ message: expect.stringContaining('topsecret') }))
  })
})
