import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SLS_KEYS, type SlsSandbox, startSls } from '../../support/sls-sandbox.ts'
import { sdk, stockSlsClient } from '../../support/sls-stock-clients.ts'
import { alertBody, dashboardBody, savedSearchBody } from './resource-bodies.ts'

let sls: SlsSandbox
beforeAll(async () => {
  sls = await startSls()
  await sls.service.createProject('127')
})
afterAll(() => sls.close())

describe.each(['v1', 'v4'] as const)('@alicloud/sls20201230 signing %s', (version) => {
  const client = () => stockSlsClient(sls.server.port, SLS_KEYS, version === 'v4' ? 'v4' : undefined)

  test('its saved-search calls agree', async () => {
    const name = `ecs-denied-${version}`
    const search = savedSearchBody(name)
    await client().createSavedSearch('127', new sdk.CreateSavedSearchRequest(search))
    const changed = { ...search, displayName: 'Changed' }
    await client().updateSavedSearch('127', name, new sdk.UpdateSavedSearchRequest(changed))
    expect((await client().getSavedSearch('127', name)).body).toEqual(changed)
    const { body } = await client().listSavedSearch('127', new sdk.ListSavedSearchRequest({ offset: 0, size: 10 }))
    expect(body?.savedsearchItems).toContainEqual(changed)
    await client().deleteSavedSearch('127', name)
    await expect(client().getSavedSearch('127', name)).rejects.toMatchObject({
      code: 'SavedSearchNotExist',
      statusCode: 404
    })
  })

  test('createDashboard takes a body and updateDashboard takes fields; the other way round both send nothing', async () => {
    const name = `released-${version}`
    const dashboard = dashboardBody(name)
    const create = (fields: Record<string, unknown>) =>
      client().createDashboard('127', new sdk.CreateDashboardRequest(fields))
    const update = (fields: Record<string, unknown>) =>
      client().updateDashboard('127', name, new sdk.UpdateDashboardRequest(fields))
    await expect(create(dashboard)).rejects.toMatchObject({ code: 'PostBodyInvalid' })
    await create({ body: new sdk.Dashboard(dashboard) })
    await expect(update({ body: dashboard })).rejects.toMatchObject({ code: 'PostBodyInvalid' })
    await update({ ...dashboard, displayName: 'Changed' })
    expect((await client().getDashboard('127', name)).body).toEqual({ ...dashboard, displayName: 'Changed' })
    const { body } = await client().listDashboard('127', new sdk.ListDashboardRequest({}))
    expect(body?.dashboards).toContain(name)
    expect(body?.dashboardItems).toContainEqual({ dashboardName: name, displayName: 'Changed', description: '' })
    await client().deleteDashboard('127', name)
    await expect(client().getDashboard('127', name)).rejects.toMatchObject({ code: 'DashboardNotExist' })
  })

  test('its alert calls agree: made enabled, switched off and on', async () => {
    const name = `ecs-storm-${version}`
    const alert = alertBody(name)
    await client().createAlert('127', new sdk.CreateAlertRequest(alert))
    const get = async () => (await client().getAlert('127', name)).body
    expect(await get()).toMatchObject({ ...alert, status: 'ENABLED' })
    await client().disableAlert('127', name)
    expect(await get()).toMatchObject({ status: 'DISABLED' })
    const { name: _, ...changed } = { ...alert, displayName: 'Changed' }
    await client().updateAlert('127', name, new sdk.UpdateAlertRequest(changed))
    expect(await get()).toMatchObject({ ...changed, status: 'DISABLED' })
    await client().enableAlert('127', name)
    expect(await get()).toMatchObject({ status: 'ENABLED' })
    const { body } = await client().listAlerts('127', new sdk.ListAlertsRequest({ size: 5 }))
    expect(body).toMatchObject({ count: 1, total: 1 })
    await client().deleteAlert('127', name)
    await expect(client().getAlert('127', name)).rejects.toMatchObject({ code: 'JobNotExist', statusCode: 404 })
  })

  test('the typed keys of createIndex lose doc_value', async () => {
    const logstore = `camel-${version}`
    await sls.service.createLogstore('127', logstore, { ttl: 7, shards: 1 })
    const typed = new sdk.IndexKey({ type: 'long', docValue: true })
    const body = new sdk.Index({ keys: { lost: typed, kept: { type: 'long', doc_value: true } } })
    await client().createIndex('127', logstore, new sdk.CreateIndexRequest({ body }))
    const { keys } = (await client().getIndex('127', logstore)).body ?? {}
    expect(keys?.['lost']).toMatchObject({ type: 'long' })
    const ask = (column: string) =>
      client().getLogs('127', logstore, new sdk.GetLogsRequest({ from: 0, to: 9, query: `* | select ${column}` }))
    await expect(ask('lost')).rejects.toMatchObject({ code: 'ParameterInvalid' })
    expect((await ask('kept')).body).toEqual([])
  })
})
