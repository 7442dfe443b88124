import { expect, test } from 'vitest'
import { isRegionId, type RpcProduct, rpcEndpoint } from '../../../src/cloud/rpc/rpc-endpoint.ts'

const at = (product: RpcProduct, region: string, endpoint = '') => rpcEndpoint({ product, region, endpoint })

test.each([
  ['ecs', 'cn-hangzhou', 'ecs-cn-hangzhou.aliyuncs.com'],
  ['ecs', 'cn-beijing', 'ecs.cn-beijing.aliyuncs.com'],
  ['ecs', 'ap-southeast-1', 'ecs.ap-southeast-1.aliyuncs.com'],
  ['slb', 'cn-hangzhou', 'slb.cn-hangzhou.aliyuncs.com'],
  ['alb', 'us-east-1', 'alb.us-east-1.aliyuncs.com'],
  ['nlb', 'cn-shanghai', 'nlb.cn-shanghai.aliyuncs.com'],
  ['actiontrail', 'cn-hangzhou', 'actiontrail.cn-hangzhou.aliyuncs.com']
] as const)('the public endpoint of %s in %s is %s', (product, region, host) => {
  expect(at(product, region)).toEqual({ origin: `https://${host}`, host })
})

test.each([
  ['https://ecs-vpc.cn-beijing.aliyuncs.com', 'ecs-vpc.cn-beijing.aliyuncs.com'],
  ['https://proxy.example:8443/', 'proxy.example:8443'],
  ['http://127.0.0.1:8080', '127.0.0.1:8080'],
  ['http://[::1]:8080', '[::1]:8080'],
  ['http://localhost:8080', 'localhost:8080']
])('%s may be configured', (endpoint, host) => {
  expect(at('ecs', 'cn-beijing', endpoint).host).toBe(host)
})

test.each([
  'http://ecs.cn-beijing.aliyuncs.com',
  'ecs.cn-beijing.aliyuncs.com',
  'ftp://127.0.0.1',
  'https://ecs.cn-beijing.aliyuncs.com/path',
  'https://ecs.cn-beijing.aliyuncs.com/?a=b',
  'https://user:PASSWORD@ecs.cn-beijing.aliyuncs.com',
  'not a url'
])('%s may not, and is not shown', (endpoint) => {
  const use = () => at('ecs', 'cn-beijing', endpoint)
  expect(use).toThrow(/^Cannot use endpoints\.ecs: expected .*https:\/\/ecs\.cn-beijing\.aliyuncs\.com$/)
  expect(use).not.toThrow(/PASSWORD/)
})

test.each([
  '',
  'cn',
  'CN-HANGZHOU',
  'cn-hangzhou.evil.example',
  'cn-hangzhou/',
  'a@cn-b',
  'cn-',
  'cn-x-',
  `cn-${'a'.repeat(40)}`
])('region %j never becomes part of a host name', (region) => {
  expect(isRegionId(region)).toBe(false)
  expect(() => at('ecs', region)).toThrow('Cannot use region')
})

test.each([
  'cn-hangzhou',
  'us-west-1',
  'ap-southeast-1',
  'cn-shanghai-finance-1',
  'me-east-1',
  'cn-hangzhou-acdr-ut-3'
])('%s is a region', (region) => expect(isRegionId(region)).toBe(true))
