import { describe, expect, test } from 'vitest'
import { openTrail, utc } from './trail-stage.ts'

const by = (...pairs: Array<[key: string, value: string]>) => ({
  LookupAttribute: pairs.map(([Key, Value]) => ({ Key, Value }))
})
const DAY_MS = 86_400_000

describe('a call that changes an instance', () => {
  test('is told with who made it, when, and of what', async () => {
    const { alice, running, lookUp, startMs, server } = await openTrail()
    const id = running({ instanceId: 'i-1', regionId: 'cn-beijing' })
    const { RequestId: requestId } = await alice.done('StopInstance', { InstanceId: id, StoppedMode: 'StopCharging' })
    expect(await lookUp()).toEqual([
      {
        eventId: requestId,
        requestId,
        eventVersion: 1,
        eventType: 'ApiCall',
        eventCategory: 'Management',
        eventRW: 'Write',
        eventName: 'StopInstance',
        eventTime: utc(startMs),
        eventSource: 'ecs.cn-beijing.aliyuncs.com',
        serviceName: 'Ecs',
        apiVersion: '2014-05-26',
        acsRegion: 'cn-beijing',
        isGlobal: false,
        sourceIpAddress: '127.0.0.1',
        userIdentity: {
          type: 'ram-user',
          accountId: expect.stringMatching(/^\d{16}$/),
          principalId: expect.stringMatching(/^2\d{17}$/),
          userName: 'alice',
          accessKeyId: 'sandbox-person'
        },
        requestParameters: { AcsProduct: 'Ecs', RequestId: requestId, InstanceId: id, StoppedMode: 'StopCharging' },
        resourceType: 'ACS::ECS::Instance',
        resourceName: id,
        referencedResources: { 'ACS::ECS::Instance': [id] }
      }
    ])
    expect([...server.countsOf('actiontrail')]).toEqual([['LookupEvents', 1]])
  })

  test('and was refused is told with its error; one that reads is not told', async () => {
    const { own, running, lookUp } = await openTrail()
    const id = running({ instanceId: 'i-1' })
    await own.refused('StartInstance', { InstanceId: id })
    await own.done('DescribeInstances', { RegionId: 'cn-hangzhou' })
    const [event, ...others] = await lookUp()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      eventName: 'StartInstance',
      errorCode: 'IncorrectInstanceStatus',
      errorMessage: expect.stringContaining('status'),
      userIdentity: { userName: 'ecs-audit', accessKeyId: 'sandbox-key' }
    })
  })

  test('of any kind is told: creation with the new ids, deletion with where it was', async () => {
    const { own, running, lookUp } = await openTrail()
    const id = running({ instanceId: 'i-1', regionId: 'cn-beijing' })
    await own.done('RebootInstance', { InstanceId: id })
    const run = { RegionId: 'cn-hangzhou', LaunchTemplateId: 'lt-sandbox', Amount: 2, UserData: 'c2VjcmV0' }
    const { InstanceIdSets: sets } = await own.done('RunInstances', run)
    const { InstanceIdSet: ids } = sets as { InstanceIdSet: string[] }
    const [created] = await lookUp(by(['EventName', 'RunInstances']))
    expect(created).toMatchObject({
      acsRegion: 'cn-hangzhou',
      resourceName: ids.join(','),
      requestParameters: { Amount: '2', UserData: '***' }
    })
    expect(await lookUp(by(['ResourceName', ids[1] ?? '']))).toEqual([created])
    await own.done('DeleteInstance', {
      InstanceId: running({ instanceId: 'i-2', regionId: 'cn-beijing' }),
      Force: true
    })
    expect(await lookUp(by(['ResourceName', 'i-2']))).toMatchObject([
      { eventName: 'DeleteInstance', acsRegion: 'cn-beijing' }
    ])
  })

  test('is told only after a while, if so wished', async () => {
    const { alice, running, lookUp, clock } = await openTrail({ trailDelayMs: 120_000 })
    await alice.done('StopInstance', { InstanceId: running({ instanceId: 'i-1' }) })
    clock.advance(119_999)
    expect(await lookUp()).toEqual([])
    clock.advance(1)
    expect(await lookUp()).toHaveLength(1)
  })
})

