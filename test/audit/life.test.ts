import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import { type AuditStore, openAuditStore } from './support/audit-store.ts'
import { difference, type ExpectedRow } from './support/compare.ts'
import { type FleetLog, fleetLog } from './support/fleet-log.ts'
import { LATEST_MS, logOf, VARIANTS } from './support/log-variants.ts'

const END_MS = Date.UTC(2026, 9, 20, 7)
const catalogue = loadCatalogue()
const log = fleetLog({ seed: 1, size: 100, endMs: END_MS })
let store: AuditStore

beforeAll(async () => {
  store = await openAuditStore()
})

afterAll(() => store.close())

describe.each(VARIANTS)('the log %s', (variant) => {
  test('released', async () => {
    const reader = await store.keep(logOf(log.arrivals, variant, 7))
    const question = catalogue.get('released')
    expect(question).toBeDefined()
    if (question === undefined) return
    const asked = { question, fromMs: log.fromMs, untilMs: END_MS + LATEST_MS }
    expect(await difference(reader, asked, released(log))).toBe('')
  })
})

function released({ lives }: FleetLog): ExpectedRow[] {
  return [...lives.values()]
    .flatMap((life) => {
      const end = life.states.find(({ state }) => state === 'Deleted')
      if (end === undefined) return []
      const { instanceId, regionId, accountId } = life.truth
      return [
        {
          ...{ instance_id: instanceId, region_id: regionId, account_id: accountId },
          created_ms: life.states.find(({ state }) => state === 'Created' || state === 'Pending')?.atMs,
          released_ms: end.atMs,
          notice_ms: life.noticesMs[0],
          last_state: life.states.at(-2)?.state,
          events: life.events.length
        }
      ]
    })
    .sort((a, b) => b.released_ms - a.released_ms || (a.instance_id < b.instance_id ? -1 : 1))
}
