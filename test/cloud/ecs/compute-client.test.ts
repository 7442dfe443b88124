import { describe, expect, test } from 'vitest'
import type { RunRequest } from '../../../src/cloud/compute.ts'
import { staticCredentials } from '../../../src/cloud/credentials.ts'
import { createCompute } from '../../../src/cloud/ecs/compute-client.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { always, reply } from '../../queue/scripted-server.ts'
import { serve } from '../../queue/serve-script.ts'
import { closeLater } from '../../support/close-later.ts'
import { errorJson, limitsOf, SkippingClock } from '../rpc/open-api.ts'
import { openScene } from './scene.ts'

const RUN: RunRequest = {
  clientToken: 'token-1',
  launchTemplateId: 'lt-sandbox',
  launchTemplateVersion: '',
  zoneId: 'cn-hangzhou-h',
  vSwitchId: '',
  instanceType: 'ecs.c7.xlarge',
  instanceName: 'replacement',
  spotStrategy: 'SpotAsPriceGo',
  spotPriceLimit: undefined,
  tags: { b: '2', 'ecs-audit:replaces': 'i-old' }
}

describe('describe', () => {
  test('tells an instance with all that decides what may be done to it', async () => {
    const { compute, ecs, fleet, limits, running } = await openScene()
    const id = running({
      ...{ instanceName: 'web', zoneId: 'cn-hangzhou-h', spotStrategy: 'SpotAsPriceGo', chargeType: 'PostPaid' },
      tags: { 'ecs-audit': 'restart', empty: '' }
    })
    ecs.setLock(id, 'financial')
    ecs.interrupt(id)
    const truth = fleet.describe(id)
    const outcome = await compute.describe(id, limits())
    expect(outcome).toEqual({
      kind: 'done',
      value: {
        instanceId: id,
        name: 'web',
        regionId: 'cn-hangzhou',
        zoneId: 'cn-hangzhou-h',
        status: 'Running',
        stoppedMode: truth?.stoppedMode,
        locks: ['financial', 'recycling'],
        chargeType: 'PostPaid',
        spotStrategy: 'SpotAsPriceGo',
        spotInterruptionBehavior: truth?.spotInterruptionBehavior,
        createdMs: Date.UTC(2026, 10, 22, 12),
        expiresMs: undefined,
        autoReleaseMs: undefined,
        tags: { 'ecs-audit': 'restart', empty: '' },
        instanceType: truth?.instanceType,
        vpcId: truth?.vpcId,
        vSwitchId: truth?.vSwitchId,
        imageId: truth?.imageId,
        resourceGroupId: truth?.resourceGroupId,
        privateIps: [
          truth?.privateIpAddress,
          ...(truth?.secondaryInterfaces ?? []).map((each) => each.privateIpAddress)
        ],
        publicIps: truth?.publicIpAddress === '' ? [] : [truth?.publicIpAddress],
        networkInterfaceIds: [
          truth?.networkInterfaceId,
          ...(truth?.secondaryInterfaces ?? []).map((each) => each.networkInterfaceId)
        ]
      }
    })
  })

  test('a subscription has an end, and an instance may have a moment of release', async () => {
    const { compute, ecs, limits, running } = await openScene()
    const id = running({ chargeType: 'PrePaid' })
    const [expiresMs, autoReleaseMs] = [Date.UTC(2027, 0, 1), Date.UTC(2026, 11, 1)]
    ecs.setExpiry(id, expiresMs)
    ecs.setAutoRelease(id, autoReleaseMs)
    expect(await compute.describe(id, limits())).toMatchObject({ value: { expiresMs, autoReleaseMs } })
  })

  test('nothing for an instance that does not exist, or is gone', async () => {
    const { compute, fleet, limits, running, pass } = await openScene()
    const id = running()
    expect(await compute.describe('i-unknown', limits())).toEqual({ kind: 'done', value: undefined })
    fleet.release(id)
    pass(60_000)
    expect(await compute.describe(id, limits())).toEqual({ kind: 'done', value: undefined })
  })

  test('an empty list counts only if the key may see instances at all', async () => {
    const { compute, ecs, limits, counts, running } = await openScene()
    const id = running()
    ecs.setMayDescribe(false)
    const denied = { kind: 'refused', fault: { class: 'credentials', code: 'Forbidden.RAM' } }
    expect(await compute.describe(id, limits())).toMatchObject(denied)
    expect(await compute.findByTags({ a: 'b' }, limits())).toMatchObject(denied)
    expect(await compute.count(limits())).toMatchObject(denied)
    ecs.setMayDescribe(true)
    expect(await compute.describe('i-unknown', limits())).toEqual({ kind: 'done', value: undefined })
    const before = counts()['DescribeInstances'] ?? 0
    expect(await compute.describe('i-unknown', limits())).toEqual({ kind: 'done', value: undefined })
    expect(counts()['DescribeInstances']).toBe(before + 1)
  })

  test('questions at about the same time travel together, a hundred at most; none is answered from memory', async () => {
    const { compute, limits, counts, running, fleet, pass } = await openScene()
    const ids = Array.from({ length: 150 }, () => running())
    const [first = ''] = ids
    const answers = await Promise.all([...ids, first, 'i-unknown'].map((id) => compute.describe(id, limits())))
    expect(answers.map((answer) => answer.kind === 'done' && answer.value?.instanceId)).toEqual([
      ...ids,
      first,
      undefined
    ])
    expect(counts()['DescribeInstances']).toBe(2)
    fleet.stop(first)
    pass(60_000)
    expect(await compute.describe(first, limits())).toMatchObject({ value: { status: 'Stopped' } })
    expect(counts()['DescribeInstances']).toBe(3)
  })

  test('who gives up leaves the others their answer; when all have, the request is ended', async () => {
    const server = await serve(() => undefined)
    const clock = new SkippingClock()
    const compute = open(server.url, clock)
    const [one, other] = [new AbortController(), new AbortController()]
    const first = compute.describe('i-1', limitsOf(clock, 60_000, one.signal))
    const second = compute.describe('i-2', limitsOf(clock, 60_000, other.signal))
    await server.arrived(1)
    one.abort()
    expect(await first).toMatchObject({ kind: 'unavailable', fault: { class: 'aborted' } })
    expect(server.arrivals[0]?.socket.destroyed).toBe(false)
    other.abort()
    expect(await second).toMatchObject({ kind: 'unavailable', fault: { class: 'aborted' } })
    await server.left(1)
  })

  test('who asks just after everybody else has given up gets an answer', async () => {
    const { compute, limits, running } = await openScene()
    const id = running()
    const stop = new AbortController()
    const first = compute.describe(id, limits(60_000, stop.signal))
    stop.abort()
    expect(await first).toMatchObject({ kind: 'unavailable', fault: { class: 'aborted' } })
    expect(await compute.describe(id, limits())).toMatchObject({ kind: 'done', value: { instanceId: id } })
  })

  test('an id that the service does not take for one spoils no other', async () => {
    const seen: string[][] = []
    const server = await serve((response, { target }) => {
      const ids = JSON.parse(new URL(target, 'http://x').searchParams.get('InstanceIds') ?? '[]') as string[]
      seen.push(ids)
      if (ids.includes('bad')) return reply(response, 400, errorJson('InvalidInstanceIds.Malformed'))
      const instances = ids.map((id) => ({ InstanceId: id, Status: 'Running' }))
      reply(response, 200, JSON.stringify({ RequestId: 'R', Instances: { Instance: instances } }))
    })
    const clock = new SkippingClock()
    const compute = open(server.url, clock)
    const answers = await Promise.all(
      ['i-1', 'i-2', 'bad', 'i-3'].map((id) => compute.describe(id, limitsOf(clock, 60_000)))
    )
    expect(answers.map(({ kind }) => kind)).toEqual(['done', 'done', 'refused', 'done'])
    expect(seen[0]).toEqual(['i-1', 'i-2', 'bad', 'i-3'])
    for (const id of ['', 'i-"]', '../x', 'i'.repeat(65)]) {
      expect(await compute.describe(id, limitsOf(clock, 60_000))).toMatchObject({
        kind: 'refused',
        fault: { code: 'InvalidInstanceId.Malformed', status: 0 }
      })
    }
  })

  test.each([
    ['no list', {}],
    ['no state', { Instances: { Instance: [{ InstanceId: 'i-1' }] } }],
    [
      'locks that cannot be read',
      { Instances: { Instance: [{ InstanceId: 'i-1', Status: 'Stopped', OperationLocks: 'x' }] } }
    ],
    [
      'tags that cannot be read',
      { Instances: { Instance: [{ InstanceId: 'i-1', Status: 'Stopped', Tags: { Tag: [7] } }] } }
    ]
  ])('an answer with %s is none', async (_name, answer) => {
    const server = await serve(always(200, JSON.stringify({ RequestId: 'R', ...answer })))
    const clock = new SkippingClock()
    expect(await open(server.url, clock).describe('i-1', limitsOf(clock, 60_000))).toMatchObject({
      kind: 'unknown',
      fault: { code: 'BrokenAnswer' }
    })
  })
})

