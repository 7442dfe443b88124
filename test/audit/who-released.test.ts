import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { questionQuery } from '../../src/audit/question-query.ts'
import { startTrail, type Trail } from './support/trail.ts'

/** The question that the logstore of an ActionTrail trail answers. */

const T = Date.UTC(2026, 9, 20, 12) / 1_000
const FOLDER = new URL('../../dashboards/queries/actiontrail/', import.meta.url)
let trail: Trail

beforeAll(async () => {
  trail = await startTrail([
    { atS: T, eventId: 'e1', eventName: 'DeleteInstance', resourceName: 'i-one', user: 'alice' },
    { atS: T, eventId: 'e1', eventName: 'DeleteInstance', resourceName: 'i-one', user: 'alice' },
    { atS: T + 60, eventId: 'e2', eventName: 'DeleteInstances', resourceName: 'i-two,i-three', user: 'bob' },
    { atS: T + 90, eventId: 'e3', eventName: 'DeleteInstance', resourceName: 'i-one', user: 'bob', error: 'Forbidden' },
    { atS: T + 99, eventId: 'e4', eventName: 'StopInstance', resourceName: 'i-one', user: 'bob' }
  ])
})

afterAll(() => trail.close())

test('each call to release instances has a row, however often it was delivered', async () => {
  const told = await ask({})
  expect(
    told.map(({ at_ms, resource_name, user_name, error_code }) => [at_ms, resource_name, user_name, error_code])
  ).toEqual([
    [String((T + 90) * 1_000), 'i-one', 'bob', 'Forbidden'],
    [String((T + 60) * 1_000), 'i-two,i-three', 'bob', 'null'],
    [String(T * 1_000), 'i-one', 'alice', 'null']
  ])
})

test('an instance is found among the several that one call named', async () => {
  expect((await ask({ instance: 'i-three' })).map(({ event_id }) => event_id)).toEqual(['e2'])
})

async function ask(parameters: Readonly<Record<string, string>>) {
  const question = loadCatalogue(FOLDER).get('who-released')
  if (question === undefined) throw new Error('There is no question who-released')
  const { rows, keys } = await trail.query(questionQuery(question, parameters), { from: T - 60, to: T + 600 })
  expect(keys).toEqual(question.columns.map(({ name }) => name))
  return rows
}
