import { expect, test } from 'vitest'
import { CloudLoader } from '../../src/cloud/cloud-loader.ts'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/telemetry/log.ts'

const PUBLIC = { ecs: '', slb: '', alb: '', nlb: '', actiontrail: '' }

function loader(region: string, endpoints: Partial<typeof PUBLIC> = {}): CloudLoader {
  const credentials = staticCredentials('id', 'secret')
  const parts = { credentials, clock: systemClock, log: silentLog, refreshMs: 60_000 }
  return new CloudLoader({ region, endpoints: { ...PUBLIC, ...endpoints }, ...parts })
}

test('an endpoint or region that cannot be one is told before anything is loaded', () => {
  expect(() => loader('cn-hangzhou').check()).not.toThrow()
  expect(() => loader('Mars').check()).toThrow('Cannot use region: expected an id such as cn-hangzhou')
  expect(() => loader('cn-hangzhou', { nlb: 'http://nlb.example' }).check()).toThrow('Cannot use endpoints.nlb')
})

test('the cloud is one; opened when all is closed, it makes no call any more', async () => {
  const cloud = loader('cn-hangzhou')
  expect(cloud.breakers().size).toBe(0)
  await cloud.close()
  const opened = await cloud.open()
  expect(await cloud.open()).toBe(opened)
  const limits = { deadlineMs: systemClock.elapsed() + 60_000, signal: new AbortController().signal }
  expect(await opened.compute('cn-hangzhou').count(limits)).toMatchObject({ fault: { class: 'aborted' } })
})