describe('findByTags and count', () => {
  test('every page, each instance once', async () => {
    const { compute, limits, running, counts } = await openScene()
    const marked = Array.from({ length: 230 }, () => running({ tags: { role: 'web', stage: 'prod' } }))
    running({ tags: { role: 'web' } })
    const outcome = await compute.findByTags({ stage: 'prod', role: 'web' }, limits())
    expect(outcome.kind === 'done' && outcome.value.map(({ instanceId }) => instanceId).sort()).toEqual(marked.sort())
    expect(counts()['DescribeInstances']).toBe(3)
    expect(await compute.count(limits())).toEqual({ kind: 'done', value: 231 })
  })

  test('a list without end is given up', async () => {
    const page = {
      RequestId: 'R',
      NextToken: 'on',
      Instances: { Instance: [{ InstanceId: 'i-1', Status: 'Running' }] }
    }
    const server = await serve(always(200, JSON.stringify(page)))
    const clock = new SkippingClock()
    const outcome = await open(server.url, clock).findByTags({ a: 'b' }, limitsOf(clock, 600_000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { code: 'TooManyInstances' } })
    expect(server.arrivals).toHaveLength(100)
  })
})

describe('start', () => {
  test('starts a stopped instance; one that starts or runs is so already', async () => {
    const { compute, fleet, limits, stopped, running, pass } = await openScene()
    const id = stopped()
    expect(await compute.start(id, limits())).toEqual({ kind: 'done', value: undefined })
    expect(fleet.describe(id)?.state).toBe('Starting')
    expect(await compute.start(id, limits())).toMatchObject({
      kind: 'already',
      fault: { code: 'IncorrectInstanceStatus' }
    })
    pass(600_000)
    expect(fleet.describe(id)?.state).toBe('Running')
    expect(await compute.start(running(), limits())).toMatchObject({ kind: 'already' })
  })

  test('waits for one that is stopping', async () => {
    const { compute, fleet, limits, running, clock } = await openScene()
    const id = running()
    fleet.stop(id)
    expect(fleet.describe(id)?.state).toBe('Stopping')
    expect(await compute.start(id, limits(600_000))).toEqual({ kind: 'done', value: undefined })
    expect(clock.slept.length).toBeGreaterThan(0)
  })

  test('one that is stopping longer than there is time: busy', async () => {
    const { compute, fleet, limits, running, clock } = await openScene()
    const id = running()
    clock.onSkip = () => undefined
    fleet.stop(id)
    expect(await compute.start(id, limits(10_000))).toMatchObject({ kind: 'busy' })
  })

  test('a service that is behind itself is asked again, for a bounded time', async () => {
    const { compute, ecs, fleet, limits, stopped, counts } = await openScene()
    const [behind, stuck] = [stopped(), stopped()]
    ecs.failStarts(behind, 3, 'IncorrectInstanceStatus')
    expect(await compute.start(behind, limits())).toEqual({ kind: 'done', value: undefined })
    expect(fleet.describe(behind)?.state).toBe('Starting')
    const before = counts()['StartInstance'] ?? 0
    ecs.failStarts(stuck, 1_000, 'IncorrectInstanceStatus')
    expect(await compute.start(stuck, limits(600_000))).toMatchObject({ kind: 'busy' })
    expect((counts()['StartInstance'] ?? 0) - before).toBe(8)
  })

  test.each([
    ['financial', 'InstanceExpired'],
    ['security', 'InstanceLockedForSecurity']
  ] as const)('locked (%s): refused', async (lock, code) => {
    const { compute, ecs, limits, stopped } = await openScene()
    const id = stopped()
    ecs.setLock(id, lock)
    expect(await compute.start(id, limits())).toMatchObject({ kind: 'refused', fault: { code, class: 'rejected' } })
  })

  test('no stock after economical mode: refused; gone: refused as missing', async () => {
    const { compute, ecs, fleet, limits, running, pass } = await openScene()
    const id = running({ zoneId: 'cn-hangzhou-h' })
    fleet.stop(id, 'StopCharging')
    pass(300_000)
    ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 0)
    expect(await compute.start(id, limits())).toMatchObject({
      kind: 'refused',
      fault: { code: 'OperationDenied.NoStock' }
    })
    expect(await compute.start('i-unknown', limits())).toMatchObject({ kind: 'refused', fault: { class: 'missing' } })
  })

  test.each(['reset-after', 'truncate', 'reset-before', 'html', 'empty'] as const)(
    'the answer is lost (%s): started once, and known to be',
    async (kind) => {
      const { compute, faults, fleet, limits, stopped } = await openScene()
      const id = stopped()
      faults.add({ service: 'ecs', operation: 'StartInstance', kind, count: 1 })
      expect((await compute.start(id, limits())).kind).toBe(
        kind.endsWith('after') || kind === 'truncate' ? 'already' : 'done'
      )
      expect(fleet.describe(id)?.state).not.toBe('Stopped')
    }
  )
})