/** Two minutes with a stop of each instance at the end of each: `i-1` by its owner, `i-2` by the service. */
async function twoStops() {
  const stage = await openTrail()
  const { alice, own, running, clock } = stage
  const [first, second] = [running({ instanceId: 'i-1' }), running({ instanceId: 'i-2', regionId: 'cn-beijing' })]
  clock.advance(60_500)
  await alice.done('StopInstance', { InstanceId: first })
  clock.advance(60_000)
  await own.done('StopInstance', { InstanceId: second })
  const names = async (parameters: object): Promise<string[]> =>
    (await stage.lookUp(parameters)).map(({ resourceName }) => resourceName)
  const within = (from: number, to: number) => ({
    StartTime: utc(stage.startMs + from * 1_000),
    EndTime: utc(stage.startMs + to * 1_000)
  })
  return { ...stage, names, within }
}

describe('events are found', () => {
  test('the newest first, or in their order', async () => {
    const { names } = await twoStops()
    expect(await names({})).toEqual(['i-2', 'i-1'])
    expect(await names({ Direction: 'FORWARD' })).toEqual(['i-1', 'i-2'])
  })

  test.each([
    [by(['ResourceName', 'i-1']), ['i-1']],
    [by(['ResourceName', 'i-1'], ['EventName', 'StopInstance']), ['i-1']],
    [by(['ResourceName', 'i-1'], ['EventName', 'StartInstance']), []],
    [by(['User', 'ecs-audit']), ['i-2']],
    [by(['EventAccessKeyId', 'sandbox-person']), ['i-1']],
    [by(['ServiceName', 'Ecs'], ['EventRW', 'Write']), ['i-2', 'i-1']],
    [by(['ServiceName', 'Slb']), []],
    [{ RegionId: 'cn-beijing' }, ['i-2']]
  ])('by what they are about: %j', async (parameters, expected) => {
    const { names } = await twoStops()
    expect(await names(parameters)).toEqual(expected)
  })

  test.each([
    [0, 59, []],
    [0, 60, ['i-1']],
    [60, 120, ['i-2', 'i-1']],
    [61, 120, ['i-2']],
    [121, 122, []]
  ])('by the second that they happened in: from %i to %i', async (from, to, expected) => {
    const { names, within } = await twoStops()
    expect(await names(within(from, to))).toEqual(expected)
  })

  test('of the last seven days, where no time is given', async () => {
    const { trail, startMs } = await openTrail()
    const body = await trail.done('LookupEvents')
    expect(body).toMatchObject({ StartTime: utc(startMs - 7 * DAY_MS), EndTime: utc(startMs), NextToken: '' })
  })

  test.each(['BACKWARD', 'FORWARD'])('page by page, %s, though more come in between', async (Direction) => {
    const { own, running, trail } = await openTrail()
    const id = running({ instanceId: 'i-1' })
    const call = () => own.refused('StartInstance', { InstanceId: id })
    for (let calls = 0; calls < 5; calls++) await call()
    const seen: unknown[] = []
    let NextToken = ''
    for (let pages = 0; pages < 3; pages++) {
      const body = await trail.done('LookupEvents', { MaxResults: 2, Direction, ...(NextToken && { NextToken }) })
      seen.push(...(body['Events'] as Array<{ eventId: string }>).map(({ eventId }) => eventId))
      NextToken = String(body['NextToken'])
      await call()
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength(Direction === 'BACKWARD' ? 5 : 6)
    expect(NextToken === '').toBe(Direction === 'BACKWARD')
  })
})

test.each([
  ['only one end', () => ({ StartTime: utc(Date.now()) })],
  ['another form of time', () => ({ StartTime: '2026-11-22 12:00', EndTime: '2026-11-22 13:00' })],
  ['an end before the start', () => ({ StartTime: utc(Date.now()), EndTime: utc(Date.now() - DAY_MS) })],
  ['more than 30 days', () => ({ StartTime: utc(Date.now() - 31 * DAY_MS), EndTime: utc(Date.now()) })],
  ['a time of long ago', () => ({ StartTime: utc(Date.now() - 91 * DAY_MS), EndTime: utc(Date.now() - 80 * DAY_MS) })],
  ['more than 50 results', () => ({ MaxResults: 51 })],
  ['no results', () => ({ MaxResults: 0 })],
  ['an unknown direction', () => ({ Direction: 'SIDEWAYS' })],
  ['an unknown key', () => by(['constructor', 'i-1'])],
  ['a key without a value', () => by(['ResourceName', ''])],
  ['three conditions', () => by(['ResourceName', 'i-1'], ['EventName', 'StopInstance'], ['User', 'alice'])],
  ['a token of its own making', () => ({ NextToken: 'next' })]
])('LookupEvents refuses %s', async (_, parameters) => {
  const { trail } = await openTrail()
  expect(await trail.refused('LookupEvents', parameters())).toBe('400 InvalidParameter')
})
