import { expect, test } from 'vitest'
import { openStage } from './stage.ts'

test.each<[string, Parameters<Awaited<ReturnType<typeof openStage>>['sls']['faults']['add']>[0]]>([
  ['throttling', { kind: 'error', code: 'MetaOperationQpsLimitExceeded', rate: 0.25 }],
  ['a busy service', { kind: 'error', code: 'ServerBusy', rate: 0.25 }],
  ['answers that get lost', { kind: 'reset-after', rate: 0.25 }],
  ['connections that break', { kind: 'reset-before', rate: 0.25 }],
  ['a proxy that can not reach it', { kind: 'html', rate: 0.25 }]
])('setup gets everything done through %s, and nothing twice', async (_what, rule) => {
  const stage = await openStage()
  const off = stage.sls.faults.add({ service: 'sls', ...rule })
  let results = await stage.setUp()
  for (let run = 0; run < 5 && results.some(({ kind }) => kind !== 'done'); run += 1) results = await stage.setUp()
  off()
  expect(stage.sls.faults.hits.size).toBeGreaterThan(0)
  expect(await stage.drift()).toEqual([])
  const listed = await stage.byHand('GET', '/savedsearches')
  expect(listed).toMatchObject({ total: 2 })
  expect(await stage.byHand('GET', '/alerts')).toMatchObject({ total: 6 })
})

test('a run that ended half-way is taken up by the next', async () => {
  const stage = await openStage()
  const refuse = ['CreateDashboard', 'CreateAlert'].map((operation) =>
    stage.sls.faults.add({ service: 'sls', operation, kind: 'error', code: 'Unauthorized' })
  )
  const first = await stage.setUp()
  const failed = first.filter(({ kind }) => kind === 'failed')
  expect(failed).toHaveLength(7)
  expect(failed[0]).toMatchObject({
    operation: 'CreateDashboard',
    fault: { class: 'credentials', code: 'Unauthorized' }
  })
  for (const allow of refuse) allow()
  const second = await stage.setUp()
  expect(second.map(({ kind, step }) => [kind, step.resource.kind])).toEqual([
    ['done', 'dashboard'],
    ...Array.from({ length: 6 }, () => ['done', 'alert'])
  ])
})

test('an index that must not have empty lists of delimiters gets others, and is taken for the same', async () => {
  const stage = await openStage()
  stage.sls.faults.add({ service: 'sls', operation: 'CreateIndex', kind: 'error', code: 'IndexInfoInvalid', count: 1 })
  const results = await stage.setUp()
  expect(results.filter(({ kind }) => kind !== 'done')).toEqual([])
  const { keys } = await stage.byHand('GET', '/logstores/ecs-events/index')
  expect(keys).toMatchObject({ event_id: { token: ['\n'] }, event_ms: { type: 'long' } })
  expect(await stage.drift()).toEqual([])
})

test('what the service refuses for good is told with its words', async () => {
  const stage = await openStage()
  stage.sls.faults.add({ service: 'sls', operation: 'CreateAlert', kind: 'error', code: 'ExceedQuota' })
  stage.sls.faults.add({ service: 'sls', operation: 'CreateDashboard', kind: 'error', code: 'ParameterInvalid' })
  const failed = (await stage.setUp()).flatMap((result) => (result.kind === 'failed' ? [result] : []))
  expect(new Set(failed.map(({ operation, fault }) => `${operation} ${fault.code}`))).toEqual(
    new Set(['CreateDashboard ParameterInvalid', 'CreateAlert ExceedQuota'])
  )
})

test('a project that does not exist, and a service that is out of reach, are told apart', async () => {
  await expect((await openStage({}, { project: false })).plan()).rejects.toThrow('no-project: ProjectNotExist')
  const stage = await openStage()
  stage.sls.faults.add({ service: 'sls', kind: 'error', code: 'SignatureNotMatch' })
  await expect(stage.plan()).rejects.toThrow('no-access: SignatureNotMatch')
})

test('what the service takes and shows otherwise is told, and does not hold up the rest', async () => {
  const otherwise = { displayName: 'Renamed by the service' }
  const stage = await openStage(
    {},
    {
      distort: ({ operation }, body) => (operation === 'GetDashboard' ? { ...(body as object), ...otherwise } : body)
    }
  )
  const results = await stage.setUp()
  const [odd, ...others] = results.filter(({ kind }) => kind !== 'done')
  expect(others).toEqual([])
  expect(odd).toMatchObject({
    kind: 'kept-otherwise',
    changes: [{ path: 'displayName', wanted: 'Released', actual: 'Renamed by the service' }]
  })
  expect(stage.writes()).toMatchObject({ CreateDashboard: 1, CreateAlert: 6 })
})

test('what is not there is known by its code, whatever the status', async () => {
  const stage = await openStage()
  const code = 'SavedSearchNotExist'
  stage.sls.faults.add({ service: 'sls', operation: 'GetSavedSearch', kind: 'error', code, status: 400, count: 2 })
  expect((await stage.setUp()).filter(({ kind }) => kind !== 'done')).toEqual([])
})

test('a logstore of which others hear late gets its index all the same', async () => {
  const stage = await openStage()
  stage.sls.faults.add({ service: 'sls', operation: 'CreateIndex', kind: 'error', code: 'LogStoreNotExist', count: 4 })
  stage.sls.faults.add({ service: 'sls', operation: 'GetIndex', kind: 'error', code: 'LogStoreNotExist', count: 6 })
  expect((await stage.setUp()).filter(({ kind }) => kind !== 'done')).toEqual([])
})