describe('run', () => {
  test('one instance as asked for', async () => {
    const { compute, fleet, limits } = await openScene()
    const outcome = await compute.run(RUN, limits())
    const [made] = fleet.list()
    expect(outcome).toEqual({ kind: 'done', value: { instanceId: made?.instanceId } })
    expect(made).toMatchObject({
      ...{ zoneId: 'cn-hangzhou-h', instanceType: 'ecs.c7.xlarge', instanceName: 'replacement' },
      ...{ spotStrategy: 'SpotAsPriceGo', chargeType: 'PostPaid', tags: RUN.tags }
    })
  })

  test('what is left out comes from the template', async () => {
    const { compute, fleet, limits } = await openScene()
    const bare = { ...RUN, zoneId: '', instanceType: '', instanceName: '', spotStrategy: '', tags: {} }
    expect(await compute.run(bare, limits())).toMatchObject({ kind: 'done' })
    expect(fleet.list()).toMatchObject([
      { instanceType: 'ecs.g7.large', instanceName: 'from-template', spotStrategy: 'NoSpot' }
    ])
  })

  test('the same token is one instance, whatever the order of the tags; another request under it is refused', async () => {
    const { compute, fleet, limits } = await openScene()
    const first = await compute.run(RUN, limits())
    const tags = { 'ecs-audit:replaces': 'i-old', b: '2' }
    expect(await compute.run({ ...RUN, tags }, limits())).toEqual(first)
    expect(await compute.run({ ...RUN, zoneId: 'cn-hangzhou-i' }, limits())).toMatchObject({
      kind: 'refused',
      fault: { code: 'IdempotentParameterMismatch' }
    })
    expect(fleet.list()).toHaveLength(1)
  })

  test.each(['reset-after', 'truncate', 'reset-mid-body'] as const)(
    'accepted, and the answer lost (%s): asked again under the same token, still one instance',
    async (kind) => {
      const { compute, faults, fleet, limits } = await openScene()
      faults.add({ service: 'ecs', operation: 'RunInstances', kind, count: 1 })
      expect(await compute.run(RUN, limits())).toMatchObject({ kind: 'done' })
      expect(fleet.list()).toHaveLength(1)
    }
  )

  test('no stock, an unknown template, a bid below the market: refused in the words of the service', async () => {
    const { compute, ecs, limits } = await openScene()
    ecs.setStock({ zoneId: 'cn-hangzhou-h' }, 0)
    const fault = (code: string) => ({ kind: 'refused', fault: { code } })
    expect(await compute.run(RUN, limits())).toMatchObject(fault('OperationDenied.NoStock'))
    expect(await compute.run({ ...RUN, launchTemplateId: 'lt-none' }, limits())).toMatchObject({
      kind: 'refused',
      fault: { class: 'missing', code: 'InvalidLaunchTemplate.NotFound' }
    })
    expect(await compute.run({ ...RUN, launchTemplateVersion: 'nine' }, limits())).toMatchObject(
      fault('InvalidLaunchTemplateVersion.NotFound')
    )
    const low = { ...RUN, zoneId: 'cn-hangzhou-i', spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.0104 }
    expect(await compute.run(low, limits())).toMatchObject(fault('InvalidSpotPriceLimit.LowerThanPublicPrice'))
    expect(await compute.run({ ...low, spotPriceLimit: 0.0987654 }, limits())).toMatchObject({ kind: 'done' })
  })

  test('a success without an id may have bought one: unknown', async () => {
    const server = await serve(always(200, JSON.stringify({ RequestId: 'R', InstanceIdSets: {} })))
    const clock = new SkippingClock()
    expect(await open(server.url, clock).run(RUN, limitsOf(clock, 60_000))).toMatchObject({ kind: 'unknown' })
  })
})

