import { expect, test } from 'vitest'
import { createTrail, type Trail } from '../../src/cloud/actiontrail.ts'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import { always, reply } from '../queue/scripted-server.ts'
import { serve } from '../queue/serve-script.ts'
import { closeLater } from '../support/close-later.ts'
import { errorJson, limitsOf, SkippingClock } from './rpc/open-api.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const QUESTION = { instanceId: 'i-1', regionId: 'cn-hangzhou', sinceMs: NOW - 600_000 }

function open(endpoint: string, clock = new SkippingClock(NOW)) {
  const credentials = staticCredentials('OWN-KEY', 'secret')
  const trail: Trail = createTrail({ endpoint, region: 'cn-hangzhou', credentials, clock })
  closeLater(() => trail.close())
  return { trail, limits: limitsOf(clock, 60_000) }
}

function stop(userIdentity: object, more: object = {}): object {
  return { eventName: 'StopInstance', eventTime: '2026-11-22T11:58:00Z', userIdentity, ...more }
}

const eventsJson = (...events: object[]): string => JSON.stringify({ RequestId: 'R', Events: events, NextToken: '' })

test('asks for what happened to the instance in that time', async () => {
  const server = await serve(always(200, eventsJson()))
  const { trail, limits } = open(server.url)
  expect(await trail.stoppedBy(QUESTION, limits)).toEqual({ kind: 'done', value: undefined })
  const [{ target = '', headers = {} } = {}] = server.arrivals
  expect(headers).toMatchObject({ 'x-acs-action': 'LookupEvents', 'x-acs-version': '2020-07-06' })
  expect(Object.fromEntries(new URL(target, server.url).searchParams)).toMatchObject({
    'LookupAttribute.1.Key': 'ResourceName',
    'LookupAttribute.1.Value': 'i-1',
    StartTime: '2026-11-22T11:50:00Z',
    EndTime: expect.stringMatching(/^2026-11-22T12:00:\d\dZ$/),
    MaxResults: '50'
  })
})

test.each([
  ['a RAM user', [stop({ type: 'ram-user', userName: 'alice', accessKeyId: 'HERS' })], 'alice'],
  ['the account itself', [stop({ type: 'root-account' })], 'root-account'],
  ['several at once', [{ ...stop({ userName: 'bob' }), eventName: 'StopInstances' }], 'bob'],
  ['nobody it can name', [stop({})], 'somebody'],
  ['this program', [stop({ userName: 'ecs-audit', accessKeyId: 'OWN-KEY' })], undefined],
  ['a call that was refused', [stop({ userName: 'eve' }, { errorCode: 'Forbidden.RAM' })], undefined],
  ['a start', [{ ...stop({ userName: 'bob' }), eventName: 'StartInstance' }], undefined],
  ['a start, and before it a stop', [{ eventName: 'StartInstance' }, stop({ userName: 'carol' })], 'carol']
])('%s', async (_name, events, who) => {
  const server = await serve(always(200, eventsJson(...events)))
  const { trail, limits } = open(server.url)
  expect(await trail.stoppedBy(QUESTION, limits)).toEqual({ kind: 'done', value: who })
})

test('further pages, but not without end', async () => {
  const page = JSON.stringify({ RequestId: 'R', Events: [], NextToken: 'next' })
  const server = await serve((response, { number }) =>
    reply(response, 200, number === 2 ? eventsJson(stop({ userName: 'dave' })) : page)
  )
  const { trail, limits } = open(server.url)
  expect(await trail.stoppedBy(QUESTION, limits)).toEqual({ kind: 'done', value: 'dave' })
  expect(server.arrivals[1]?.target).toContain('NextToken=next')
  expect(await trail.stoppedBy(QUESTION, limits)).toEqual({ kind: 'done', value: undefined })
  expect(server.arrivals).toHaveLength(2 + 4)
})

test('failures are outcomes', async () => {
  const server = await serve((response, { number }) =>
    number === 1
      ? reply(response, 403, errorJson('NoPermission'))
      : reply(response, 200, JSON.stringify({ RequestId: 'R', Events: 'none' }))
  )
  const { trail, limits } = open(server.url)
  expect(await trail.stoppedBy(QUESTION, limits)).toMatchObject({ kind: 'refused', fault: { class: 'credentials' } })
  expect(await trail.stoppedBy(QUESTION, limits)).toMatchObject({ kind: 'unknown', fault: { code: 'BrokenAnswer' } })
  expect(await trail.stoppedBy({ ...QUESTION, regionId: 'cn-beijing' }, limits)).toMatchObject({
    kind: 'refused',
    fault: { code: 'OtherRegion' }
  })
  expect(server.arrivals).toHaveLength(2)
})
