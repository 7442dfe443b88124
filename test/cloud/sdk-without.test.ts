import { createRequire } from 'node:module'
import type Sls from '@alicloud/sls20201230'
import { expect, test } from 'vitest'
import { requireSdkWithout } from '../../src/cloud/sdk-without.ts'

type Package = typeof Sls

const NAME = '@alicloud/sls20201230'
const MODELS = './models/model'
const require = createRequire(import.meta.url)
const models = (): string[] => Object.keys(require.cache).filter((path) => path.includes(`${NAME}/dist/models/`))

test('a package is loaded without its models until one is used, and leaves the package of others whole', async () => {
  const { default: Client } = requireSdkWithout<Package>(NAME, MODELS)
  expect(models()).toEqual([])
  class Fixed extends Client {
    override async execute(): ReturnType<InstanceType<typeof Client>['execute']> {
      return { statusCode: 200, body: { logstoreName: 'events' }, headers: {} }
    }
  }
  const client = new Fixed(Object.assign(Object.create(null), { endpoint: 'localhost' }))
  const { body } = await client.getLogStore('project', 'events')
  expect(body?.logstoreName).toBe('events')
  expect(models().length).toBeGreaterThan(400)

  const whole = require(NAME) as Package & { GetLogStoreResponse: new () => object }
  expect(whole.GetLogStoreResponse).toBeTypeOf('function')
  expect(whole.default).not.toBe(Client)
  requireSdkWithout<Package>(NAME, MODELS)
  expect(require(NAME)).toBe(whole)
})