describe('whatever happens on the way', () => {
  const KINDS = [
    ...(['html', 'empty', 'text', 'reset-before', 'reset-after', 'reset-mid-body', 'truncate'] as const),
    ...(['stall-before', 'stall-after', 'stall-body', 'error'] as const)
  ]
  const CODES = [
    'InternalError',
    'ServiceUnavailable',
    'OperationDenied.NoStock',
    'Throttling.User',
    'InstanceNotReady'
  ]

  test.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'an outcome tells the truth about a purchase (seed %i)',
    async (seed) => {
      const { compute, faults, fleet, limits } = await openScene({ timeoutMs: 60 })
      const random = seededRandom(seed)
      for (let number = 0; number < 6; number++) {
        const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'html'
        const code = CODES[Math.floor(random() * CODES.length)] ?? ''
        faults.add({ service: 'ecs', operation: 'RunInstances', kind, code, rate: 0.7, count: 1 })
      }
      const outcome = await compute.run(RUN, limits(seed % 2 === 0 ? 3_000 : 120_000))
      const bought = fleet.list().map(({ instanceId }) => instanceId)
      if (outcome.kind === 'done') expect(bought).toEqual([outcome.value.instanceId])
      else expect(bought.length).toBeLessThanOrEqual(outcome.kind === 'unknown' ? 1 : 0)
    }
  )
})

test('tag sets tags and leaves others, of any characters', async () => {
  const { compute, fleet, limits, running } = await openScene()
  const id = running({ tags: { kept: 'yes', changed: 'old' } })
  expect(await compute.tag(id, { changed: 'new' }, limits())).toEqual({ kind: 'done', value: undefined })
  expect(fleet.describe(id)?.tags).toEqual({ kept: 'yes', changed: 'new' })
  const odd = { 'ключ + & = %': "v'(ü)*!~ %2B" }
  expect(await compute.tag(id, odd, limits())).toEqual({ kind: 'done', value: undefined })
  expect(fleet.describe(id)?.tags).toEqual({ kept: 'yes', changed: 'new', ...odd })
  expect(await compute.tag('i-unknown', { a: 'b' }, limits())).toMatchObject({
    kind: 'refused',
    fault: { class: 'missing' }
  })
})

test('throttled: every call waits for the next minute by itself', async () => {
  const { compute, ecs, limits, stopped, clock } = await openScene()
  ecs.limit('StartInstance', 1)
  const [one, other] = [stopped(), stopped()]
  expect(await compute.start(one, limits(600_000))).toMatchObject({ kind: 'done' })
  expect(await compute.start(other, limits(600_000))).toMatchObject({ kind: 'done' })
  expect(clock.slept).toHaveLength(1)
})

function open(endpoint: string, clock: SkippingClock): ReturnType<typeof createCompute> {
  const compute = createCompute({
    endpoint,
    region: 'cn-hangzhou',
    credentials: staticCredentials('id', 'secret'),
    clock
  })
  closeLater(() => compute.close())
  return compute
}
